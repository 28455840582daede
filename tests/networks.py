"""Networks with harmless random weights, for tests of what is around them."""

from __future__ import annotations

import functools
from typing import Any, cast

import torch
from torch import nn

from vosapp.models.registry import network


@functools.cache
def random_network(name: str) -> nn.Module:
    """A network of the registry with random weights that keep its numbers small. Made once for each test run.

    The weights mean nothing: what it predicts is noise, but noise of the right shapes, and the same in every run.
    """
    spec = network(name)
    with torch.device("meta"):
        module = cast(nn.Module, spec.build())
    generator = torch.Generator().manual_seed(7)
    state = {key: _values(key, value, generator) for key, value in module.state_dict().items()}
    module.load_state_dict(state, assign=True)
    return module.eval().requires_grad_(False)


def _values(key: str, like: torch.Tensor, generator: torch.Generator) -> Any:
    if not like.dtype.is_floating_point:
        return torch.zeros(like.shape, dtype=like.dtype)
    draw = torch.randn(like.shape, generator=generator)
    if like.dim() >= 2:
        return draw * (like.shape[0] / like.numel()) ** 0.5
    kind = key.rpartition(".")[2]
    return {"running_var": 1 + 0.1 * draw.abs(), "weight": 0.5 + 0.1 * draw}.get(kind, 0.1 * draw)
