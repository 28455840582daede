"""Training of the hybrid network on clips of the generator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from torch import nn

from vosapp.data.photographs.bank import PhotographBank
from vosapp.models.hybrid.network import Hybrid
from vosapp.training.batch import Batch, GeneratedBatches
from vosapp.training.hybrid.loss import HybridLoss
from vosapp.training.recipe import Recipe
from vosapp.training.task import Movable, Precision
from vosapp.training.validation import HELD_BATCH, HELD_SEED, measure_held
from vosapp.training.validation_clips import watched_figures

_DEAF = 0.15  # share of clips on which the network does not hear the advice, so that the rest learns to stand alone


class HybridTask:
    """A `Task`.

    Args:
        recipe: how.
        bank: photographs; the recipe's share of them is kept from training.
        watched: real clips, from `validation_batch`, that are measured beside the held ones and never trained on.
    """

    def __init__(self, recipe: Recipe, bank: PhotographBank, watched: Sequence[Batch] = ()) -> None:
        self.recipe, self._watched = recipe, watched
        self._bank, self._held = bank.split(recipe.held) if recipe.held else (bank, bank)

    def network(self) -> nn.Module:
        """See `Task`."""
        return Hybrid()

    def lesson(self, network: nn.Module) -> nn.Module:
        """See `Task`."""
        return HybridLoss(cast(Hybrid, network), self.recipe.weights, self.recipe.parts)

    def begin(self, lesson: nn.Module, progress: float, batch: Movable) -> Mapping[str, float]:  # noqa: ARG002 - a Task
        """See `Task`; every parameter learns at the same rate from first to last."""
        return {}

    def batches(self, stage: int, seed: int) -> GeneratedBatches:
        """See `Task`."""
        plan = self.recipe.stages[stage]
        return GeneratedBatches(
            self._bank, plan.clips, seed, plan.batch, deaf=_DEAF, borders=self.recipe.weights.border > 0
        )

    def measure(self, network: nn.Module, precision: Precision) -> dict[str, float]:
        """See `Task`: mean J of predictions, of the guidance alone and of the engine `flow`."""
        lesson = HybridLoss(cast(Hybrid, network), parts=self.recipe.parts)
        data = GeneratedBatches(self._held, self.recipe.stages[-1].clips, HELD_SEED, HELD_BATCH)
        found = measure_held(lesson, data, max(1, self.recipe.held_clips // HELD_BATCH), precision)
        watched = [figures["jaccard"] for figures in watched_figures(lesson, self._watched, precision)]
        return found | ({"watched_jaccard": sum(watched) / len(watched)} if watched else {})
