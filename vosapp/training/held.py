"""How good the averaged weights are on clips from photographs that training never sees."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import torch

from vosapp.data.photographs.bank import PhotographBank
from vosapp.models.hybrid.network import Hybrid
from vosapp.training.batch import GeneratedBatches
from vosapp.training.hybrid_loss import HybridLoss
from vosapp.training.recipe import Recipe

_SEED = 7_000_001  # far from every run's own clips
_BATCH = 8


def measure_held(
    network: Hybrid,
    held: PhotographBank,
    recipe: Recipe,
    precision: Callable[[], contextlib.AbstractContextManager[None]],
) -> dict[str, float]:
    """Mean J of predictions, of the guidance alone and of the engine `flow`, on held clips of the last stage."""
    module = HybridLoss(network, recipe.weights, recipe.parts).eval()
    data = GeneratedBatches(held, recipe.stages[-1].clips, _SEED, _BATCH)
    device = next(network.parameters()).device
    sums = torch.zeros(3)
    count = max(1, recipe.held_clips // _BATCH)
    for number in range(count):
        with torch.inference_mode(), precision():
            result = module(data.batch(number).to(device))
        sums += torch.stack(
            [j.mean().float().cpu() for j in (result.jaccard, result.moved_jaccard, result.advice_jaccard)]
        )
    found, moved, advised = (sums / count).tolist()
    return {"held_jaccard": found, "held_moved": moved, "held_advice": advised}
