"""Training of the papers' networks on sequences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import cast

from torch import nn

from vosapp.core.errors import UserError
from vosapp.models.registry import network as registered
from vosapp.training.recipe import Recipe, RecipeError
from vosapp.training.schedule import progress_in_stage, stage_at
from vosapp.training.sequence.agame import AGameLesson
from vosapp.training.sequence.clips import SequenceBatch
from vosapp.training.sequence.cosnet import CosNetLesson
from vosapp.training.sequence.initial import initialise
from vosapp.training.sequence.objective import Objective
from vosapp.training.sequence.rgmp import RgmpLesson
from vosapp.training.sequence.rvos import RvosLesson
from vosapp.training.sequence.s2s import HS2SLesson, S2SLesson
from vosapp.training.sequence.stream import Material, SequenceBatches
from vosapp.training.task import Movable, Precision
from vosapp.training.validation import HELD_SEED, measure_held

_LESSONS: Mapping[str, type[Objective]] = {
    "rgmp": RgmpLesson,
    "s2s": S2SLesson,
    "s2s++": S2SLesson,
    "hs2s": HS2SLesson,
    "rvos": RvosLesson,
    "cosnet": CosNetLesson,
    "agame": AGameLesson,
}


class SequenceTask:
    """A `Task`.

    Args:
        recipe: how.
        material: of the clips; the recipe's share of photographs, or of real clips, is kept from training.
        build: makes the network; None: the registry's, at its full size.

    Raises:
        UserError: there is nothing to train on, or the recipe names a part of the loss that the network does not have.
    """

    def __init__(self, recipe: Recipe, material: Material, build: Callable[[], nn.Module] | None = None) -> None:
        self.recipe = recipe
        self._build = build or registered(recipe.network).build
        self._lesson = lesson_for(recipe.network)
        for stage in recipe.stages:
            unknown = sorted(set(stage.teaching.losses) - set(self._lesson.losses))
            if unknown:
                known = ", ".join(self._lesson.losses)
                raise RecipeError(f"The loss of {recipe.network} has no part {', '.join(unknown)}.", f"It has {known}.")
        self._material, self._held = _split(material, recipe.held)

    def network(self) -> nn.Module:
        """See `Task`."""
        return initialise(self._build())

    def lesson(self, network: nn.Module) -> nn.Module:
        """See `Task`."""
        return self._lesson(network)

    def begin(self, lesson: nn.Module, progress: float, batch: Movable) -> Mapping[str, float]:
        """See `Task`."""
        stages = self.recipe.stages
        teaching = stages[stage_at(stages, progress)].teaching
        within = progress_in_stage(stages, progress)
        cast(Objective, lesson).teach(teaching, within)
        still = isinstance(batch, SequenceBatch) and bool(batch.still)
        rates = teaching.still_rates if still and teaching.still_rates else teaching.rates
        return {name: teaching.rate_at(within) * rates.get(name, 1.0) for name in ("", *rates)}

    def batches(self, stage: int, seed: int) -> SequenceBatches:
        """See `Task`."""
        plan = self.recipe.stages[stage]
        wanted = plan.teaching.losses.get("distance", self._lesson.losses.get("distance", 0.0)) > 0
        return SequenceBatches(self._material, plan, seed, distances=wanted)

    def measure(self, network: nn.Module, precision: Precision) -> dict[str, float]:
        """See `Task`: mean J of predictions on clips like those of the last stage, true masks never fed back."""
        last = self.recipe.stages[-1]
        last = replace(last, teaching=replace(last.teaching, still_every=0, fewest=0))
        lesson = self._lesson(network)
        lesson.teaching = last.teaching
        data = SequenceBatches(self._held, last, HELD_SEED, distances=False)
        batches = max(1, self.recipe.held_clips // last.batch)
        return measure_held(lesson, data, batches, precision)


def lesson_for(network: str) -> type[Objective]:
    """How a network of the registry is taught; its variants as itself.

    Raises:
        RecipeError: in no such way.
    """
    kind = _LESSONS.get(network) or _LESSONS.get(network.partition("-")[0])
    if kind is None:
        raise RecipeError(
            f"The network {network} is not trained on sequences.", "The hybrid network has recipes of its own."
        )
    return kind


def _split(material: Material, share: float) -> tuple[Material, Material]:
    """What to train on and what to measure on: photographs where there are some, else whole clips."""
    if material.photographs is not None:
        rest, held = material.photographs.split(share) if share else (material.photographs, material.photographs)
        return Material(rest, material.footage), Material(held)
    if not material.footage:
        raise UserError("There is nothing to train on.", "Give photographs, or a data set of clips with masks.")
    kept = round(share * len(material.footage)) if share else 0
    if not 0 < kept < len(material.footage):
        return material, material
    return Material(None, material.footage[kept:]), Material(None, material.footage[:kept])
