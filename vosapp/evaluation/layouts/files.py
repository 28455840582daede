"""Finding picture files and pairing frames with masks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from vosapp.core.errors import MediaError
from vosapp.core.untrusted import read_regular

_MAX_LIST_BYTES = 16 * 2**20
PICTURES = (".jpg", ".jpeg", ".png", ".bmp", ".ppm", ".pgm", ".tif", ".tiff")


def pictures(folder: Path) -> list[Path]:
    """The picture files of a folder in the order of their numbers; none when there is no such folder."""
    if not folder.is_dir():
        return []
    found = [p for p in folder.iterdir() if p.suffix.lower() in PICTURES and not p.name.startswith(".")]
    return sorted(found, key=natural_order)


def subfolders(folder: Path) -> list[Path]:
    """The folders in a folder by name; none when there is no such folder. Hidden ones are left out."""
    if not folder.is_dir():
        return []
    return sorted(p for p in folder.iterdir() if p.is_dir() and not p.name.startswith("."))


def natural_order(path: Path) -> tuple[tuple[int, str], ...]:
    """Sorts frame10 after frame9, and numbers before letters."""
    parts = re.split(r"(\d+)", path.stem)
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in parts if part)


def pair(
    frames: Sequence[Path], masks: Iterable[Path], notes: list[str], *, key: Callable[[Path], str] | None = None
) -> dict[int, Path]:
    """Frame index of each mask that has a frame.

    Args:
        frames: pictures of the clip in order.
        masks: mask files.
        notes: gets a sentence when masks have no frame.
        key: what a mask and its frame have in common, the name without ending unless told.
    """
    name = key or (lambda path: path.stem)
    places = {name(path): i for i, path in enumerate(frames)}
    listed = list(masks)
    lost = [path for path in listed if name(path) not in places]
    if lost:
        notes.append(f"{lost[0].parent}: {len(lost)} masks have no frame, the first is {lost[0].name}.")
    return {places[name(path)]: path for path in listed if name(path) in places}


def last_number(path: Path) -> str:
    """The last number in a file's name without leading zeros, or the name when there is none."""
    numbers = re.findall(r"\d+", path.stem)
    return str(int(numbers[-1])) if numbers else path.stem


def single(masks: Mapping[int, Path]) -> dict[int, tuple[Path, ...]]:
    """One file a frame, as `FolderClip` takes it."""
    return {index: (path,) for index, path in sorted(masks.items())}


def read_list(path: Path) -> list[str]:
    """The lines of a list file that are not empty. Raises MediaError."""
    try:
        content = read_regular(path, limit_bytes=_MAX_LIST_BYTES).decode("utf-8")
        return [line.strip() for line in content.splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise MediaError(f"{path} cannot be read as a list: {error}.") from error
