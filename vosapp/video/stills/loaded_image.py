"""One image file as a frame: its own samples and its display picture, each made when first asked for."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vosapp.video.colour import TRANSFER_LINEAR, ColourTags, to_display
from vosapp.video.source import RgbImage, Windows
from vosapp.video.stills.images import decode_picture, read_bytes

_SCREEN, _LIGHT = ColourTags(full_range=True), ColourTags(full_range=True, transfer=TRANSFER_LINEAR)


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """Facts of an image from its header.

    Attributes:
        height, width: of the display picture.
        pixel_format: in words.
        bit_depth: bits a channel.
        has_alpha: whether it has an alpha channel.
        rate: frames a second from its header, or None.
        timecode: from its header, or "".
        tags: colour.
        raster: (height, width) of the picture with its own pixels, where they are not square; else None.
        windows: of an EXR, as `ClipInfo` has them.
    """

    height: int
    width: int
    pixel_format: str
    bit_depth: int
    has_alpha: bool
    rate: Fraction | None = None
    timecode: str = ""
    tags: ColourTags = _SCREEN
    raster: tuple[int, int] | None = None
    windows: Windows | None = None


class PlainImage:
    """A PNG, JPEG, TIFF, BMP or WebP."""

    def __init__(self, path: Path, data: bytes) -> None:
        picture = decode_picture(path, data)
        # Grey pictures count as RGB with three equal channels.
        self.native: NDArray[Any] = np.repeat(picture[..., None], 3, axis=2) if picture.ndim == 2 else picture
        self.native.flags.writeable = False

    @property
    def facts(self) -> ImageFacts:
        """What the image says about itself."""
        height, width, channels = self.native.shape
        bits = self.native.dtype.itemsize * 8
        form = f"{'rgba' if channels == 4 else 'rgb'}{bits}"
        return ImageFacts(height, width, form, bits, channels == 4, tags=_tags(self.native))

    @property
    def stored(self) -> NDArray[Any]:
        """The same as `native`: the pixels of these count as square."""
        return self.native

    @cached_property
    def display(self) -> RgbImage:
        """(height, width, 3) uint8, read-only."""
        display = _eight_bit(self.native[..., :3])
        display.flags.writeable = False
        return display


class ExrImage:
    """One layer of an EXR."""

    def __init__(self, path: Path, data: bytes, layer: str | None = None) -> None:
        from vosapp.video.stills.exr import decode_exr

        self._picture = decode_exr(path, data, layer)
        self.native: NDArray[Any] = self._picture.samples
        self.native.flags.writeable = False

    @property
    def layer(self) -> str:
        """The name of the layer."""
        return self._picture.layer

    @property
    def layers(self) -> tuple[str, ...]:
        """The names of all layers of the file."""
        return self._picture.layers

    @property
    def facts(self) -> ImageFacts:
        """What the image says about itself."""
        picture = self._picture
        height, width, channels = self.native.shape
        form = f"{'rgba' if channels == 4 else 'rgb'}{'f16' if picture.bit_depth == 16 else 'f32'}"
        depth, alpha = picture.bit_depth, picture.has_alpha
        rows, columns, _ = self.stored.shape
        raster = None if (rows, columns) == (height, width) else (rows, columns)
        rate, code, windows = picture.rate, picture.timecode, picture.windows
        return ImageFacts(height, width, form, depth, alpha, rate, code, _LIGHT, raster, windows)

    @property
    def stored(self) -> NDArray[Any]:
        """(height, width, 3 or 4) float32 with the file's own pixels."""
        return self._picture.stored

    @cached_property
    def display(self) -> RgbImage:
        """(height, width, 3) uint8, read-only."""
        display = to_display(self.native[..., :3], _LIGHT)
        display.flags.writeable = False
        return display


class FilmImage:
    """A DPX."""

    def __init__(self, path: Path, data: bytes) -> None:
        from vosapp.video.av.stills import decode_still

        self._still = decode_still(path, data)

    @property
    def facts(self) -> ImageFacts:
        """What the image says about itself."""
        facts = self._still.facts
        height, width = facts.display_size
        return ImageFacts(
            height,
            width,
            facts.pixel_format,
            facts.bit_depth,
            facts.has_alpha,
            self._still.rate,
            self._still.timecode,
            facts.colour,
            facts.raster,
        )

    @property
    def stored(self) -> NDArray[Any]:
        """(height, width, 3 or 4) at its own depth with the file's own pixels, read-only."""
        return self._still.stored

    @property
    def native(self) -> NDArray[Any]:
        """(height, width, 3 or 4) at its own depth, read-only."""
        return self._still.native

    @property
    def display(self) -> RgbImage:
        """(height, width, 3) uint8, read-only."""
        return self._still.display


LoadedImage = PlainImage | ExrImage | FilmImage


def load_image(path: Path, layer: str | None = None) -> LoadedImage:
    """Reads and decodes an image.

    Args:
        path: the file.
        layer: of an EXR; None takes the likeliest.

    Raises:
        MediaError: it is missing, empty, no image, or cut off, or has no such layer.
    """
    data = read_bytes(path)
    suffix = path.suffix.lower()
    if suffix == ".exr":
        return ExrImage(path, data, layer)
    return FilmImage(path, data) if suffix == ".dpx" else PlainImage(path, data)


def _tags(samples: NDArray[Any]) -> ColourTags:
    """Floating point numbers are amounts of light, whole ones are codes for a screen."""
    return _LIGHT if samples.dtype.kind == "f" else _SCREEN


def _eight_bit(rgb: NDArray[Any]) -> RgbImage:
    if rgb.dtype == np.uint8:
        return np.ascontiguousarray(rgb)
    if rgb.dtype == np.uint16:
        return ((rgb.astype(np.uint32) * 255 + 32767) // 65535).astype(np.uint8)
    return to_display(rgb, _tags(rgb))
