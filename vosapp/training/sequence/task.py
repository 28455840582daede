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
from vosapp.training.sequence.agame import AGameObjective
from vosapp.training.sequence.clips import SequenceBatch
from vosapp.training.sequence.cosnet import CosNetObjective
from vosapp.training.sequence.initial import initialise
from vosapp.training.sequence.objective import Objective
from vosapp.training.sequence.rgmp import RgmpObjective
from vosapp.training.sequence.rvos import RvosObjective
from vosapp.training.sequence.s2s import HS2SObjective, S2SObjective
from vosapp.training.sequence.stream import Material, SequenceBatches
from vosapp.training.task import Movable, Precision
from vosapp.training.validation import VALIDATION_SEED, validation_figures

_OBJECTIVES: Mapping[str, type[Objective]] = {
    "rgmp": RgmpObjective,
    "s2s": S2SObjective,
    "s2s++": S2SObjective,
    "hs2s": HS2SObjective,
    "rvos": RvosObjective,
    "cosnet": CosNetObjective,
    "agame": AGameObjective,
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
        self._objective = objective_for(recipe.network)
        for stage in recipe.stages:
            unknown = sorted(set(stage.config.losses) - set(self._objective.losses))
            if unknown:
                known = ", ".join(self._objective.losses)
                raise RecipeError(f"The loss of {recipe.network} has no part {', '.join(unknown)}.", f"It has {known}.")
        self._material, self._validation = _split(material, recipe.validation_share)

    def network(self) -> nn.Module:
        return initialise(self._build())

    def objective(self, network: nn.Module) -> nn.Module:
        return self._objective(network)

    def begin(self, objective: nn.Module, progress: float, batch: Movable) -> Mapping[str, float]:
        stages = self.recipe.stages
        config = stages[stage_at(stages, progress)].config
        within = progress_in_stage(stages, progress)
        cast(Objective, objective).configure(config, within)
        still = isinstance(batch, SequenceBatch) and bool(batch.still)
        rates = config.still_rates if still and config.still_rates else config.rates
        return {name: config.rate_at(within) * rates.get(name, 1.0) for name in ("", *rates)}

    def batches(self, stage: int, seed: int) -> SequenceBatches:
        plan = self.recipe.stages[stage]
        wanted = plan.config.losses.get("distance", self._objective.losses.get("distance", 0.0)) > 0
        return SequenceBatches(self._material, plan, seed, distances=wanted)

    def measure(self, network: nn.Module, precision: Precision) -> dict[str, float]:
        """See `Task`: mean J of predictions on clips like those of the last stage, true masks never fed back."""
        last = self.recipe.stages[-1]
        last = replace(last, config=replace(last.config, still_every=0, fewest=0))
        objective = self._objective(network)
        objective.config = last.config
        data = SequenceBatches(self._validation, last, VALIDATION_SEED, distances=False)
        batches = max(1, self.recipe.validation_clips // last.batch)
        return validation_figures(objective, data, batches, precision)


def objective_for(network: str) -> type[Objective]:
    """How a network of the registry is taught; its variants as itself.

    Raises:
        RecipeError: in no such way.
    """
    kind = _OBJECTIVES.get(network) or _OBJECTIVES.get(network.partition("-")[0])
    if kind is None:
        raise RecipeError(
            f"The network {network} is not trained on sequences.", "The hybrid network has recipes of its own."
        )
    return kind


def _split(material: Material, share: float) -> tuple[Material, Material]:
    """What to train on and what to measure on: photographs where there are some, else whole clips."""
    if material.photographs is not None:
        rest, validation = material.photographs.split(share) if share else (material.photographs, material.photographs)
        return Material(rest, material.real_clips), Material(validation)
    if not material.real_clips:
        raise UserError("There is nothing to train on.", "Give photographs, or a data set of clips with masks.")
    kept = round(share * len(material.real_clips)) if share else 0
    if not 0 < kept < len(material.real_clips):
        return material, material
    return Material(None, material.real_clips[kept:]), Material(None, material.real_clips[:kept])
