"""Whether an export could be written, asked before a long run and not after it."""

from __future__ import annotations

from collections.abc import Iterable

from vosapp.export.place.earlier import look_over
from vosapp.export.place.names import FileNames
from vosapp.export.place.staging import Staging
from vosapp.export.recipe import Recipe


def require_place(recipe: Recipe, numbers: Iterable[int]) -> None:
    """Makes sure that an export of images of all objects together can be written where it is to go.

    Args:
        recipe: what will be exported.
        numbers: of the frames, as they will be named.

    Raises:
        ExportError: files of another origin are in the way, or nothing can be written there.
    """
    names = FileNames(recipe.name, recipe.format.facts.suffix, clip="clip", objects=(), apart=False)
    look_over(recipe.place, names.planned(numbers), overwrite=recipe.overwrite)
    Staging(recipe.place).discard()
