"""One movie file: the picture with the objects' alpha, a luma matte, or a preview with the overlay."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vosapp.core.errors import ExportError
from vosapp.export.formats import Content
from vosapp.export.layers import sixteen_bit
from vosapp.export.targets.overlay_picture import overlay_picture
from vosapp.export.targets.rgba import rgba_of
from vosapp.export.targets.target import FrameToWrite
from vosapp.export.timing import SoundStretch
from vosapp.matte.layers import joined_coverage
from vosapp.video.av.movie_codecs import MovieCodec
from vosapp.video.av.movie_planes import planes_of
from vosapp.video.av.movie_reader import MovieReader
from vosapp.video.av.writer import MovieWriter, Sound
from vosapp.video.colour import SCREEN, ColourTags, rgb_to_ycbcr
from vosapp.video.movie_colour import movie_colour

ALPHA_TOLERANCE = 2 / 255
"""Of alpha at any pixel, where the codec keeps it without loss."""
LOSSY_TOLERANCE = 10 / 255
"""Of the means of large blocks, where the codec is lossy: a wrong frame is far off."""
_BLOCKS = 8
TIME_TOLERANCE = Fraction(1, 500)
"""In seconds: WebM and Matroska count milliseconds."""


class MovieTarget:
    """A movie file of one codec and content."""

    def __init__(  # noqa: PLR0913 - the facts of a movie
        self,
        path: Path,
        codec: MovieCodec,
        content: Content,
        *,
        shape: tuple[int, int],
        rate: Fraction,
        start_timecode: str = "",
        colour: ColourTags = SCREEN,
        premultiplied: bool = False,
        pixel_aspect: Fraction = Fraction(1),
        times: Mapping[int, Fraction] | None = None,
        sound: SoundStretch | None = None,
    ) -> None:
        """Creates the file.

        Args:
            path: the file.
            codec: how it is written.
            content: PICTURE, MATTE or OVERLAY.
            shape: (height, width) of every frame.
            rate: frames a second.
            start_timecode: of the first frame, or "".
            colour: of the pictures.
            premultiplied: how alpha goes with the picture.
            pixel_aspect: width of a pixel over its height.
            times: by frame index when it begins, in seconds after the first one; None for an even rate.
            sound: what goes beside it.

        Raises:
            ExportError: it cannot be created.
        """
        self._path, self._codec, self._content, self._premultiplied = path, codec, content, premultiplied
        self._times, self._rate = times, rate
        self._written = self._checked = 0
        self._writer = MovieWriter(
            path,
            codec,
            shape=shape,
            rate=rate,
            start_timecode=start_timecode,
            colour=colour,
            pixel_aspect=pixel_aspect,
            own_times=times is not None,
            sound=None if sound is None else Sound(sound.path, sound.begin, sound.end),
        )
        self._to_ycbcr = rgb_to_ycbcr(movie_colour(colour).codes)
        self._reader: MovieReader | None = None

    def write(self, frame: FrameToWrite) -> None:
        """Appends the frame."""
        self._writer.write(self._samples(frame), self._begin(frame, self._written))
        self._written += 1

    def finish(self) -> None:
        """Completes the file."""
        self._writer.close()

    def check(self, frame: FrameToWrite) -> None:
        """Decodes the frame and compares its planes: exactly, alpha by pixel, or by blocks, as the codec allows."""
        if self._reader is None:
            self._reader = MovieReader(self._path, self._codec)
        read = self._reader.next_planes()
        expected = planes_of(self._samples(frame), self._codec, self._to_ycbcr)
        if read is None or [p.shape for p in read] != [p.shape for p in expected]:
            raise self._differs(frame, "is missing or has another size")
        self._check_time(frame)
        top = np.float32(2**self._codec.bits - 1)
        for place, (found, wanted) in enumerate(zip(read, expected, strict=True)):
            is_alpha = self._codec.has_alpha and place == len(expected) - 1
            apart = np.abs(found.astype(np.float32) - wanted.astype(np.float32)) / top
            difference = np.asarray(apart, np.float32)
            if self._codec.encoder == "ffv1":
                fits = not bool(difference.any())
            elif is_alpha and self._codec.encoder == "prores_ks":
                fits = float(difference.max()) <= ALPHA_TOLERANCE
            else:
                fits = _block_difference(found, wanted) / float(top) <= LOSSY_TOLERANCE
            if not fits:
                raise self._differs(frame, "has another alpha" if is_alpha else "shows another picture")

    def _begin(self, frame: FrameToWrite, place: int) -> Fraction:
        return place / self._rate if self._times is None else self._times[frame.frame_index]

    def _check_time(self, frame: FrameToWrite) -> None:
        wanted, found = self._begin(frame, self._checked), self._reader.time if self._reader is not None else None
        self._checked += 1
        if found is None or abs(found - wanted) > TIME_TOLERANCE:
            raise self._differs(frame, "comes at another time")

    def end_check(self) -> None:
        """Makes sure that the file holds no more frames than were written."""
        more = self._reader is not None and self._reader.next_planes() is not None
        self._close_reader()
        if more:
            raise ExportError(f"{self._path.name} holds more frames than were written.", "Export again.")

    def abandon(self) -> None:
        """Closes the file."""
        self._close_reader()
        self._writer.abandon()

    def files(self) -> list[str]:
        """The file."""
        return [self._path.name]

    def _samples(self, frame: FrameToWrite) -> NDArray[Any]:
        if self._content is Content.PICTURE:
            deep = frame.picture is not None and frame.picture.dtype == np.uint16
            return rgba_of(frame, np.uint16 if deep else np.uint8, premultiplied=self._premultiplied)
        if self._content is Content.OVERLAY:
            return overlay_picture(frame)
        return sixteen_bit(joined_coverage(frame.layers))

    def _close_reader(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _differs(self, frame: FrameToWrite, how: str) -> ExportError:
        return ExportError(f"Frame {frame.number} of {self._path.name} {how}.", "Check the disk and export again.")


def _block_difference(found: NDArray[Any], wanted: NDArray[Any]) -> float:
    """The largest difference between the means of large blocks."""
    return float(np.abs(_means(found) - _means(wanted)).max())


def _means(plane: NDArray[Any]) -> NDArray[np.float32]:
    rows = np.array_split(plane.astype(np.float32), min(_BLOCKS, plane.shape[0]), axis=0)
    parts = [np.array_split(row, min(_BLOCKS, plane.shape[1]), axis=1) for row in rows]
    return np.array([[part.mean() for part in row] for row in parts], np.float32)
