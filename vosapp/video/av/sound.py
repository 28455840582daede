"""The sound of a clip carried over into a movie: decoded, cut to the sample, encoded as the container takes it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from vosapp.core.errors import ExportError
from vosapp.video.av.errors import file_url

_OPUS_RATE = 48000
_SAMPLES = "fltp"


class SoundCopy:
    """Reads the first sound track of a file and writes a stretch of it beside the pictures of a movie."""

    def __init__(self, source: Path, container: Any, encoder: str, *, begin: Fraction, end: Fraction) -> None:
        """Adds the track to a movie that has not been begun.

        Args:
            source: the clip.
            container: the open PyAV container that is written to.
            encoder: of the sound, as FFmpeg names it.
            begin, end: the stretch, in seconds by the clip's own clock; `begin` becomes the start of the movie.

        Raises:
            ExportError: the clip has no sound that can be read.
        """
        self._path = source
        try:
            self._input = av.open(file_url(source))
            stream = self._input.streams.audio[0]
        except (av.error.FFmpegError, OSError, IndexError) as error:
            raise ExportError(f"{source} has no sound that can be read.", "Export without sound.") from error
        self._begin, self._end = begin, end
        self._rate = stream.rate
        self._layout = stream.layout.name
        rate = _OPUS_RATE if encoder == "libopus" else stream.rate
        self._out: Any = container.add_stream(encoder, rate=rate, layout=stream.layout.name)
        self._container = container
        self._pieces = self._cut(stream)
        self._written_to = begin

    def pump(self, until: Fraction) -> None:
        """Writes the sound up to a time by the clip's clock, as far as it has not been written.

        Raises:
            ExportError: it cannot be read.
        """
        while self._written_to < until:
            try:
                piece = next(self._pieces, None)
            except (av.error.FFmpegError, OSError) as error:
                raise ExportError(f"The sound of {self._path} cannot be read.", "Export without sound.") from error
            if piece is None:
                self._written_to = self._end
                return
            self._container.mux(self._out.encode(piece))
            self._written_to = self._begin + Fraction(piece.pts + piece.samples, self._rate)

    def close(self) -> None:
        """Writes what is left and closes the clip."""
        self.pump(self._end)
        self._container.mux(self._out.encode(None))
        self._input.close()

    def abandon(self) -> None:
        """Closes the clip."""
        self._input.close()

    def _cut(self, stream: Any) -> Iterator[Any]:
        """Frames of sound within the stretch, their times counted in samples from its beginning."""
        resampler = av.AudioResampler(format=_SAMPLES, layout=self._layout, rate=self._rate)
        if self._begin > 0:
            self._input.seek(int(max(self._begin - 1, Fraction(0)) * av.time_base), backward=True)
        last = round((self._end - self._begin) * self._rate)
        for decoded in self._input.decode(stream):
            first = round((Fraction(decoded.pts or 0) * decoded.time_base - self._begin) * self._rate)
            if first >= last:
                return
            for frame in resampler.resample(decoded):
                samples = frame.to_ndarray()
                kept = samples[:, max(0, -first) : max(0, last - first)]
                if kept.shape[1]:
                    yield self._piece(kept, max(first, 0))
                first += samples.shape[1]

    def _piece(self, samples: np.ndarray[Any, Any], first: int) -> Any:
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), format=_SAMPLES, layout=self._layout)
        frame.sample_rate, frame.pts, frame.time_base = self._rate, first, Fraction(1, self._rate)
        return frame
