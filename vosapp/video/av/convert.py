"""Decoded pictures to arrays: the display picture and the native one, turned upright, with square pixels."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter
from numpy.typing import NDArray

from vosapp.video.av.side_data import orientation_of
from vosapp.video.bitstream.crop import NO_CROP, Crop
from vosapp.video.colour import (
    MATRIX_BT709,
    MATRIX_BT2020,
    PRIMARIES_BT2020,
    UNSPECIFIED,
    ColourTags,
    ayuv_to_rgb,
    matrix_or_guess,
    to_display,
)
from vosapp.video.orientation import Orientation
from vosapp.video.source import RgbImage

if TYPE_CHECKING:
    from av.video.format import VideoFormat
    from av.video.frame import VideoFrame

_LIMITED_RANGE, _FULL_RANGE = 1, 2

# Flags of libswscale that PyAV before 18 does not name.
_WHOLE_CHROMA, _ACCURATE_ROUNDING, _BIT_EXACT = 0x2000, 0x40000, 0x80000
_QUICK = int(Interpolation.BILINEAR)
_STRETCHING = _WHOLE_CHROMA | _ACCURATE_ROUNDING
_EXACT = int(Interpolation.BICUBIC) | _BIT_EXACT | _STRETCHING
# Left to itself, every converter of every open clip would start a thread for each processor.
_THREADS = min(os.cpu_count() or 1, 4)


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """Facts that the first decoded picture tells about all pictures of the clip.

    Attributes:
        height, width: of the stored picture.
        pixel_format: as FFmpeg names it.
        bit_depth: bits of the deepest channel.
        is_float, is_yuv, has_alpha: kind of samples.
        shallow_format: the 8-bit format of the same layout, for Y'CbCr with halved chroma and more bits; else "".
        tags: colour.
        orientation: how to turn it.
        pixel_aspect: width of a pixel over its height.
        interlaced: whether it is made of two fields.
        crop: what the container wants cut off the stored picture.
    """

    height: int
    width: int
    pixel_format: str
    bit_depth: int
    is_float: bool
    is_yuv: bool
    has_alpha: bool
    shallow_format: str
    tags: ColourTags
    orientation: Orientation
    pixel_aspect: Fraction
    interlaced: bool
    crop: Crop = NO_CROP

    @property
    def colour(self) -> ColourTags:
        """What the R'G'B' of `PictureConverter.native` means. What is stored as RGB has the matrix of its primaries."""
        if self.is_yuv:
            return self.tags
        wide = self.tags.primaries == PRIMARIES_BT2020
        return replace(self.tags, matrix=MATRIX_BT2020 if wide else MATRIX_BT709)

    @property
    def square_size(self) -> tuple[int, int]:
        """(height, width) of the stored picture stretched to square pixels: the short side is never shrunk."""
        if self.pixel_aspect > 1:
            return self.height, round(self.width * self.pixel_aspect)
        return round(self.height / self.pixel_aspect), self.width

    @property
    def raster(self) -> tuple[int, int] | None:
        """(height, width) of the upright picture as it is stored, where its pixels are not square; else None."""
        if (self.height, self.width) == self.square_size:
            return None
        crop = self.crop
        return self.orientation.size(self.height - crop.top - crop.bottom, self.width - crop.left - crop.right)

    @property
    def unstretched(self) -> PictureFacts:
        """The same with pixels taken for square ones."""
        return replace(self, pixel_aspect=Fraction(1))

    @property
    def display_size(self) -> tuple[int, int]:
        """(height, width) of the picture to show."""
        rows, columns = self.shown_part
        return self.orientation.size(rows.stop - rows.start, columns.stop - columns.start)

    @property
    def shown_part(self) -> tuple[slice, slice]:
        """Rows and columns of the stretched picture that are shown."""
        height, width = self.square_size
        crop, down, across = self.crop, Fraction(height, self.height), Fraction(width, self.width)
        top, left = round(crop.top * down), round(crop.left * across)
        rows = round((self.height - crop.top - crop.bottom) * down)
        columns = round((self.width - crop.left - crop.right) * across)
        return slice(top, min(top + rows, height)), slice(left, min(left + columns, width))


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
        is_yuv=not _is_rgb(form),
        has_alpha=form.has_palette or any(part.is_alpha for part in form.components),
        shallow_format=_shallow_format(form),
        tags=_tags_of(picture),
        orientation=orientation_of(picture),
        pixel_aspect=aspect,
        interlaced=picture.interlaced_frame,
    )


def _shallow_format(form: VideoFormat) -> str:
    if _is_rgb(form) or max(part.bits for part in form.components) <= 8:
        return ""
    if form.chroma_height(form.height) < form.height:
        return "yuv420p"
    return "yuv422p" if form.chroma_width(form.width) < form.width else ""


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


class PictureConverter:
    """Converts decoded pictures of one clip to arrays. Not for use from several threads."""

    def __init__(self, facts: PictureFacts) -> None:
        self._facts = facts
        self._to_shallow = VideoReformatter()
        self._for_display = VideoReformatter()
        self._for_native = VideoReformatter()
        self._is_stretched = facts.square_size != (facts.height, facts.width)

    def display(self, picture: VideoFrame) -> RgbImage:
        """(height, width, 3) uint8 RGB as an ordinary screen shows it; read-only.

        Ordinary video with halved chroma takes libswscale's quick path, which is up to four levels off the exact
        value; deeper video is first brought to 8 bits, which makes that path twice as fast as the direct one.
        """
        facts = self._facts
        if not facts.tags.is_ordinary or facts.is_float:
            array: NDArray[Any] = to_display(self._rgb(picture)[..., :3], facts.tags)
        else:
            if facts.shallow_format and not self._is_stretched:
                picture = self._reformat(self._to_shallow, picture, facts.shallow_format, _QUICK, same_range=True)
            array = self._reformat(self._for_display, picture, "rgb24", _QUICK).to_ndarray()
        return self._finished(array)

    def fits(self, picture: VideoFrame) -> bool:
        """Whether a picture has the size of the clip's."""
        return (picture.height, picture.width) == (self._facts.height, self._facts.width)

    def native(self, picture: VideoFrame) -> NDArray[Any]:
        """(height, width, 3 or 4) uint8, uint16 or float32 RGB(A) with the file's own transfer and primaries.

        Integer samples are spread over the whole range of their type, whatever range the file uses.
        """
        return self._finished(self._rgb(picture))

    def _rgb(self, picture: VideoFrame) -> NDArray[Any]:
        facts = self._facts
        if facts.is_float:
            return self._float_rgb(picture)
        if facts.bit_depth > 8 and facts.is_yuv:
            return self._deep_rgb(picture)
        deep, plain = ("rgba64le", "rgba") if facts.has_alpha else ("rgb48le", "rgb24")
        form = deep if facts.bit_depth > 8 else plain
        array: NDArray[Any] = self._reformat(self._for_native, picture, form, _EXACT).to_ndarray()
        return array

    def _deep_rgb(self, picture: VideoFrame) -> NDArray[np.uint16]:
        """Y'CbCr of more than 8 bits: libswscale only spreads the chroma, the matrix is ours, in floating point.

        libswscale's own way to 16-bit RGB is a level of 8 bits off at white.
        """
        import cv2

        out = self._reformat(self._for_native, picture, "ayuv64le", _EXACT, same_range=True)
        row = out.planes[0].line_size // 8
        plane: Any = out.planes[0]
        samples = np.frombuffer(plane, np.dtype("<u2")).reshape(out.height, row, 4)[:, : out.width]
        matrix = ayuv_to_rgb(_tags_of(picture), self._facts.bit_depth, alpha=self._facts.has_alpha)
        return np.asarray(cv2.transform(samples, matrix), np.uint16)

    def _float_rgb(self, picture: VideoFrame) -> NDArray[np.float32]:
        """Floating point pictures are taken plane by plane: libswscale would cut them off at 1."""
        import cv2

        planes = [_float_plane(plane, picture.format.name) for plane in picture.planes]
        if len(planes) == 1:
            array = planes[0] if planes[0].ndim == 3 else np.repeat(planes[0][..., None], 3, axis=2)
        else:
            # Planes come as G, B, R and alpha.
            array = np.stack([planes[2], planes[0], planes[1], *planes[3:]], axis=-1)
        if self._is_stretched or not self.fits(picture):
            height, width = self._target(picture)
            array = cv2.resize(array.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
        return np.ascontiguousarray(array, np.float32)

    def _reformat(
        self,
        tool: VideoReformatter,
        picture: VideoFrame,
        form: str,
        quality: int,
        *,
        same_range: bool = False,
    ) -> VideoFrame:
        height, width = self._target(picture)
        is_scaled = self._is_stretched or not self.fits(picture)
        # Matrix and range may change at a cut; what the clip says of light and primaries stands.
        tags = _tags_of(picture)
        source_range = _FULL_RANGE if tags.full_range else _LIMITED_RANGE
        return tool.reformat(
            picture,
            width,
            height,
            form,
            src_colorspace=tags.matrix,
            dst_colorspace=tags.matrix,
            interpolation=quality | _STRETCHING if is_scaled else quality,
            src_color_range=source_range,
            dst_color_range=source_range if same_range else _FULL_RANGE,
            threads=_THREADS,
        )

    def _target(self, picture: VideoFrame) -> tuple[int, int]:
        """(height, width) that a picture is brought to: square pixels, within the size of the clip."""
        height, width = self._facts.square_size
        if self.fits(picture):
            return height, width
        own = replace(self._facts, height=picture.height, width=picture.width).square_size
        scale = min(Fraction(height, own[0]), Fraction(width, own[1]))
        return max(1, round(own[0] * scale)), max(1, round(own[1] * scale))

    def _finished(self, array: NDArray[Any]) -> NDArray[Any]:
        """Upright, without what the container cuts off; a picture of another shape has black beside it."""
        height, width = self._facts.square_size
        if array.shape[:2] != (height, width):
            whole = np.zeros((height, width, array.shape[2]), array.dtype)
            top, left = (height - array.shape[0]) // 2, (width - array.shape[1]) // 2
            whole[top : top + array.shape[0], left : left + array.shape[1]] = array
            array = whole
        if self._facts.crop:
            array = array[self._facts.shown_part]
        out = np.ascontiguousarray(self._facts.orientation.apply(array))
        out.flags.writeable = False
        return out


def _float_plane(plane: Any, name: str) -> NDArray[Any]:
    kind = np.dtype("f2" if "f16" in name else "f4").newbyteorder(">" if name.endswith("be") else "<")
    channels = 4 if name.startswith("rgbaf") else 3 if name.startswith("rgbf") else 1
    row = plane.line_size // kind.itemsize
    samples = np.frombuffer(plane, kind).reshape(plane.height, row)[:, : plane.width * channels]
    return samples.reshape(plane.height, plane.width, channels) if channels > 1 else samples
