"""Training of the matte refiner on composites with exact alpha."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from torch import nn

from vosapp.data.photographs.bank import PhotographBank
from vosapp.models.matte_refiner.network import MatteRefiner
from vosapp.training.matte.batch import MatteBatches
from vosapp.training.matte.loss import MatteLoss
from vosapp.training.recipe import Recipe
from vosapp.training.task import Movable, Precision
from vosapp.training.validation import VALIDATION_BATCH, VALIDATION_SEED, validation_figures


class MatteTask:
    """A `Task`.

    Args:
        recipe: how.
        bank: photographs; the recipe's share of them is kept from training.
    """

    def __init__(self, recipe: Recipe, bank: PhotographBank) -> None:
        self.recipe = recipe
        self._bank, self._validation = bank.split(recipe.validation_share) if recipe.validation_share else (bank, bank)

    def network(self) -> nn.Module:
        return MatteRefiner()

    def objective(self, network: nn.Module) -> nn.Module:
        return MatteLoss(cast(MatteRefiner, network))

    def begin(self, objective: nn.Module, progress: float, batch: Movable) -> Mapping[str, float]:  # noqa: ARG002 - a Task
        """See `Task`; every parameter learns at the same rate from first to last."""
        return {}

    def batches(self, stage: int, seed: int) -> MatteBatches:
        plan = self.recipe.stages[stage]
        return MatteBatches(self._bank, plan.mattes, seed, plan.batch)

    def measure(self, network: nn.Module, precision: Precision) -> dict[str, float]:
        """See `Task`: errors of alpha in the edge band, of the network and of the feather it starts from."""
        objective = MatteLoss(cast(MatteRefiner, network))
        data = MatteBatches(self._validation, self.recipe.stages[-1].mattes, VALIDATION_SEED, VALIDATION_BATCH)
        return validation_figures(objective, data, max(1, self.recipe.validation_clips // VALIDATION_BATCH), precision)
