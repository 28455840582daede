"""Writes ProRes 4444 with straight alpha."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from vosapp.core.errors import ExportError
from vosapp.video.av.errors import file_url
from vosapp.video.colour import SCREEN, ColourTags, rgb_to_ycbcr
from vosapp.video.movie_colour import movie_colour

_FORMAT = "yuva444p10le"
_LIMITED = 1


class ProResWriter:
    """A QuickTime file in ProRes 4444, limited range, straight alpha in 16 bits as the encoder writes it.

    The encoder takes 10 bits a channel, alpha included; 0 and full alpha come back exactly.
    """

    def __init__(
        self,
        path: Path,
        *,
        shape: tuple[int, int],
        rate: Fraction,
        start_timecode: str = "",
        colour: ColourTags = SCREEN,
    ) -> None:
        """Creates the file.

        Args:
            path: file to write, ending in .mov.
            shape: (height, width) of every frame.
            rate: frames a second, kept exactly.
            start_timecode: "HH:MM:SS:FF", with ";" before the frames for drop frame, or "".
            colour: what the R'G'B' of the frames means; one that `movie_colour.can_carry`.

        Raises:
            ValueError: no file can carry this colour.
            ExportError: the file cannot be created.
        """
        self._path = path
        self._shape = (*shape, 4)
        said = movie_colour(colour)
        self._to_ycbcr = rgb_to_ycbcr(said.codes)
        self._tags = {
            "color_range": _LIMITED,
            "colorspace": said.matrix,
            "color_primaries": said.primaries,
            "color_trc": said.transfer,
        }
        self._rate = rate
        self._count = 0
        self._closed = False
        try:
            # FFmpeg itself would only notice at the first frame that it cannot.
            path.open("wb").close()
            self._container = av.open(file_url(path), "w", format="mov")
        except (av.error.FFmpegError, OSError) as error:
            raise ExportError(f"{path} cannot be created ({error.strerror}).", "Choose another folder.") from error
        self._stream = self._add_stream(start_timecode)

    def _add_stream(self, start_timecode: str) -> Any:
        options = {"profile": "4444", "alpha_bits": "16", "vendor": "apl0"}
        stream: Any = self._container.add_stream("prores_ks", rate=self._rate, options=options)
        stream.height, stream.width, _ = self._shape
        stream.pix_fmt = _FORMAT
        context = stream.codec_context
        context.time_base = 1 / self._rate
        for name, value in self._tags.items():
            setattr(context, name, value)
        if start_timecode:
            stream.metadata["timecode"] = start_timecode
        return stream

    def write(self, rgba: NDArray[np.uint8] | NDArray[np.uint16]) -> None:
        """Appends a frame: (height, width, 4) uint8 or uint16, R'G'B' and straight alpha over the full range.

        Raises:
            ValueError: the frame has another shape or type, or the file is closed.
            ExportError: it cannot be written, for example because the disk is full.
        """
        if self._closed:
            raise ValueError("the writer is closed")
        if rgba.shape != self._shape or rgba.dtype not in (np.uint8, np.uint16):
            raise ValueError(f"a frame is {self._shape} uint8 or uint16, not {rgba.shape} {rgba.dtype}")
        frame = av.VideoFrame(self._shape[1], self._shape[0], _FORMAT)
        for plane, values in zip(frame.planes, _to_ten_bit_planes(rgba, self._to_ycbcr), strict=True):
            _fill(plane, values)
        frame.pts, frame.time_base = self._count, 1 / self._rate
        for name, value in self._tags.items():
            if hasattr(frame, name):  # PyAV names the last two from 18 on
                setattr(frame, name, value)
        self._mux(frame)
        self._count += 1

    def close(self) -> None:
        """Completes the file. May be called twice.

        Raises:
            ExportError: the end of the file cannot be written.
        """
        if self._closed:
            return
        self._closed = True
        try:
            if self._count:
                self._mux(None)
        finally:
            self._finish()

    def _finish(self) -> None:
        try:
            self._container.close()
        except (av.error.FFmpegError, OSError) as error:
            raise self._failed(error) from error

    def _mux(self, frame: av.VideoFrame | None) -> None:
        try:
            self._container.mux(self._stream.encode(frame))
        except (av.error.FFmpegError, OSError) as error:
            raise self._failed(error) from error

    def _failed(self, error: OSError | av.error.FFmpegError) -> ExportError:
        return ExportError(
            f"{self._path} cannot be written ({error.strerror}).", "Check the free space and the permissions."
        )


def _to_ten_bit_planes(rgba: NDArray[Any], to_ycbcr: NDArray[np.float64]) -> tuple[NDArray[np.uint16], ...]:
    """Y, Cb, Cr in limited range and alpha in full range, 10 bits each."""
    scaled = rgba.astype(np.float32) / np.float32(np.iinfo(rgba.dtype).max)
    spans = np.array([876, 896, 896], np.float32)
    offsets = np.array([64, 512, 512], np.float32)
    ycbcr = scaled[..., :3] @ (to_ycbcr.T.astype(np.float32) * spans) + offsets
    codes = np.clip(ycbcr + 0.5, 4, 1019).astype(np.uint16)
    alpha = (scaled[..., 3] * 1023 + 0.5).astype(np.uint16)
    return codes[..., 0], codes[..., 1], codes[..., 2], alpha


def _fill(plane: Any, values: NDArray[np.uint16]) -> None:
    height, width = values.shape
    rows = np.zeros((height, plane.line_size // 2), "<u2")
    rows[:, :width] = values
    plane.update(rows)
