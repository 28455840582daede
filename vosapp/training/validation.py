"""validation_figures: measures the averaged weights on clips that training never sees."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from vosapp.training.batch import NumberedBatches
from vosapp.training.log import FIELDS

VALIDATION_SEED = 7_000_001  # far from every run's own clips
VALIDATION_BATCH = 8


def validation_figures(
    objective: nn.Module,
    data: NumberedBatches[Any],
    batches: int,
    precision: Callable[[], contextlib.AbstractContextManager[None]],
) -> dict[str, float]:
    """Means of the figures of an objective's results on so many batches, under their names in the log ("val_...").

    Args:
        objective: a network, ready to be used, and its loss.
        data: batches that are kept from training.
        batches: how many to take, at least one.
        precision: a context to compute in.
    """
    device = next(objective.parameters()).device
    sums: dict[str, float] = defaultdict(float)
    for number in range(batches):
        with torch.inference_mode(), precision():
            figures = objective.eval()(data.batch(number).to(device)).figures()
        for name, value in figures.items():
            sums[f"val_{name}"] += float(value) / batches
    return {name: value for name, value in sums.items() if name in FIELDS}
