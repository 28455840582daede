"""Recipes: all that defines a training run, read from a TOML file."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from vosapp.core.errors import UserError
from vosapp.data.generator.settings import GeneratorSettings
from vosapp.training.hybrid_loss import LossWeights, Parts
from vosapp.training.schedule import Budget, LearningRate, Stage

_T = TypeVar("_T")


class RecipeError(UserError):
    """A recipe that cannot be followed."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """A training run of the hybrid network.

    Attributes:
        name: of the run.
        source: where the recipe comes from.
        seed: of weights and clips.
        budget: when the run ends.
        rate: learning rate.
        stages: clips, in order.
        weights: of the losses.
        parts: of the network that are on.
        weight_decay: of AdamW.
        clip: largest norm of the gradient.
        average: decay of the weight average.
        held: share of photographs that are kept from training and measured on.
        held_clips: number of clips measured on.
        without: beginnings of paths in the bank that are left out.
        checkpoint_minutes: between two checkpoints.
        keep_moments: whether checkpoints hold the optimizer's moments.
    """

    name: str
    source: str = ""
    seed: int = 1
    budget: Budget = field(default_factory=lambda: Budget(minutes=60))
    rate: LearningRate = field(default_factory=LearningRate)
    stages: tuple[Stage, ...] = (Stage(1.0, GeneratorSettings()),)
    weights: LossWeights = field(default_factory=LossWeights)
    parts: Parts = field(default_factory=Parts)
    weight_decay: float = 0.01
    clip: float = 1.0
    average: float = 0.999
    held: float = 0.04
    held_clips: int = 48
    without: tuple[str, ...] = ()
    checkpoint_minutes: float = 3.0
    keep_moments: bool = True


def read_recipe(path: Path) -> Recipe:
    """A recipe from a TOML file.

    Raises:
        RecipeError: the file is not there, is not TOML, or names something that a recipe does not have.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RecipeError(f"The recipe {path} cannot be read: {error}", "Correct the file.") from error
    try:
        return _recipe(content)
    except TypeError as error:
        raise RecipeError(
            f"The recipe {path} has something unknown: {error}", "Compare with a recipe that works."
        ) from error


def without_parts(recipe: Recipe, off: Sequence[str]) -> Recipe:
    """The recipe with parts of the network switched off.

    Raises:
        RecipeError: there is no such part.
    """
    known = [item.name for item in dataclasses.fields(Parts)]
    unknown = sorted(set(off) - set(known))
    if unknown:
        raise RecipeError(f"The network has no part called {', '.join(unknown)}.", f"Its parts: {', '.join(known)}.")
    return dataclasses.replace(recipe, parts=dataclasses.replace(recipe.parts, **dict.fromkeys(off, False)))


def _recipe(content: dict[str, Any]) -> Recipe:
    tables: dict[str, type[Any]] = {"budget": Budget, "rate": LearningRate, "weights": LossWeights, "parts": Parts}
    known = {name: _table(kind, content.pop(name)) for name, kind in tables.items() if name in content}
    common = content.pop("clips", {})
    stages = tuple(
        Stage(stage.pop("until"), _table(GeneratorSettings, {**common, **stage.pop("clips", {})}), **stage)
        for stage in content.pop("stages", [{"until": 1.0}])
    )
    if "without" in content:
        content["without"] = tuple(content["without"])
    return Recipe(**content, **known, stages=stages)


def _table(kind: type[_T], values: dict[str, Any]) -> _T:
    names = {item.name for item in dataclasses.fields(kind)}  # type: ignore[arg-type]
    unknown = sorted(set(values) - names)
    if unknown:
        raise TypeError(f"{', '.join(unknown)} (known: {', '.join(sorted(names))})")
    return kind(**values)
