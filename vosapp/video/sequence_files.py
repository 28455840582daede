"""Which files make an image sequence, and which frame number each has."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from vosapp.core.errors import MediaError
from vosapp.video.images import IMAGE_SUFFIXES

_NUMBERED = re.compile(r"^(?P<head>.*?)(?P<number>\d+)(?P<tail>\D*)$")
_PRINTF = re.compile(r"%0?(\d*)d")
_HASHES = re.compile(r"#+|@+")
_SPARSE = 4
"""A numbering with more than this many gaps for each file is no frame numbering (dates, serial numbers)."""


@dataclass(frozen=True, slots=True)
class SequenceFiles:
    """The files of a sequence.

    Attributes:
        folder: where they lie.
        files: file of each frame, None where the numbering has a gap.
        first_number: number of the first frame, 0 when the files have none.
        has_numbers: whether the names number the frames.
        notes: sentences for the user: gaps, other files left out.
    """

    folder: Path
    files: tuple[Path | None, ...]
    first_number: int
    has_numbers: bool
    notes: tuple[str, ...]


def is_pattern(path: Path) -> bool:
    """Whether a path that names no file is a pattern like shot.%04d.exr or shot.####.exr."""
    return bool(_PRINTF.search(path.name) or _HASHES.search(path.name)) and not path.exists()


def find_sequence(path: Path) -> SequenceFiles:
    """The sequence that a folder holds, that a file belongs to, or that a pattern describes.

    Raises:
        MediaError: there are no such images.
    """
    if path.is_dir():
        return _of_folder(path)
    if is_pattern(path):
        return _of_pattern(path)
    if not path.exists():
        raise MediaError(f"There is no file {path}.", "Check the path, or relink the clip if it was moved.")
    found = _NUMBERED.match(path.stem)
    if found is None:
        return SequenceFiles(path.parent, (path,), 0, False, ())
    siblings = [p for p in _images_in(path.parent) if p.suffix == path.suffix and _key(p) == _key(path)]
    return _numbered(path.parent, siblings, ())


def _of_folder(folder: Path) -> SequenceFiles:
    images = _images_in(folder)
    if not images:
        raise MediaError(
            f"The folder {folder} holds no images.", "Choose a folder of PNG, JPEG, TIFF, EXR or DPX files."
        )
    groups: dict[tuple[str, str, str], list[Path]] = defaultdict(list)
    for image in images:
        groups[_key(image)].append(image)
    longest = max(groups.values(), key=lambda group: (len(group), group[0].name))
    if len(longest) == 1:
        note = "The names hold no common numbering; the images play in the order of their names."
        return SequenceFiles(folder, tuple(images), 0, False, (note,) if len(images) > 1 else ())
    left_out = len(images) - len(longest)
    return _numbered(folder, longest, (f"{left_out} other images in {folder.name} are left out.",) if left_out else ())


def _of_pattern(path: Path) -> SequenceFiles:
    pieces = _HASHES if _HASHES.search(path.name) else _PRINTF
    found = pieces.search(path.name)
    if found is None:
        raise MediaError(f"{path} is not a pattern.", "Write it like shot.%04d.exr or shot.####.exr.")
    head, tail = re.escape(path.name[: found.start()]), re.escape(path.name[found.end() :])
    name = re.compile(f"{head}(\\d+){tail}")
    images = [p for p in _images_in(path.parent) if name.fullmatch(p.name)]
    if not images:
        raise MediaError(f"No file fits {path}.", "Check the folder and the digits of the pattern.")
    return _numbered(path.parent, images, ())


def _images_in(folder: Path) -> list[Path]:
    try:
        entries = [p for p in folder.iterdir() if p.suffix.lower() in IMAGE_SUFFIXES and not p.name.startswith(".")]
    except OSError as error:
        raise MediaError(f"The folder {folder} cannot be read ({error.strerror}).", "Check its permissions.") from error
    return sorted(entries, key=lambda p: [int(t) if t.isdigit() else t for t in re.split(r"(\d+)", p.name)])


def _key(path: Path) -> tuple[str, str, str]:
    """What the files of one sequence have in common: the name around its last number, and the kind of file."""
    found = _NUMBERED.match(path.stem)
    if found is None:
        return path.stem, "", path.suffix
    return found["head"], found["tail"], path.suffix


def _number(path: Path) -> int:
    found = _NUMBERED.match(path.stem)
    return int(found["number"]) if found else 0


def _numbered(folder: Path, images: list[Path], notes: tuple[str, ...]) -> SequenceFiles:
    by_number = {_number(image): image for image in images}
    first, last = min(by_number), max(by_number)
    span = last - first + 1
    if span > len(by_number) * (1 + _SPARSE) + 1:
        note = "The numbers in the names are too far apart to be frame numbers; the images play in their order."
        ordered = tuple(by_number[n] for n in sorted(by_number))
        return SequenceFiles(folder, ordered, 0, False, (*notes, note))
    files = tuple(by_number.get(number) for number in range(first, last + 1))
    return SequenceFiles(folder, files, first, True, (*notes, *_gap_notes(files, first)))


def _gap_notes(files: tuple[Path | None, ...], first: int) -> tuple[str, ...]:
    gaps: list[tuple[int, int]] = []
    for place, file in enumerate(files):
        if file is not None:
            continue
        number = first + place
        if gaps and gaps[-1][1] == number - 1:
            gaps[-1] = (gaps[-1][0], number)
        else:
            gaps.append((number, number))
    if not gaps:
        return ()
    named = ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in gaps[:8]) + (" ..." if len(gaps) > 8 else "")
    missing = sum(b - a + 1 for a, b in gaps)
    return (f"{missing} images are missing (numbers {named}); the picture before stands in, with a striped border.",)
