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
from vosapp.training.validation import VALIDATION_BATCH, VALIDATION_SEED, validation_figures
from vosapp.training.validation_clips import figures_of_clips

_ADVICE_DROPOUT = 0.15  # share of clips without the advice, so that the network learns to stand alone


class HybridTask:
    """A `Task`.

    Args:
        recipe: how.
        bank: photographs; the recipe's share of them is kept from training.
        validation_clips: real clips, from `validation_batch`, to measure on beside the photographs of validation.
    """

    def __init__(self, recipe: Recipe, bank: PhotographBank, validation_clips: Sequence[Batch] = ()) -> None:
        self.recipe, self._validation_clips = recipe, validation_clips
        self._bank, self._validation = bank.split(recipe.validation_share) if recipe.validation_share else (bank, bank)

    def network(self) -> nn.Module:
        return Hybrid()

    def objective(self, network: nn.Module) -> nn.Module:
        return HybridLoss(cast(Hybrid, network), self.recipe.weights, self.recipe.parts)

    def begin(self, objective: nn.Module, progress: float, batch: Movable) -> Mapping[str, float]:  # noqa: ARG002 - a Task
        """See `Task`; every parameter learns at the same rate from first to last."""
        return {}

    def batches(self, stage: int, seed: int) -> GeneratedBatches:
        plan = self.recipe.stages[stage]
        return GeneratedBatches(
            self._bank,
            plan.clips,
            seed,
            plan.batch,
            advice_dropout=_ADVICE_DROPOUT,
            borders=self.recipe.weights.border > 0,
        )

    def measure(self, network: nn.Module, precision: Precision) -> dict[str, float]:
        """See `Task`: mean J of predictions, of the guidance alone and of the engine `flow`."""
        objective = HybridLoss(cast(Hybrid, network), parts=self.recipe.parts)
        data = GeneratedBatches(self._validation, self.recipe.stages[-1].clips, VALIDATION_SEED, VALIDATION_BATCH)
        found = validation_figures(objective, data, max(1, self.recipe.validation_clips // VALIDATION_BATCH), precision)
        on_clips = [figures["jaccard"] for figures in figures_of_clips(objective, self._validation_clips, precision)]
        return found | ({"val_clips_jaccard": sum(on_clips) / len(on_clips)} if on_clips else {})
