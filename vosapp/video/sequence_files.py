"""SequenceFiles: the files of an image sequence and the frame number of each."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vosapp.core.errors import MediaError
from vosapp.core.paths import IMAGE_SUFFIXES

_DIGITS = re.compile(r"([0-9]+)")
_LONG_NUMBER = re.compile(r"[0-9]{3,}$|^[0-9]+$")  # as frames are numbered; shorter ones tell takes and versions apart
_LAYER = re.compile(r"(.+\.exr)#(.*)", re.IGNORECASE)
_SIGNED = re.compile(r"(?<![^._ ])-(?=[0-9]+$)")
_PRINTF = re.compile(r"%0?(\d*)d")
_HASHES = re.compile(r"#+|@+")
_ALIKE = {".jpeg": ".jpg", ".tiff": ".tif"}
_SPARSE = 4
"""A numbering with more than this many gaps for each file is no frame numbering (dates, serial numbers)."""


@dataclass(frozen=True, slots=True)
class SequenceFiles:
    """The files of a sequence.

    Attributes:
        path: what opens the same sequence again: the folder when it holds nothing else, the first file otherwise.
        files: file of each frame, None where the numbering has a gap.
        first_number: number of the first frame, 0 when the files have none.
        has_numbers: whether the names number the frames.
        notes: sentences for the user: gaps, other files left out.
        numbers: in the names of files that are no numbered sequence, being too far apart or one alone; () where the
            names say none.
    """

    path: Path
    files: tuple[Path | None, ...]
    first_number: int
    has_numbers: bool
    notes: tuple[str, ...]
    numbers: tuple[int, ...] = ()


def split_layer(path: Path) -> tuple[Path, str | None]:
    """A path like shot.%04d.exr#diffuse as the path and the name of a layer; None when it names none.

    Nothing behind the # means the plain channels.
    """
    found = _LAYER.fullmatch(path.name)
    return (path.with_name(found[1]), found[2]) if found and not path.exists() else (path, None)


def with_layer(path: Path, layer: str) -> Path:
    """The path that opens a layer of the EXR sequence that a path opens.

    Raises:
        MediaError: there is no such sequence.
    """
    plain, _ = split_layer(path)
    if plain.is_dir() or is_pattern(plain):
        plain = next((file for file in find_sequence(plain).files if file is not None), plain)
    return plain.with_name(f"{plain.name}#{layer}")


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
    images = _images_in(path.parent)
    group = next((group for group in _groups(images) if path in group.values()), None)
    if group is None or len(group) == 1:
        return SequenceFiles(path, (path,), 0, False, ())
    return _numbered(_reopening(path.parent, group, images), group, ())


def _of_folder(folder: Path) -> SequenceFiles:
    images = _images_in(folder)
    if not images:
        raise MediaError(
            f"The folder {folder} holds no images.", "Choose a folder of PNG, JPEG, TIFF, EXR or DPX files."
        )
    longest = max(_groups(images), key=lambda group: (len(group), min(group.values()).name), default={})
    if len(longest) < 2:
        note = "The names hold no common numbering; the images play in the order of their names."
        if len(images) > 1:
            return SequenceFiles(folder, tuple(images), 0, False, (note,))
        stem, negative = _SIGNED.subn("", images[0].stem)
        alone = _LONG_NUMBER.search(stem)
        return SequenceFiles(folder, tuple(images), 0, False, (), (int(alone[0]) * (-1) ** negative,) if alone else ())
    left_out = len(images) - len(longest)
    notes = [f"{left_out} other images in {folder.name} are left out."] if left_out else []
    return _numbered(_reopening(folder, longest, images), longest, notes)


def _of_pattern(path: Path) -> SequenceFiles:
    # The last placeholder counts; the others may be what the names are like.
    found = max([*_HASHES.finditer(path.name), *_PRINTF.finditer(path.name)], key=lambda match: match.start())
    head, tail = path.name[: found.start()], path.name[found.end() :]
    name = re.compile(f"{re.escape(head)}(-?\\d+){re.escape(tail)}", re.IGNORECASE)
    images = _images_in(path.parent)
    group = {int(match[1]): image for image in images if (match := name.fullmatch(image.name))}
    if not group:
        raise MediaError(f"No file fits {path}.", "Check the folder and the digits of the pattern.")
    return _numbered(_reopening(path.parent, group, images), group, ())


def _images_in(folder: Path) -> list[Path]:
    """The images of a folder in the order of their names, numbers in names counting as numbers."""
    try:
        entries = [p for p in folder.iterdir() if p.suffix.lower() in IMAGE_SUFFIXES and not p.name.startswith(".")]
    except OSError as error:
        raise MediaError(f"The folder {folder} cannot be read ({error.strerror}).", "Check its permissions.") from error

    def key(path: Path) -> tuple[list[str], list[int], str]:
        parts = _DIGITS.split(path.stem)
        return parts[::2], [int(digits) for digits in parts[1::2]], path.name

    return sorted(entries, key=key)


def _groups(images: list[Path]) -> list[dict[int, Path]]:
    """The images sorted into sequences: images whose names differ in one number, by that number.

    Where several numbers differ (shot_v2_0001), the last one is the frame number and the others part names.
    """
    alike: dict[tuple[str, ...], list[tuple[list[str], Path]]] = defaultdict(list)
    for image in images:
        # The letters of an ending may be large in one name and small in the next, and a number below 0.
        stem, negative = _SIGNED.subn("", image.stem)
        parts = _DIGITS.split(stem)
        numbers = parts[1::2]
        if negative:
            numbers[-1] = "-" + numbers[-1]
        alike[(*parts[::2], _ALIKE.get(image.suffix.lower(), image.suffix.lower()))].append((numbers, image))
    groups: list[dict[int, Path]] = []
    for members in alike.values():
        columns = range(len(members[0][0]))
        varying = [column for column in columns if len({numbers[column] for numbers, _ in members}) > 1]
        if not varying:
            continue
        sequences: dict[tuple[str, ...], dict[int, Path]] = defaultdict(dict)
        for numbers, image in members:
            rest = (*numbers[: varying[-1]], *numbers[varying[-1] + 1 :])
            sequences[rest][int(numbers[varying[-1]])] = image
        groups.extend(sequences.values())
    return groups


def _reopening(folder: Path, group: dict[int, Path], images: list[Path]) -> Path:
    return folder if len(group) == len(images) else group[min(group)]


def _numbered(path: Path, group: dict[int, Path], notes: Sequence[str]) -> SequenceFiles:
    first, last = min(group), max(group)
    if last - first + 1 > len(group) * (1 + _SPARSE) + 1:
        note = "The numbers in the names are too far apart to be frame numbers; the images play in their order."
        numbers = tuple(sorted(group))
        return SequenceFiles(path, tuple(group[n] for n in numbers), 0, False, (*notes, note), numbers)
    files = tuple(group.get(number) for number in range(first, last + 1))
    return SequenceFiles(path, files, first, True, (*notes, *_gap_notes(files, first)))


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
    which = (
        f"1 image is missing (number {named})" if missing == 1 else f"{missing} images are missing (numbers {named})"
    )
    return (f"{which}; the picture before stands in, with a striped border.",)
