"""Margins that a container wants cut off: the clean aperture of MP4 and QuickTime, the pixel crop of Matroska.

PyAV does not tell them. So the few boxes and elements that hold them are read here, of hostile files too: every size is
checked against what is there, and the number of boxes is bounded.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

from vosapp.video.bitstream.boxes import boxes

_MOST_BOXES = 20_000
_VISUAL_ENTRY_BYTES = 78  # of a sample entry, before the boxes in it (ISO/IEC 14496-12, 12.1.3)
_SEGMENT, _TRACKS, _ENTRY, _KIND, _VIDEO = 0x18538067, 0x1654AE6B, 0xAE, 0x83, 0xE0
_PIXEL_CROP = {0x54BB: "top", 0x54AA: "bottom", 0x54CC: "left", 0x54DD: "right"}
_EBML = b"\x1a\x45\xdf\xa3"


@dataclass(frozen=True, slots=True)
class Crop:
    """Rows and columns of the stored picture that are not shown."""

    top: int = 0
    bottom: int = 0
    left: int = 0
    right: int = 0

    def __bool__(self) -> bool:
        return any((self.top, self.bottom, self.left, self.right))

    def fits(self, height: int, width: int) -> bool:
        """Whether something is left of a picture."""
        sides = (self.top, self.bottom, self.left, self.right)
        return min(sides) >= 0 and self.top + self.bottom < height and self.left + self.right < width


NO_CROP = Crop()


def container_crop(path: Path, track: int, size: tuple[int, int]) -> Crop:
    """What the container cuts off a picture track; nothing where it does not say, or says what makes no sense.

    Args:
        path: the file.
        track: number of the track among the picture tracks of the file, from 0.
        size: (height, width) of the stored picture.
    """
    try:
        with path.open("rb") as file:
            crops = _matroska_crops(file) if file.read(4) == _EBML else _aperture_crops(file, size)
    except (OSError, struct.error, ValueError, ZeroDivisionError, OverflowError):
        return NO_CROP
    crop = crops[track] if track < len(crops) else NO_CROP
    return crop if crop.fits(*size) else NO_CROP


# -- MP4 and QuickTime ------------------------------------------------------------------------------------------------


def _aperture_crops(file: BinaryIO, size: tuple[int, int]) -> list[Crop]:
    end = file.seek(0, 2)
    crops = []
    for kind, start, stop in _boxes(file, 0, end):
        if kind != b"moov":
            continue
        for inner, first, last in _boxes(file, start, stop):
            if inner == b"trak" and _is_video(file, first, last):
                crops.append(_aperture(file, first, last, size))
    return crops


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Kind, first byte and end of the content of the boxes between two places, as far as they lie there as a whole."""
    for box in boxes(file, start, end, most=_MOST_BOXES):
        if box.end > end:
            return
        yield box.kind, box.content, box.end


def _find(file: BinaryIO, start: int, end: int, *kinds: bytes) -> tuple[int, int] | None:
    """The content of the first box of a kind within the first box of a kind, and so on."""
    for kind in kinds:
        found = next(((a, b) for one, a, b in _boxes(file, start, end) if one == kind), None)
        if found is None:
            return None
        start, end = found
    return start, end


def _is_video(file: BinaryIO, start: int, end: int) -> bool:
    handler = _find(file, start, end, b"mdia", b"hdlr")
    if handler is None:
        return False
    file.seek(handler[0] + 8)
    return file.read(4) == b"vide"


def _aperture(file: BinaryIO, start: int, end: int, size: tuple[int, int]) -> Crop:
    table = _find(file, start, end, b"mdia", b"minf", b"stbl", b"stsd")
    entry = next(_boxes(file, table[0] + 8, table[1]), None) if table is not None else None
    if entry is None:
        return NO_CROP
    found = _find(file, entry[1] + _VISUAL_ENTRY_BYTES, entry[2], b"clap")
    if found is None:
        return NO_CROP
    file.seek(found[0])
    numbers = struct.unpack(">8i", file.read(32))
    width, height, right, down = (Fraction(numbers[n], numbers[n + 1]) for n in (0, 2, 4, 6))
    return Crop(*_sides(size[0], height, down), *_sides(size[1], width, right))


def _sides(stored: int, kept: Fraction, offset: Fraction) -> tuple[int, int]:
    """What is cut off before and behind: the aperture's centre is the picture's, moved by an offset."""
    before = (stored - kept) / 2 + offset
    if before < 0 or before + kept > stored or kept < 1:
        raise ValueError("an aperture lies within the picture")
    first = int(before)
    return first, stored - first - int(kept)


# -- Matroska and WebM ------------------------------------------------------------------------------------------------


def _matroska_crops(file: BinaryIO) -> list[Crop]:
    end = file.seek(0, 2)
    for ident, start, stop in _elements(file, 0, end):
        if ident != _SEGMENT:
            continue
        for inner, first, last in _elements(file, start, stop):
            if inner == _TRACKS:
                return [crop for crop in _track_crops(file, first, last) if crop is not None]
    return []


def _elements(file: BinaryIO, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Ident, first byte and end of the content of the elements between two places (RFC 8794)."""
    for _ in range(_MOST_BOXES):
        if start >= end:
            return
        file.seek(start)
        head = file.read(12)
        ident_bytes = _length_of(head[:1], 4)
        if not ident_bytes:
            return
        size_bytes = _length_of(head[ident_bytes : ident_bytes + 1], 8)
        if not size_bytes:
            return
        ident = int.from_bytes(head[:ident_bytes])
        raw = int.from_bytes(head[ident_bytes : ident_bytes + size_bytes])
        unknown = (1 << 7 * size_bytes) - 1
        length = raw & unknown
        content = start + ident_bytes + size_bytes
        stop = end if length == unknown else content + length
        yield ident, content, min(stop, end)
        if stop > end:
            return
        start = stop


def _length_of(first: bytes, most: int) -> int:
    """How many bytes a number has by its first one; 0 for none."""
    if not first or not first[0]:
        return 0
    length = 9 - first[0].bit_length()
    return length if length <= most else 0


def _track_crops(file: BinaryIO, start: int, end: int) -> Iterator[Crop | None]:
    """The crop of every picture track, None for other tracks."""
    for ident, first, last in list(_elements(file, start, end)):
        if ident != _ENTRY:
            continue
        parts = list(_elements(file, first, last))
        kinds = [_number(file, a, b) for one, a, b in parts if one == _KIND]
        video = next(((a, b) for one, a, b in parts if one == _VIDEO), None)
        if kinds != [1]:
            yield None
            continue
        sides = {}
        for one, a, b in _elements(file, *video) if video is not None else ():
            if one in _PIXEL_CROP:
                sides[_PIXEL_CROP[one]] = (a, b)
        yield Crop(**{side: _number(file, a, b) for side, (a, b) in sides.items()})


def _number(file: BinaryIO, start: int, end: int) -> int:
    if not 0 <= end - start <= 8:
        raise ValueError("no number of an element is longer than 8 bytes")
    file.seek(start)
    return int.from_bytes(file.read(end - start))
