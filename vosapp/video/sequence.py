"""A sequence of images as a `VideoSource`."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vosapp.core.errors import MediaError
from vosapp.video.images import FFMPEG_SUFFIXES, decode_picture, read_bytes
from vosapp.video.placeholder import damaged_picture, empty_picture
from vosapp.video.sequence_files import SequenceFiles, find_sequence
from vosapp.video.source import ClipInfo, RgbImage

DEFAULT_RATE = Fraction(24)
_KEPT_IMAGES = 2


@dataclass(frozen=True, slots=True)
class _Image:
    """One image of the sequence, decoded: its display picture and its own samples."""

    display: RgbImage
    native: NDArray[Any]
    pixel_format: str
    bit_depth: int


class SequenceSource:
    """Frames of an image sequence by index. One object serves one thread."""

    def __init__(self, path: Path, *, rate: Fraction = DEFAULT_RATE) -> None:
        """Lists the files and decodes the first one.

        Args:
            path: a folder, one file of the sequence, or a pattern.
            rate: frames a second to assume; images do not say.

        Raises:
            MediaError: there is no such sequence, or its first image cannot be read.
        """
        self._files: SequenceFiles = find_sequence(path)
        self._kept: OrderedDict[int, _Image | None] = OrderedDict()
        self._closed = False
        first = next(file for file in self._files.files if file is not None)
        image = _load(first)
        height, width = image.display.shape[:2]
        self._info = ClipInfo(
            path=self._files.folder if len(self._files.files) > 1 else first,
            kind="sequence",
            height=height,
            width=width,
            frame_count=len(self._files.files),
            rate=rate,
            codec=first.suffix.lower().lstrip("."),
            pixel_format=image.pixel_format,
            bit_depth=image.bit_depth,
            first_number=self._files.first_number,
            has_numbers=self._files.has_numbers,
            has_alpha=image.native.shape[2] == 4,
            notes=self._files.notes,
        )

    @property
    def info(self) -> ClipInfo:
        """Facts of the clip."""
        return self._info

    def frame(self, index: int) -> RgbImage:
        """Frame `index` as read-only (height, width, 3) uint8 RGB.

        A missing, unreadable or wrongly sized image shows the picture before it in a striped border.

        Raises:
            IndexError: there is no such frame.
            MediaError: the source is closed.
        """
        image = self._image(index)
        if image is not None:
            return image.display
        before = self._image_before(index)
        return damaged_picture(before.display if before else empty_picture(self._info.height, self._info.width))

    def native(self, index: int) -> NDArray[Any]:
        """Frame `index` at its own depth: (height, width, 3 or 4) uint8, uint16 or float32 RGB(A), read-only."""
        image = self._image(index) or self._image_before(index)
        return image.native if image else empty_picture(self._info.height, self._info.width)

    def is_damaged(self, index: int) -> bool:
        """Whether frame `index` is missing or unreadable and a stand-in is shown."""
        return self._image(index) is None

    def close(self) -> None:
        """Forgets the images. May be called twice."""
        self._closed = True
        self._kept.clear()

    def _image(self, index: int) -> _Image | None:
        if self._closed:
            raise MediaError(f"{self._info.path} is closed.", "Open the clip again.")
        if not 0 <= index < len(self._files.files):
            raise IndexError(f"no frame {index}: the sequence has {len(self._files.files)}")
        if index not in self._kept:
            self._kept[index] = self._loaded(index)
            while len(self._kept) > _KEPT_IMAGES:
                self._kept.popitem(last=False)
        return self._kept[index]

    def _loaded(self, index: int) -> _Image | None:
        file = self._files.files[index]
        if file is None:
            return None
        try:
            image = _load(file)
        except MediaError:
            return None
        return image if image.display.shape[:2] == (self._info.height, self._info.width) else None

    def _image_before(self, index: int) -> _Image | None:
        for earlier in range(index - 1, -1, -1):
            image = self._image(earlier)
            if image is not None:
                return image
        return None


def _load(file: Path) -> _Image:
    data = read_bytes(file)
    if file.suffix.lower() in FFMPEG_SUFFIXES:
        from vosapp.video.av.stills import decode_still

        still = decode_still(file, data)
        return _Image(still.display, still.native, still.facts.pixel_format, still.facts.bit_depth)
    native = _with_colour(decode_picture(file, data))
    display = _eight_bit(native)
    for array in (native, display):
        array.flags.writeable = False
    bits = native.dtype.itemsize * 8
    return _Image(display, native, f"rgb{'a' if native.shape[2] == 4 else ''}{bits}", bits)


def _with_colour(picture: NDArray[Any]) -> NDArray[Any]:
    """Grey pictures as RGB."""
    if picture.ndim == 2:
        return np.repeat(picture[..., None], 3, axis=2)
    return picture


def _eight_bit(native: NDArray[Any]) -> RgbImage:
    rgb = native[..., :3]
    if native.dtype == np.uint8:
        return np.ascontiguousarray(rgb)
    if native.dtype == np.uint16:
        return ((rgb.astype(np.uint32) * 255 + 32767) // 65535).astype(np.uint8)
    from vosapp.video.colour import TRANSFER_LINEAR, ColourTags, to_display

    return to_display(rgb, ColourTags(transfer=TRANSFER_LINEAR))
