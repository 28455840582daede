"""Recipes: all that defines a training run, read from a TOML file."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vosapp.core.errors import UserError
from vosapp.core.untrusted import is_plain_name, read_regular
from vosapp.data.generator.settings import GeneratorSettings
from vosapp.models.picture_networks import MATTE_REFINER, SELECT
from vosapp.models.registry import NETWORKS
from vosapp.training.hybrid.loss import LossWeights, Parts
from vosapp.training.optimizer import Optimizer
from vosapp.training.schedule import Budget, LearningRate, Stage
from vosapp.training.schema import SchemaError, table


class RecipeError(UserError):
    """A recipe that cannot be followed."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """A training run.

    Attributes:
        name: of the run.
        network: name of the network in the registry.
        source: where the recipe comes from.
        seed: of weights and clips.
        budget: when the run ends.
        rate: learning rate.
        optimizer: how gradients become steps.
        stages: clips, in order.
        weights: of the hybrid network's losses; those of the papers' networks stand in a stage's config.
        parts: of the hybrid network that are on.
        clip: largest norm of the gradient; 0: any.
        half: whether to compute in bfloat16 where it is safe and the run allows it.
        ema_decay: of the moving average of the weights.
        validation_share: share of photographs that are kept from training and measured on.
        validation_clips: number of clips measured on.
        without: beginnings of paths in the bank that are left out.
        checkpoint_minutes: between two checkpoints.
        keep_moments: whether checkpoints hold the optimizer's moments.
    """

    name: str
    network: str = "hybrid"
    source: str = ""
    seed: int = 1
    budget: Budget = field(default_factory=lambda: Budget(minutes=60))
    rate: LearningRate = field(default_factory=LearningRate)
    optimizer: Optimizer = field(default_factory=Optimizer)
    stages: tuple[Stage, ...] = (Stage(1.0, GeneratorSettings()),)
    weights: LossWeights = field(default_factory=LossWeights)
    parts: Parts = field(default_factory=Parts)
    clip: float = 1.0
    half: bool = True
    ema_decay: float = 0.999
    validation_share: float = 0.04
    validation_clips: int = 48
    without: tuple[str, ...] = ()
    checkpoint_minutes: float = 3.0
    keep_moments: bool = True

    @property
    def own_rates(self) -> frozenset[str]:
        """Beginnings of the names of parameters that some stage gives a rate of their own."""
        told = [stage.config for stage in self.stages]
        return frozenset(name for config in told for name in (*config.rates, *config.still_rates))


_MAX_RECIPE_BYTES = 2**20
_MAX_ANCESTORS = 8  # recipes that are like one another

_SHIPPED = Path(__file__).parent / "recipes"


def find_recipe(path: Path) -> Path:
    """A recipe's file: the one at a path, or the one of that name that comes with the program.

    Raises:
        RecipeError: there is neither.
    """
    shipped = _SHIPPED / f"{path.name}.toml"
    if path.exists() or not shipped.exists():
        known = ", ".join(sorted(found.stem for found in _SHIPPED.glob("*.toml")))
        if not path.exists():
            raise RecipeError(f"There is no recipe {path}.", f"Give a file, or one of {known}.")
        return path
    return shipped


def read_recipe(path: Path) -> Recipe:
    """A recipe from a TOML file.

    Raises:
        RecipeError: the file is not there, is not TOML, or says something that a recipe cannot say.
    """
    try:
        content = _content(path)
    except (OSError, ValueError, RecursionError) as error:  # numbers of thousands of digits are no TOMLDecodeError
        raise RecipeError(f"The recipe {path} cannot be read: {error!s:.200}", "Correct the file.") from error
    try:
        return _recipe(content)
    except SchemaError as error:
        raise RecipeError(
            f"The recipe {path} cannot be followed: {error}.", "Compare with a recipe that works."
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


def _content(path: Path, depth: int = 0) -> dict[str, Any]:
    """What a file says; where it is `like` another one beside it, what that says and it does not."""
    content = tomllib.loads(read_regular(path, limit_bytes=_MAX_RECIPE_BYTES).decode("utf-8"))
    like = content.pop("like", None)
    if like is None:
        return content
    if not isinstance(like, str) or not is_plain_name(like) or depth >= _MAX_ANCESTORS:
        raise RecipeError(f"The recipe {path} is like {like!r:.80}, which is none beside it.", "Correct the file.")
    return {**_content(path.with_name(f"{like}.toml"), depth + 1), **content}


def _recipe(content: dict[str, Any]) -> Recipe:
    common = {name: content.pop(name, {}) for name in ("clips", "config")}
    stages = content.get("stages", [])
    if not isinstance(stages, list) or not all(map(_is_table, [*stages, *common.values()])):
        raise SchemaError("clips and config must be tables, and stages a list of tables")
    content["stages"] = [_stage(stage, common) for stage in stages or [{"until": 1.0}]]
    recipe = table(Recipe, content, "the recipe")
    ends = [stage.until for stage in recipe.stages]
    if ends != sorted(ends) or ends[-1] != 1.0:
        raise SchemaError(f"the stages end at {ends}; the ends must rise, and the last be 1.0")
    known = [spec.name for spec in (*NETWORKS, MATTE_REFINER, SELECT) if not spec.extra]
    if recipe.network not in known:
        raise SchemaError(f"there is no network {recipe.network} (there are {', '.join(known)})")
    return recipe


def _stage(stage: dict[str, Any], common: dict[str, Any]) -> dict[str, Any]:
    """A stage with what is common to all stages; what it says itself counts."""
    own = {name: stage.get(name, {}) for name in common}
    if not all(map(_is_table, own.values())):
        raise SchemaError("a stage's clips and config must be tables")
    return {**stage, **{name: {**common[name], **own[name]} for name in common}}


def _is_table(value: object) -> bool:
    return isinstance(value, dict)
