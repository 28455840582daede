"""Whether an export could be written, asked before a long run and not after it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from vosapp.core.errors import ExportError
from vosapp.export.place.earlier import Place, look_over
from vosapp.export.place.names import FileNames
from vosapp.export.place.staging import Staging
from vosapp.export.recipe import Recipe
from vosapp.video.open import is_sequence
from vosapp.video.sequence_files import find_sequence, split_layer


def require_place(recipe: Recipe, numbers: Iterable[int], clip: Path) -> None:
    """Makes sure that an export of images of all objects together can be written where it is to go.

    Args:
        recipe: what will be exported.
        numbers: of the frames, as they will be named.
        clip: what is exported from.

    Raises:
        ExportError: files of another origin or the clip are in the way, or nothing can be written there.
    """
    names = FileNames(recipe.name, recipe.format.facts.suffix, clip="clip", objects=(), apart=False)
    planned = names.planned(numbers)
    require_not_clip(recipe.place, planned, clip)
    look_over(recipe.place, planned, overwrite=recipe.overwrite)
    Staging(recipe.place).discard()


def require_not_clip(place: Place, planned: Iterable[str], clip: Path) -> None:
    """Makes sure that an export takes the place of no file of its clip, not even where it may replace others.

    Args:
        place: where the export goes.
        planned: names of the files that it will write, relative to `place.folder`, with "/".
        clip: the path that the clip was opened by.

    Raises:
        ExportError: it would.
    """
    taken = {_folded(clip.resolve())}
    if is_sequence(clip):
        files = [file for file in find_sequence(split_layer(clip)[0]).files if file is not None]
        home = files[0].parent.resolve()
        taken = {_folded(home / file.name) for file in files}
    folders: dict[PurePosixPath, Path] = {}
    for name in map(PurePosixPath, planned):
        folder = folders.setdefault(name.parent, (place.folder / name.parent).resolve())
        if _folded(folder / name.name) in taken:
            raise ExportError(f"{place.folder / name} is part of the clip itself.", "Choose another place.")


def _folded(path: Path) -> str:
    return str(path).casefold()
