"""Training of the second hybrid network on clips of the generator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from torch import nn

from vosapp.data.photographs.bank import PhotographBank
from vosapp.models.hybrid_lite.network import HybridLite
from vosapp.training.hybrid_lite.batch import StreamBatches, Streams
from vosapp.training.hybrid_lite.lesson import LiteLesson
from vosapp.training.recipe import Recipe
from vosapp.training.schedule import progress_in_stage, stage_at
from vosapp.training.task import Movable, Precision
from vosapp.training.validation import HELD_BATCH, HELD_SEED, measure_held
from vosapp.training.validation_clips import watched_figures

_BACKBONE = "encoder.backbone"


class HybridLiteTask:
    """A `Task`. Of a stage's teaching it follows norms, frozen, rate, fall and rates.

    Args:
        recipe: how.
        bank: photographs; the recipe's share of them is kept from training.
        watched: real clips that are measured beside the held ones and never trained on.
    """

    def __init__(self, recipe: Recipe, bank: PhotographBank, watched: Sequence[Streams] = ()) -> None:
        self.recipe, self._watched = recipe, watched
        self._bank, self._held = bank.split(recipe.held) if recipe.held else (bank, bank)

    def network(self) -> nn.Module:
        """See `Task`."""
        return HybridLite()

    def lesson(self, network: nn.Module) -> nn.Module:
        """See `Task`."""
        return LiteLesson(cast(HybridLite, network), self.recipe.weights)

    def begin(self, lesson: nn.Module, progress: float, batch: Movable) -> Mapping[str, float]:  # noqa: ARG002 - a Task
        """See `Task`."""
        stages = self.recipe.stages
        teaching = stages[stage_at(stages, progress)].teaching
        network = cast(LiteLesson, lesson).network
        network.encoder.backbone_learns = _BACKBONE not in teaching.frozen
        network.norms_learn = teaching.norms != "still"
        rate = teaching.rate_at(progress_in_stage(stages, progress))
        return {name: rate * teaching.rates.get(name, 1.0) for name in ("", *teaching.rates)}

    def batches(self, stage: int, seed: int) -> StreamBatches:
        """See `Task`."""
        plan = self.recipe.stages[stage]
        return StreamBatches(self._bank, plan.clips, seed, plan.batch)

    def measure(self, network: nn.Module, precision: Precision) -> dict[str, float]:
        """See `Task`: mean J of predictions and of the guidance alone."""
        lesson = LiteLesson(cast(HybridLite, network))
        data = StreamBatches(self._held, self.recipe.stages[-1].clips, HELD_SEED, HELD_BATCH)
        found = measure_held(lesson, data, max(1, self.recipe.held_clips // HELD_BATCH), precision)
        watched = [figures["jaccard"] for figures in watched_figures(lesson, self._watched, precision)]
        return found | ({"watched_jaccard": sum(watched) / len(watched)} if watched else {})
