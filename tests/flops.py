"""Counting operations, those too that go to oneDNN directly and that torch's counter does not know."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode


def gflop(work: Callable[[], Any]) -> float:
    """10**9 floating point operations of torch in some work, a multiply-add counted as two."""
    mapping = {torch.ops.mkldnn._linear_pointwise: _of_product}
    with FlopCounterMode(display=False, custom_mapping=mapping) as counter:
        work()
    return float(counter.get_total_flops() / 1e9)


def _of_product(x_shape: torch.Size, weight_shape: torch.Size, *_: Any, **__: Any) -> int:
    return 2 * math.prod(x_shape) * weight_shape[0]
