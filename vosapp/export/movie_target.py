"""The picture with the objects' alpha as one ProRes 4444 file, alpha straight."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vosapp.core.errors import ExportError, MediaError
from vosapp.export.layers import joined_alpha
from vosapp.export.target import DeepRgb, FrameToWrite
from vosapp.video.av.file_source import FileSource
from vosapp.video.av.writer import ProResWriter
from vosapp.video.colour import SCREEN, ColourTags

_ALPHA_TOLERANCE = 2  # of 255: the encoder keeps alpha in 10 bits, lossless
_COLOUR_TOLERANCE = 10  # of 255, between the means of large blocks: the codec is lossy, a wrong frame is far off
_BLOCKS = (8, 8)


class ProResTarget:
    """A .mov file."""

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
            path: the file.
            shape: (height, width) of every frame.
            rate: frames a second.
            start_timecode: of the first frame, or "".
            colour: of the pictures.

        Raises:
            ExportError: it cannot be created.
        """
        self._path = path
        self._writer = ProResWriter(path, shape=shape, rate=rate, start_timecode=start_timecode, colour=colour)
        self._count = 0
        self._checked = 0
        self._reader: FileSource | None = None

    def write(self, frame: FrameToWrite) -> None:
        """Appends the frame."""
        self._writer.write(_rgba(frame))
        self._count += 1

    def finish(self) -> None:
        """Completes the file."""
        self._writer.close()

    def check(self, frame: FrameToWrite) -> None:
        """Decodes the frame and compares alpha by pixel and colour by blocks."""
        try:
            if self._reader is None:
                self._reader = FileSource(self._path)
            read = self._reader.native(self._checked)
        except (MediaError, IndexError) as error:
            raise self._differs(frame, "cannot be read back") from error
        self._checked += 1
        expected = _rgba(frame)
        if read.shape != expected.shape:
            raise self._differs(frame, "has another size")
        difference = np.abs(_levels(read[..., 3]) - _levels(expected[..., 3]))
        if difference.max() > _ALPHA_TOLERANCE:
            raise self._differs(frame, "has another alpha")
        if np.abs(_means(read[..., :3]) - _means(expected[..., :3])).max() > _COLOUR_TOLERANCE:
            raise self._differs(frame, "shows another picture")

    def end_check(self) -> None:
        """Compares the number of frames in the file with the number written."""
        count = self._reader.info.frame_count if self._reader is not None else 0
        self._close_reader()
        if count != self._count:
            raise ExportError(f"{self._path.name} holds {count} frames, {self._count} were written.", "Export again.")

    def abandon(self) -> None:
        """Closes the file."""
        self._close_reader()
        with suppress(ExportError):  # a full disk is why we are here
            self._writer.close()

    def files(self) -> list[str]:
        """The file."""
        return [self._path.name]

    def _close_reader(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _differs(self, frame: FrameToWrite, how: str) -> ExportError:
        return ExportError(f"Frame {frame.number} of {self._path.name} {how}.", "Check the disk and export again.")


def _rgba(frame: FrameToWrite) -> DeepRgb:
    """The picture with the alpha of its layers, at the depth of the picture."""
    if frame.picture is None:
        raise ValueError("a ProRes frame needs its picture")
    alpha: NDArray[Any] = joined_alpha(frame.layers)
    if frame.picture.dtype == np.uint16:
        alpha = alpha.astype(np.uint16) * np.uint16(257)
    rgba: DeepRgb = np.dstack([frame.picture, alpha])
    return rgba


def _levels(samples: NDArray[Any]) -> NDArray[np.float32]:
    """Samples of any depth as 0 to 255."""
    return np.asarray(samples.astype(np.float32) * np.float32(255 / np.iinfo(samples.dtype).max))


def _means(samples: NDArray[Any]) -> NDArray[np.float32]:
    """Mean colour, 0 to 255, of the blocks of a picture."""
    colour = _levels(samples)
    bands = np.array_split(colour, min(_BLOCKS[0], colour.shape[0]), axis=0)
    parts = [np.array_split(band, min(_BLOCKS[1], colour.shape[1]), axis=1) for band in bands]
    return np.array([[part.mean(axis=(0, 1)) for part in row] for row in parts])
