"""Writes movies: pictures in R'G'B', with alpha where the codec has it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from vosapp.core.errors import ExportError
from vosapp.video.av.errors import file_url
from vosapp.video.av.movie_codecs import PRORES_4444, MovieCodec
from vosapp.video.av.movie_planes import planes_of, stored_size
from vosapp.video.av.sound import SoundCopy
from vosapp.video.colour import SCREEN, ColourTags, rgb_to_ycbcr
from vosapp.video.movie_colour import movie_colour

_LIMITED, _FULL = 1, 2
_FINE = Fraction(1, 90000)
_MATRIX_RGB = 0


@dataclass(frozen=True, slots=True)
class Sound:
    """A stretch of the sound of a clip, in seconds by the clip's own clock."""

    path: Path
    begin: Fraction
    end: Fraction


class MovieWriter:
    """A movie file. Odd sizes are made even by repeating the last row and column where the codec needs it."""

    def __init__(  # noqa: PLR0913 - the facts of a movie
        self,
        path: Path,
        codec: MovieCodec,
        *,
        shape: tuple[int, int],
        rate: Fraction,
        start_timecode: str = "",
        colour: ColourTags = SCREEN,
        pixel_aspect: Fraction = Fraction(1),
        own_times: bool = False,
        sound: Sound | None = None,
    ) -> None:
        """Creates the file.

        Args:
            path: file to write.
            codec: how.
            shape: (height, width) of every frame.
            rate: frames a second, kept exactly.
            start_timecode: "HH:MM:SS:FF", with ";" before the frames for drop frame, or "".
            colour: what the R'G'B' of the frames means; one that `movie_colour.can_carry`.
            pixel_aspect: width of a pixel over its height.
            own_times: whether every frame says when it begins; else they follow evenly.
            sound: the stretch of a clip's sound that goes beside it.

        Raises:
            ValueError: no file can carry this colour.
            ExportError: the file cannot be created.
        """
        self._path, self._codec = path, codec
        self._shape = (*shape, 4 if codec.has_alpha else 3)
        self._stored = stored_size(shape, codec)
        said = movie_colour(colour)
        self._to_ycbcr = rgb_to_ycbcr(said.codes)
        self._tags = {
            "color_range": _FULL if codec.is_rgb else _LIMITED,
            "colorspace": _MATRIX_RGB if codec.is_rgb else said.matrix,
            "color_primaries": said.primaries,
            "color_trc": said.transfer,
        }
        self._rate, self._aspect, self._own_times = rate, pixel_aspect, own_times
        self._time_base = _FINE if own_times else 1 / rate
        self._count = 0
        self._sound: SoundCopy | None = None
        self._closed = self._has_failed = False
        try:
            # FFmpeg itself would only notice at the first frame that it cannot.
            path.open("wb").close()
            self._container = av.open(
                file_url(path), "w", format=codec.container, container_options=dict(codec.container_options)
            )
        except (av.error.FFmpegError, OSError) as error:
            raise ExportError(f"{path} cannot be created ({error.strerror}).", "Choose another folder.") from error
        self._stream = self._add_stream(start_timecode)
        if sound is not None:
            self._sound_from = sound.begin
            self._sound = SoundCopy(sound.path, self._container, codec.sound, begin=sound.begin, end=sound.end)

    def _add_stream(self, start_timecode: str) -> Any:
        codec = self._codec
        stream: Any = self._container.add_stream(codec.encoder, rate=self._rate, options=dict(codec.options))
        stream.height, stream.width = self._stored
        stream.pix_fmt = codec.pixel_format
        if codec.tag:
            stream.codec_context.codec_tag = codec.tag
        context = stream.codec_context
        context.time_base = self._time_base
        if self._aspect != 1:
            context.sample_aspect_ratio = self._aspect
            stream.sample_aspect_ratio = self._aspect
        for name, value in self._tags.items():
            setattr(context, name, value)
        if start_timecode and codec.holds_timecode:
            stream.metadata["timecode"] = start_timecode
        return stream

    def write(self, rgba: NDArray[np.uint8] | NDArray[np.uint16], at: Fraction | None = None) -> None:
        """Appends a frame: (height, width, 3) uint8 or uint16 over the full range, R'G'B', and alpha as a fourth
        channel where the codec has it; or a grey picture (height, width) where it has none.

        Args:
            rgba: the frame.
            at: when it begins, in seconds, for frames with times of their own.

        Raises:
            ValueError: the frame has another shape or type, or the file is closed.
            ExportError: it cannot be written, for example because the disk is full.
        """
        if self._closed:
            raise ValueError("the writer is closed")
        fits = rgba.shape == self._shape or (rgba.shape == self._shape[:2] and not self._codec.has_alpha)
        if not fits or rgba.dtype not in (np.uint8, np.uint16):
            raise ValueError(f"a frame is {self._shape} uint8 or uint16, not {rgba.shape} {rgba.dtype}")
        frame = av.VideoFrame(self._stored[1], self._stored[0], self._codec.pixel_format)
        for plane, values in zip(frame.planes, planes_of(rgba, self._codec, self._to_ycbcr), strict=True):
            _fill(plane, values)
        begins = self._count / self._rate if at is None or not self._own_times else at
        frame.pts, frame.time_base = round(begins / self._time_base), self._time_base
        for name, value in self._tags.items():
            if hasattr(frame, name):  # PyAV names the last two from 18 on
                setattr(frame, name, value)
        self._mux(frame)
        self._count += 1
        if self._sound is not None:
            with self._writing():
                self._sound.pump(self._sound_from + begins)

    def close(self) -> None:
        """Completes the file. May be called twice.

        Raises:
            ExportError: the end of the file cannot be written.
        """
        if self._closed:
            return
        self._closed = True
        try:
            if self._count and not self._has_failed:
                self._mux(None)
            if self._sound is not None and not self._has_failed:
                with self._writing():
                    self._sound.close()
        finally:
            if self._sound is not None:
                self._sound.abandon()
            with self._writing():
                self._container.close()

    def abandon(self) -> None:
        """Closes the file as it is: what the encoders hold back and the rest of the sound are not worth the time."""
        self._has_failed = True
        with suppress(ExportError):
            self.close()

    def _mux(self, frame: av.VideoFrame | None) -> None:
        with self._writing():
            self._container.mux(self._stream.encode(frame))

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Says in a sentence what keeps the block from writing."""
        try:
            yield
        except (av.error.FFmpegError, OSError) as error:
            self._has_failed = True  # FFmpeg may crash when more is written
            raise ExportError(
                f"{self._path} cannot be written ({error.strerror}).", "Check the free space and the permissions."
            ) from error


class ProResWriter(MovieWriter):
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
        """As `MovieWriter`."""
        super().__init__(path, PRORES_4444, shape=shape, rate=rate, start_timecode=start_timecode, colour=colour)


def _fill(plane: Any, values: NDArray[Any]) -> None:
    height, width = values.shape
    rows = np.zeros((height, plane.line_size // values.itemsize), values.dtype.newbyteorder("<"))
    rows[:, :width] = values
    plane.update(rows)
