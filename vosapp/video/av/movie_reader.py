"""Reads a movie that vosapp wrote back, frame by frame, with a decoder that knows all of it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from vosapp.core.errors import MediaError
from vosapp.video.av.errors import file_url
from vosapp.video.av.movie_codecs import MovieCodec


class MovieReader:
    """The planes of the frames of a movie, in order.

    Attributes:
        time: when the frame that was read last begins, in seconds.
    """

    def __init__(self, path: Path, codec: MovieCodec) -> None:
        """Opens the file. Raises MediaError when it cannot be read."""
        self._path, self._codec = path, codec
        try:
            self._container = av.open(file_url(path))
        except (av.error.FFmpegError, OSError) as error:
            raise MediaError(f"{path.name} cannot be read back ({error.strerror}).", "Check the disk.") from error
        self._base = self._container.streams.video[0].time_base
        self.time: Fraction | None = None
        self._frames = self._decoded()

    def next_planes(self) -> list[NDArray[Any]] | None:
        """The planes of the next frame as the codec's pixel format has them; None after the last.

        Raises:
            MediaError: the frame cannot be decoded, or has another format.
        """
        try:
            frame = next(self._frames, None)
        except (av.error.FFmpegError, OSError) as error:
            raise MediaError(f"{self._path.name} cannot be read back ({error.strerror}).", "Check the disk.") from error
        if frame is None:
            return None
        self.time = None if frame.pts is None or self._base is None else frame.pts * Fraction(self._base)
        if frame.format.name != self._codec.pixel_format:
            if self._codec.encoder != "prores_ks":
                raise MediaError(f"{self._path.name} reads back as {frame.format.name}.", "Export again.")
            frame = frame.reformat(format=self._codec.pixel_format)
        kind = np.dtype(np.uint8 if self._codec.bits == 8 else "<u2")
        planes = []
        for plane in frame.planes:
            row = plane.line_size // kind.itemsize
            planes.append(np.frombuffer(plane, kind).reshape(-1, row)[: plane.height, : plane.width].copy())
        return planes

    def close(self) -> None:
        """Closes the file."""
        self._container.close()

    def _decoded(self) -> Iterator[Any]:
        stream = self._container.streams.video[0]
        if not self._codec.decoder:
            yield from self._container.decode(stream)
            return
        context: Any = av.CodecContext.create(self._codec.decoder, "r")
        context.extradata = stream.codec_context.extradata
        for packet in self._container.demux(stream):
            yield from context.decode(packet)
