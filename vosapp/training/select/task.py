"""Training of the select network on photographs with masks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from torch import nn

from vosapp.data.photographs.bank import PhotographBank
from vosapp.models.select.network import SelectNetwork
from vosapp.training.recipe import Recipe
from vosapp.training.select.batch import ClickBatches
from vosapp.training.select.objective import ClickObjective
from vosapp.training.task import Movable, Precision
from vosapp.training.validation import VALIDATION_BATCH, VALIDATION_SEED, validation_figures


class SelectTask:
    """A `Task`.

    Args:
        recipe: how.
        bank: photographs; the recipe's share of them is kept from training.
    """

    def __init__(self, recipe: Recipe, bank: PhotographBank) -> None:
        self.recipe = recipe
        self._bank, self._validation = bank.split(recipe.validation_share) if recipe.validation_share else (bank, bank)

    def network(self) -> nn.Module:
        """See `Task`; the backbone's weights never change."""
        network = SelectNetwork()
        network.backbone.requires_grad_(requires_grad=False)
        return network

    def objective(self, network: nn.Module) -> nn.Module:
        """See `Task`."""
        return ClickObjective(cast(SelectNetwork, network))

    def begin(self, objective: nn.Module, progress: float, batch: Movable) -> Mapping[str, float]:  # noqa: ARG002 - a Task
        """See `Task`; all that learns learns at the same rate."""
        return {}

    def batches(self, stage: int, seed: int) -> ClickBatches:
        """See `Task`."""
        plan = self.recipe.stages[stage]
        return ClickBatches(self._bank, plan.clicks, seed, plan.batch)

    def measure(self, network: nn.Module, precision: Precision) -> dict[str, float]:
        """See `Task`: J after one to four clicks, as a batch draws them."""
        objective = ClickObjective(cast(SelectNetwork, network))
        data = ClickBatches(self._validation, self.recipe.stages[-1].clicks, VALIDATION_SEED, VALIDATION_BATCH)
        return validation_figures(objective, data, max(1, self.recipe.validation_clips // VALIDATION_BATCH), precision)
