"""Training of the second hybrid network on clips of the generator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from torch import nn

from vosapp.data.photographs.bank import PhotographBank
from vosapp.models.hybrid_lite.network import HybridLite
from vosapp.training.hybrid_lite.batch import StreamBatches, Streams
from vosapp.training.hybrid_lite.objective import HybridLiteObjective
from vosapp.training.recipe import Recipe
from vosapp.training.schedule import progress_in_stage, stage_at
from vosapp.training.task import Movable, Precision
from vosapp.training.validation import VALIDATION_BATCH, VALIDATION_SEED, validation_figures
from vosapp.training.validation_clips import figures_of_clips

_BACKBONE = "encoder.backbone"


class HybridLiteTask:
    """A `Task`. Of a stage's config it follows norms, frozen, rate, fall and rates.

    Args:
        recipe: how.
        bank: photographs; the recipe's share of them is kept from training.
        validation_clips: real clips to measure on beside the photographs of validation.
    """

    def __init__(self, recipe: Recipe, bank: PhotographBank, validation_clips: Sequence[Streams] = ()) -> None:
        self.recipe, self._validation_clips = recipe, validation_clips
        self._bank, self._validation = bank.split(recipe.validation_share) if recipe.validation_share else (bank, bank)

    def network(self) -> nn.Module:
        return HybridLite()

    def objective(self, network: nn.Module) -> nn.Module:
        return HybridLiteObjective(cast(HybridLite, network), self.recipe.weights)

    def begin(self, objective: nn.Module, progress: float, batch: Movable) -> Mapping[str, float]:  # noqa: ARG002 - a Task
        stages = self.recipe.stages
        config = stages[stage_at(stages, progress)].config
        network = cast(HybridLiteObjective, objective).network
        network.encoder.backbone_learns = _BACKBONE not in config.frozen
        network.norms_learn = config.norms != "still"
        rate = config.rate_at(progress_in_stage(stages, progress))
        return {name: rate * config.rates.get(name, 1.0) for name in ("", *config.rates)}

    def batches(self, stage: int, seed: int) -> StreamBatches:
        plan = self.recipe.stages[stage]
        return StreamBatches(self._bank, plan.clips, seed, plan.batch)

    def measure(self, network: nn.Module, precision: Precision) -> dict[str, float]:
        """See `Task`: mean J of predictions and of the guidance alone."""
        objective = HybridLiteObjective(cast(HybridLite, network))
        data = StreamBatches(self._validation, self.recipe.stages[-1].clips, VALIDATION_SEED, VALIDATION_BATCH)
        found = validation_figures(objective, data, max(1, self.recipe.validation_clips // VALIDATION_BATCH), precision)
        on_clips = [figures["jaccard"] for figures in figures_of_clips(objective, self._validation_clips, precision)]
        return found | ({"val_clips_jaccard": sum(on_clips) / len(on_clips)} if on_clips else {})
