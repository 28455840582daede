"""OpenEXR files: picture with alpha, one named alpha for each object, or Cryptomatte."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import OpenEXR
from numpy.typing import NDArray

from vosapp.core.errors import ExportError
from vosapp.core.timecode import timecode
from vosapp.export.formats import Content
from vosapp.export.place.names import names_of_objects
from vosapp.export.raster import within_windows, written_window
from vosapp.export.recipe import ExrOptions
from vosapp.export.targets.cryptomatte import cryptomatte_channels, cryptomatte_header
from vosapp.export.targets.image_target import Picture
from vosapp.export.targets.target import FrameToWrite
from vosapp.matte.foreground import own_colours
from vosapp.matte.layers import Layer, joined_coverage
from vosapp.video.source import Windows

Channels = dict[str, NDArray[Any]]
"""Samples by the name of their channel."""

Part = tuple[str, dict[str, Any], Channels]
"""A part's name, its header and its channels."""

_ID_LAYER = "vosapp_object"
_MOST_COUNTED = 60  # frames a second


class ExrFamily:
    """OpenEXR files of one content."""

    def __init__(
        self,
        content: Content,
        options: ExrOptions,
        *,
        rate: Fraction,
        is_light: bool,
        pixel_aspect: Fraction = Fraction(1),
        windows: Windows | None = None,
        start_timecode: str = "",
    ) -> None:
        """Args:
        content: PICTURE, LAYERS or CRYPTOMATTE.
        options: depth, compression, and whether each layer is a part of its own.
        rate: frames a second, noted in the header.
        is_light: whether pictures are amounts of scene light; else they are codes, as the clip has them.
        pixel_aspect: width of a pixel over its height, noted in the header.
        windows: display and data window of the clip, to be kept; None for those of the picture.
        start_timecode: of the clip's frame 0, or ""; noted in the header frame by frame, which can count 60 a second.
        """
        self._content, self._options = content, options
        self._windows, self._rate, self._start_timecode = windows, rate, start_timecode
        self._header: dict[str, Any] = {"framesPerSecond": rate, "pixelAspectRatio": float(pixel_aspect)}
        if windows is not None:
            (x0, y0), (x1, y1) = windows[0]
            self._header["displayWindow"] = (np.array([x0, y0], np.int32), np.array([x1, y1], np.int32))
            self._header["dataWindow"] = tuple(np.array(corner, np.int32) for corner in written_window(windows))
        if content is Content.PICTURE:
            said = "scene light" if is_light else "the clip's own codes, not linear"
            self._header["comments"] = f"RGB: {said}; alpha premultiplied"

    def pictures(self, frame: FrameToWrite) -> Sequence[Picture]:
        """The parts of the frame's one file: triples of the part's name, its header and its channels."""
        return [(whose, [self._framed(part, frame.frame_index) for part in parts]) for whose, parts in self._of(frame)]

    def _framed(self, part: Part, index: int) -> Part:
        name, header, channels = part
        if self._start_timecode and round(self._rate) <= _MOST_COUNTED:
            header = {**header, "timeCode": _time_code(timecode(index, self._rate, self._start_timecode))}
        if self._windows is not None:
            windows = self._windows
            channels = {channel: within_windows(plane, windows) for channel, plane in channels.items()}
        return name, header, channels

    def _of(self, frame: FrameToWrite) -> Sequence[Picture]:
        if self._content is Content.CRYPTOMATTE:
            names = [layer.name for layer in frame.layers]
            channels = cryptomatte_channels(_ID_LAYER, names, [layer.coverage for layer in frame.layers])
            return [(None, [("", cryptomatte_header(_ID_LAYER, names), channels)])]
        if self._content is Content.LAYERS:
            return [(None, self._layer_parts(frame.layers))]
        return [(None, [("", {}, self._premultiplied(frame))])]

    def _layer_parts(self, layers: Sequence[Layer]) -> list[Part]:
        # A dot would begin a layer within a layer.
        names = names_of_objects({layer.object_id: layer.name.replace(".", "_") for layer in layers})
        named = {names[layer.object_id]: layer.coverage for layer in layers}
        if self._options.multipart:
            return [(name, {}, {f"{name}.A": self._cast(alpha)}) for name, alpha in named.items()]
        return [("", {}, {f"{name}.A": self._cast(alpha) for name, alpha in named.items()})]

    def _premultiplied(self, frame: FrameToWrite) -> Channels:
        if frame.picture is None:
            raise ValueError("a picture with alpha needs its picture")
        samples: NDArray[Any] = frame.picture
        colour = samples.astype(np.float32)
        if samples.dtype.kind == "u":
            colour /= np.float32(np.iinfo(samples.dtype).max)
        alpha = joined_coverage(frame.layers)
        colour = own_colours(colour, frame.layers)
        # Lights may be infinite: no alpha times that would be no number, and stay none in every composite.
        planes = {
            name: np.multiply(colour[..., place], alpha, out=np.zeros_like(alpha), where=alpha > 0)
            for place, name in enumerate("RGB")
        }
        return {name: self._cast(plane) for name, plane in (planes | {"A": alpha}).items()}

    def _cast(self, samples: NDArray[np.float32]) -> NDArray[Any]:
        kind = np.float32 if self._options.is_float else np.float16
        with np.errstate(over="ignore"):
            return np.ascontiguousarray(samples, kind)

    def write(self, path: Path, picture: list[Part]) -> None:
        """Writes a file."""
        lossless = self._options.compression == "zip" or self._content is Content.CRYPTOMATTE
        packing = OpenEXR.ZIP_COMPRESSION if lossless else OpenEXR.DWAA_COMPRESSION
        common = {**self._header, "compression": packing, "type": OpenEXR.scanlineimage}
        try:
            if picture[0][0]:
                OpenEXR.File([OpenEXR.Part({**common, **more}, dict(c), name) for name, more, c in picture]).write(
                    str(path)
                )
            else:
                _, more, channels = picture[0]
                OpenEXR.File({**common, **more}, dict(channels)).write(str(path))
        except RuntimeError as error:
            raise ExportError(
                f"{path.name} cannot be written ({error}).", "Free space, or choose another folder."
            ) from error

    def is_same(self, path: Path, picture: list[Part]) -> bool:
        """Compares every sample, with DWAA, which is lossy, within a fortieth, and what the header says of a frame."""
        exact = self._options.compression == "zip" or self._content is Content.CRYPTOMATTE
        try:
            parts = OpenEXR.File(str(path), separate_channels=True).parts
        except RuntimeError as error:
            raise ExportError(f"{path.name} cannot be read back ({error}).", "Check the disk.") from error
        if len(parts) != len(picture):
            return False
        return all(
            all(part.header.get(key) == value for key, value in more.items()) and _same_channels(part, channels, exact)
            for part, (_, more, channels) in zip(parts, picture, strict=True)
        )


def _time_code(said: str) -> Any:
    hours, minutes, seconds, frames = (int(part) for part in said.replace(";", ":").split(":"))
    return OpenEXR.TimeCode(hours, minutes, seconds, frames, int(";" in said), *[0] * 13)


def _same_channels(part: Any, written: Channels, exact: bool) -> bool:
    read = {name: channel.pixels for name, channel in part.channels.items()}
    if set(read) != set(written):
        return False
    for name, expected in written.items():
        found = read[name]
        if found.shape != expected.shape or found.dtype != expected.dtype:
            return False
        if exact and not np.array_equal(found, expected, equal_nan=True):
            return False
        if not exact and np.abs(found.astype(np.float32) - expected.astype(np.float32)).max() > 0.025 * max(
            1.0, float(np.abs(expected.astype(np.float32)).max())
        ):
            return False
    return True
