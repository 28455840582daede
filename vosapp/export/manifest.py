"""A note beside every export: what the files are, what they were made from, and whether they are complete."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vosapp import __version__
from vosapp.core.errors import ExportError
from vosapp.export.preflight import Preflight
from vosapp.export.recipe import Recipe

_BLOCK_BYTES = 2**20
_KIND = "vosapp export"


def manifest_path(recipe: Recipe) -> Path:
    """Where the manifest of a recipe lies: in the folder of images, or beside the file."""
    if recipe.format.is_folder:
        return recipe.path / "manifest.json"
    return recipe.path.with_name(f"{recipe.path.name}.manifest.json")


@dataclass(frozen=True, slots=True)
class Written:
    """What an export wrote.

    Attributes:
        frames: indices of the frames that were written.
        files: the files.
        damaged: those of the frames whose picture is damaged in the clip.
        complete: False for a prefix left by a cancelled export.
    """

    frames: Sequence[int]
    files: Sequence[Path]
    damaged: Sequence[int]
    complete: bool


def write_manifest(recipe: Recipe, found: Preflight, written: Written) -> Path:
    """Writes the manifest of an export, with a hash of each file, and returns its path.

    Raises:
        ExportError: it cannot be written.
    """
    path, clip, frames = manifest_path(recipe), found.clip, written.frames
    number = clip.first_number
    content = {
        "kind": _KIND,
        "program": f"vosapp {__version__}",
        "complete": written.complete,
        "format": recipe.format.value,
        "alpha": "straight",
        "clip": {"name": Path(clip.path).name, "frames": clip.frame_count, "sample_digest": clip.sample_digest},
        "height": clip.height,
        "width": clip.width,
        "rate": f"{clip.rate.numerator}/{clip.rate.denominator}",
        "first_frame": frames[0] + number if frames else None,
        "last_frame": frames[-1] + number if frames else None,
        "frame_count": len(frames),
        "frames_asked_for": len(found.frames),
        "objects": [{"id": item.id, "name": item.name} for item in found.objects],
        "frames_without_mask": {
            str(object_id): [[r.first + number, r.last + number] for r in ranges]
            for object_id, ranges in found.missing.items()
        },
        "damaged_frames": [frame + number for frame in written.damaged],
        "files": {_relative(file, path): _sha256(file) for file in written.files},
    }
    try:
        path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise ExportError(f"{path} cannot be written ({error.strerror}).", "Choose another folder.") from error
    return path


def forget_manifest(recipe: Recipe) -> None:
    """Removes the manifest of an export of which nothing is left."""
    with suppress(OSError):  # the drive that the export failed on
        manifest_path(recipe).unlink(missing_ok=True)


def require_free(recipe: Recipe) -> None:
    """Makes sure that an export replaces nothing but files of an earlier export, unless it may.

    Raises:
        ExportError: files of another origin are in the way.
    """
    path, own = recipe.path, set(_listed_files(manifest_path(recipe)))
    if recipe.format.is_folder and path.exists() and not path.is_dir():
        raise ExportError(f"{path} is a file.", "Choose a folder.")
    if recipe.overwrite:
        return
    there = path.rglob("*.png") if recipe.format.is_folder else [path] if path.exists() else []
    if any(file.resolve() not in own for file in there):
        raise ExportError(f"{path} holds other files already.", "Choose another place, or allow overwriting.")


def clear_earlier_export(recipe: Recipe) -> None:
    """Removes the files of an earlier export from where a new one goes, so that none of its frames stay behind.

    Raises:
        ExportError: they cannot be removed, or files of another origin are in the way.
    """
    require_free(recipe)
    note = manifest_path(recipe)
    try:
        for file in _listed_files(note):
            file.unlink(missing_ok=True)
        note.unlink(missing_ok=True)
    except OSError as error:
        raise ExportError(f"The earlier export in {note.parent} cannot be replaced ({error.strerror}).") from error


def _listed_files(note: Path) -> list[Path]:
    """The files of a manifest of ours that lie beside or below it; none when it is missing or someone else's."""
    try:
        content: Any = json.loads(note.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    if not isinstance(content, dict) or content.get("kind") != _KIND or not isinstance(content.get("files"), dict):
        return []
    folder = note.parent.resolve()
    named = [(folder / str(name)).resolve() for name in content["files"]]
    return [file for file in named if file.is_relative_to(folder) and file.suffix.lower() in (".png", ".mov")]


def _relative(file: Path, note: Path) -> str:
    return file.relative_to(note.parent).as_posix()


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    try:
        with file.open("rb") as stream:
            while block := stream.read(_BLOCK_BYTES):
                digest.update(block)
    except OSError as error:
        raise ExportError(f"{file} cannot be read back ({error.strerror}).", "Check the disk.") from error
    return digest.hexdigest()
