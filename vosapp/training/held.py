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
    """Mean J of the predictions, and of the guidance alone, on the held clips of the recipe's last stage."""
    module = HybridLoss(network, recipe.weights, recipe.parts).eval()
    data = GeneratedBatches(held, recipe.stages[-1].clips, _SEED, _BATCH)
    device = next(network.parameters()).device
    found, moved = [], []
    for number in range(max(1, recipe.held_clips // _BATCH)):
        with torch.inference_mode(), precision():
            result = module(data.batch(number).to(device))
        found.append(float(result.jaccard.mean()))
        moved.append(float(result.moved_jaccard.mean()))
    return {"held_jaccard": sum(found) / len(found), "held_moved": sum(moved) / len(moved)}
