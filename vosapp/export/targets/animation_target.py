"""One animated WebP: a small picture with the objects' colours over it, for a quick look."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vosapp.core.errors import ExportError
from vosapp.export.targets.overlay_picture import overlay_picture
from vosapp.export.targets.target import FrameToWrite
from vosapp.video.av.movie_codecs import WEBP
from vosapp.video.av.writer import MovieWriter

LONGEST_PX = 640
"""Of the longer side: 10 s of a moving shot stay under what chats take as an attachment (some 10 MB)."""
TOLERANCE = 10 / 255
"""Of the means of large blocks, where quality 80 with halved colour is lossy."""
TIME_TOLERANCE_MS = 2
_ROUNDED_MS = Fraction(1, 10)  # WebP counts whole milliseconds, and ours are rounded to a fine base before
_BLOCKS = 8
_LEAST_BLOCK_PX = 12  # smaller ones would see colour that flows over from their neighbours


class AnimationTarget:
    """An animated WebP that begins anew when it has ended."""

    def __init__(
        self,
        path: Path,
        *,
        shape: tuple[int, int],
        rate: Fraction,
        pixel_aspect: Fraction = Fraction(1),
        times: Mapping[int, Fraction] | None = None,
    ) -> None:
        """Creates the file.

        Args:
            path: the file.
            shape: (height, width) of the frames.
            rate: frames a second.
            pixel_aspect: width of a pixel over its height; the animation has square ones.
            times: by frame index when it begins, in seconds after the first one; None for an even rate.

        Raises:
            ExportError: it cannot be created.
        """
        self._path, self._rate, self._times = path, rate, times
        self._size = small_size(shape, pixel_aspect)
        self._written = self._checked = 0
        self._shown, self._ends_ms = -1, 0.0  # of the picture that was read last, as the file has it
        self._writer = MovieWriter(path, WEBP, shape=self._size, rate=rate, own_times=times is not None)
        self._image: Any = None
        self._found: NDArray[np.uint8] = np.zeros((0, 0, 3), np.uint8)

    def write(self, frame: FrameToWrite) -> None:
        """Appends the frame."""
        self._writer.write(self._picture(frame), self._begin(frame, self._written))
        self._written += 1

    def finish(self) -> None:
        """Completes the file."""
        self._writer.close()

    def check(self, frame: FrameToWrite) -> None:
        """Decodes what is shown at the frame's time with another library than wrote it, and compares its blocks.

        Frames that look alike are one picture in the file, which stays for as long.
        """
        begins_ms = 1000 * self._begin(frame, self._checked)
        self._checked += 1
        if begins_ms + _ROUNDED_MS >= self._ends_ms:
            if begins_ms - self._ends_ms > TIME_TOLERANCE_MS:
                raise self._differs(frame, "comes at another time")
            self._read_next(frame)
        wanted = self._picture(frame)
        if self._found.shape != wanted.shape or np.abs(_means(self._found) - _means(wanted)).max() > TOLERANCE * 255:
            raise self._differs(frame, "shows another picture")

    def _read_next(self, frame: FrameToWrite) -> None:
        from PIL import Image

        try:
            if self._image is None:
                self._image = Image.open(self._path)
            self._shown += 1
            self._image.seek(self._shown)
            self._found = np.asarray(self._image.convert("RGB"))
        except (EOFError, OSError) as error:
            raise self._differs(frame, "is missing") from error
        self._ends_ms += self._image.info["duration"] or math.inf  # a single picture has none

    def end_check(self) -> None:
        """Makes sure that the file holds no more frames than were written."""
        more = self._image is not None and self._image.n_frames > self._shown + 1
        self._close_image()
        if more:
            raise ExportError(f"{self._path.name} holds more frames than were written.", "Export again.")

    def abandon(self) -> None:
        """Closes the file."""
        self._close_image()
        self._writer.abandon()

    def files(self) -> list[str]:
        """The file."""
        return [self._path.name]

    def _begin(self, frame: FrameToWrite, place: int) -> Fraction:
        return place / self._rate if self._times is None else self._times[frame.frame_index]

    def _picture(self, frame: FrameToWrite) -> NDArray[np.uint8]:
        import cv2

        picture = overlay_picture(frame)
        return np.asarray(cv2.resize(picture, self._size[::-1], interpolation=cv2.INTER_AREA), np.uint8)

    def _close_image(self) -> None:
        if self._image is not None:
            self._image.close()
            self._image = None

    def _differs(self, frame: FrameToWrite, how: str) -> ExportError:
        return ExportError(f"Frame {frame.number} of {self._path.name} {how}.", "Check the disk and export again.")


def small_size(shape: tuple[int, int], pixel_aspect: Fraction) -> tuple[int, int]:
    """(height, width) of the animation: square pixels, the longer side at most `LONGEST_PX`, never enlarged."""
    height, width = Fraction(shape[0]), shape[1] * pixel_aspect
    share = min(Fraction(1), LONGEST_PX / max(height, width))
    return max(1, round(height * share)), max(1, round(width * share))


def _means(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Means of the channels in large blocks."""
    down, across = (max(1, min(_BLOCKS, side // _LEAST_BLOCK_PX)) for side in picture.shape[:2])
    rows = np.array_split(picture.astype(np.float32), down, axis=0)
    parts = [np.array_split(row, across, axis=1) for row in rows]
    return np.array([[part.mean((0, 1)) for part in row] for row in parts], np.float32)
