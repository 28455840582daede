"""Decoded pictures to arrays: the display picture and the native one, turned upright, with square pixels."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter
from numpy.typing import NDArray

from vosapp.video.colour import UNSPECIFIED, ColourTags, matrix_or_guess, to_display
from vosapp.video.orientation import Orientation, orientation_from_matrix
from vosapp.video.source import RgbImage

if TYPE_CHECKING:
    from av.video.format import VideoFormat
    from av.video.frame import VideoFrame

_FULL_RANGE = 2
_FAST = int(Interpolation.BILINEAR)
_EXACT = int(Interpolation.BICUBIC) | 0x2000 | 0x40000 | 0x80000
"""Bicubic with whole chroma interpolation, accurate rounding and no shortcuts (flags of libswscale)."""


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """What the first decoded picture tells about all pictures of the clip.

    Attributes:
        height, width: of the stored picture.
        pixel_format: as FFmpeg names it.
        bit_depth: bits of the deepest channel.
        is_float, has_alpha: kind of samples.
        tags: colour.
        orientation: how to turn it.
        pixel_aspect: width of a pixel over its height.
        interlaced: whether it is made of two fields.
    """

    height: int
    width: int
    pixel_format: str
    bit_depth: int
    is_float: bool
    has_alpha: bool
    tags: ColourTags
    orientation: Orientation
    pixel_aspect: Fraction
    interlaced: bool

    @property
    def square_size(self) -> tuple[int, int]:
        """(height, width) of the stored picture stretched to square pixels: the short side is never shrunk."""
        if self.pixel_aspect > 1:
            return self.height, round(self.width * self.pixel_aspect)
        return round(self.height / self.pixel_aspect), self.width

    @property
    def display_size(self) -> tuple[int, int]:
        """(height, width) of the picture to show."""
        return self.orientation.size(*self.square_size)


def facts_of(picture: VideoFrame, pixel_aspect: Fraction | None) -> PictureFacts:
    """Reads the facts off a decoded picture.

    Args:
        picture: the first picture of a clip.
        pixel_aspect: what container or codec say; None, 0 and absurd values count as square.
    """
    form = picture.format
    aspect = pixel_aspect if pixel_aspect and Fraction(1, 8) <= pixel_aspect <= 8 else Fraction(1)
    return PictureFacts(
        height=picture.height,
        width=picture.width,
        pixel_format=form.name,
        bit_depth=8 if form.has_palette else max(part.bits for part in form.components),
        is_float="f32" in form.name or "f16" in form.name,
        has_alpha=form.has_palette or any(part.is_alpha for part in form.components),
        tags=_tags_of(picture),
        orientation=_orientation_of(picture),
        pixel_aspect=aspect,
        interlaced=picture.interlaced_frame,
    )


def _tags_of(picture: VideoFrame) -> ColourTags:
    is_full = picture.color_range == _FULL_RANGE or picture.format.name.startswith("yuvj") or _is_rgb(picture.format)
    return ColourTags(
        matrix=matrix_or_guess(picture.colorspace, picture.height),
        full_range=is_full,
        transfer=_tag(picture, "color_trc"),
        primaries=_tag(picture, "color_primaries"),
    )


def _tag(picture: VideoFrame, name: str) -> int:
    value: Any = getattr(picture, name, UNSPECIFIED)
    return int(value)


def _is_rgb(form: VideoFormat) -> bool:
    return form.is_rgb or form.has_palette or form.name.startswith(("gray", "mono", "ya", "bayer", "xyz"))


def _orientation_of(picture: VideoFrame) -> Orientation:
    matrix: Any = picture.side_data.get("DISPLAYMATRIX")
    return orientation_from_matrix(bytes(matrix)) if matrix is not None else Orientation()


class PictureConverter:
    """Turns decoded pictures of one clip into arrays. Not for use from several threads."""

    def __init__(self, facts: PictureFacts) -> None:
        self._facts = facts
        self._for_display = VideoReformatter()
        self._for_native = VideoReformatter()
        self._deep = facts.bit_depth > 8
        is_stretched = facts.square_size != (facts.height, facts.width)
        self._display_quality = _EXACT if is_stretched else _FAST

    def display(self, picture: VideoFrame) -> RgbImage:
        """(height, width, 3) uint8 RGB as an ordinary screen shows it; read-only."""
        if self._facts.tags.is_ordinary and not self._facts.is_float:
            array = self._reformat(self._for_display, picture, "rgb24", self._display_quality)
        else:
            array = to_display(self._rgb(picture, alpha=False), self._facts.tags)
        return _finished(array, self._facts.orientation)

    def native(self, picture: VideoFrame) -> NDArray[np.generic]:
        """(height, width, 3 or 4) uint8, uint16 or float32 RGB(A) with the file's own transfer and primaries."""
        return _finished(self._rgb(picture, alpha=self._facts.has_alpha), self._facts.orientation)

    def _rgb(self, picture: VideoFrame, *, alpha: bool) -> NDArray[np.generic]:
        if self._facts.is_float:
            form = "gbrapf32le" if alpha else "gbrpf32le"
        elif self._deep:
            form = "rgba64le" if alpha else "rgb48le"
        else:
            form = "rgba" if alpha else "rgb24"
        return self._reformat(self._for_native, picture, form, _EXACT)

    def _reformat(self, tool: VideoReformatter, picture: VideoFrame, form: str, quality: int) -> NDArray[np.generic]:
        height, width = self._facts.square_size
        tags = self._facts.tags
        out = tool.reformat(
            picture,
            width,
            height,
            form,
            src_colorspace=tags.matrix,
            interpolation=quality,
            src_color_range=2 if tags.full_range else 1,
            dst_color_range=2,
        )
        array: NDArray[np.generic] = out.to_ndarray()
        return array


def _finished(array: NDArray[Any], orientation: Orientation) -> NDArray[Any]:
    out = np.ascontiguousarray(orientation.apply(array))
    out.flags.writeable = False
    return out
