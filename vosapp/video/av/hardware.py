"""Decoding on the graphics processor, for as long as it gives the pictures of FFmpeg's own decoders.

PyAV hands packets to the same decoder as always, which lets a device do the work inside a picture; order and numbers
stay as they are. What comes back has its own layout and is brought back to that of the software decoder here. Only
codecs whose standard fixes every bit are decoded so, the first picture of a file is compared with the software's, and
anything odd (an error, a damaged picture, an unknown layout) makes the software take over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from av.codec.hwaccel import HWAccel, hwdevices_available
from av.video.frame import VideoFrame
from numpy.typing import NDArray

if TYPE_CHECKING:
    from av.codec.codec import Codec

SOFTWARE = "software"
_EXACT_CODECS = frozenset({"h264", "hevc", "vp8", "vp9", "av1", "vvc"})
# In the order in which they are tried: the platform's own way first.
_DEVICES = ("videotoolbox", "d3d11va", "cuda", "vaapi", "dxva2", "d3d12va", "vulkan")
_TOLERANCE = 1
# Layouts in which devices hand over pictures: luma, then both chroma planes in one; the samples of the deep ones lie in
# the upper bits of 16.
_CHROMA = {"nv12": "420", "nv16": "422", "nv24": "444", "p0": "420", "p2": "422", "p4": "444"}
_COLOUR_TAGS = ("color_range", "colorspace", "color_primaries", "color_trc")


@dataclass(frozen=True, slots=True)
class Acceleration:
    """Device that decodes a file besides the processor.

    Attributes:
        device: kind of device, as FFmpeg names it.
        pixel_format: of the software decoder's pictures, to which the device's are brought.
    """

    device: str
    pixel_format: str

    def hwaccel(self) -> HWAccel:
        """For opening a file. FFmpeg itself never falls back, so that it is always known what decodes."""
        return HWAccel(self.device, allow_software_fallback=False)


def accelerations(codec: Codec, pixel_format: str) -> list[Acceleration]:
    """What could decode a codec here, best first. Whether there is such a device shows when a file is opened."""
    if codec.canonical_name not in _EXACT_CODECS:
        return []
    offered = {_device_name(config) for config in codec.hardware_configs or () if config.is_supported}
    built_in = set(hwdevices_available())
    return [Acceleration(device, pixel_format) for device in _DEVICES if device in offered & built_in]


def _device_name(config: Any) -> str:
    try:
        return str(config.device_type.name)
    except ValueError:
        return ""  # a kind that PyAV has no name for


def as_software(picture: VideoFrame, pixel_format: str) -> VideoFrame | None:
    """A downloaded picture in the layout of the software decoder, sample for sample, with what it says of colour.

    Args:
        picture: in system memory.
        pixel_format: planar Y'CbCr as FFmpeg names it.

    Returns:
        None when the layout of the picture is not known or holds other samples.
    """
    name = picture.format.name
    if name == pixel_format:
        return picture
    bits = 16 if name.endswith("16le") else int(name[2:4]) if name[0] == "p" and name[2:4].isdigit() else 8
    wanted = VideoFrame(picture.width, picture.height, pixel_format)
    depth = wanted.format.components[0].bits
    plain = pixel_format.replace("yuvj", "yuv").removesuffix("le").removesuffix(str(depth))
    if depth > bits or (depth > 8) != (bits > 8):
        return None
    shift = 16 - depth if bits > 8 else 0
    if name == "yuv444p16le" and plain == "yuv444p":
        parts = [samples(picture, place) for place in range(3)]
    elif plain == f"yuv{_CHROMA.get(name if bits == 8 else name[:2], '-')}p":
        both = samples(picture, 1)
        parts = [samples(picture, 0), both[:, 0::2], both[:, 1::2]]
    else:
        return None
    for place, part in enumerate(parts):
        target = samples(wanted, place)
        if target.shape != part.shape:
            return None
        np.right_shift(part, shift, out=target)
    for name in _COLOUR_TAGS:
        if hasattr(picture, name):  # PyAV names the last two from 18 on
            setattr(wanted, name, getattr(picture, name))
    return wanted


def same_picture(one: VideoFrame, other: VideoFrame) -> bool:
    """Whether two planar pictures of one layout are equal within one level of their own depth."""
    if (one.format.name, one.width, one.height) != (other.format.name, other.width, other.height):
        return False
    pairs = ((samples(one, place), samples(other, place)) for place in range(len(one.planes)))
    return all(int(np.abs(a.astype(np.int32) - b).max()) <= _TOLERANCE for a, b in pairs)


def samples(picture: VideoFrame, place: int) -> NDArray[Any]:
    """The samples of a plane, shared with the picture: (rows, samples a row) uint8 or uint16."""
    plane: Any = picture.planes[place]
    kind = np.dtype("<u2") if max(part.bits for part in picture.format.components) > 8 else np.dtype(np.uint8)
    interleaved = len(picture.planes) == 2 and place == 1
    width = plane.width * (2 if interleaved else 1)
    return np.frombuffer(plane, kind).reshape(-1, plane.line_size // kind.itemsize)[: plane.height, :width]
