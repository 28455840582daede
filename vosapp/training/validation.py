"""How good the averaged weights are on clips that training never sees."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from vosapp.training.batch import NumberedBatches
from vosapp.training.log import FIELDS

HELD_SEED = 7_000_001  # far from every run's own clips
HELD_BATCH = 8


def measure_held(
    lesson: nn.Module,
    data: NumberedBatches[Any],
    batches: int,
    precision: Callable[[], contextlib.AbstractContextManager[None]],
) -> dict[str, float]:
    """Means of the figures of a lesson's results on so many batches, under their names in the log ("held_...").

    Args:
        lesson: a network, ready to be used, and its loss.
        data: batches that are kept from training.
        batches: how many to take, at least one.
        precision: a context to compute in.
    """
    device = next(lesson.parameters()).device
    sums: dict[str, float] = defaultdict(float)
    for number in range(batches):
        with torch.inference_mode(), precision():
            figures = lesson.eval()(data.batch(number).to(device)).figures()
        for name, value in figures.items():
            sums[f"held_{name}"] += float(value) / batches
    return {name: value for name, value in sums.items() if name in FIELDS}
