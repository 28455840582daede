"""The protocol of what an export writes to, and the frame as it gets it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from vosapp.matte.layers import Layer

DeepRgb = NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class FrameToWrite:
    """One frame of an export.

    Attributes:
        frame_index: in the clip.
        number: of the frame as its file is named.
        layers: the objects from front to back.
        picture: (height, width, 3) uint8 or uint16, for EXR float32 too; None where none is needed.
    """

    frame_index: int
    number: int
    layers: Sequence[Layer]
    picture: DeepRgb | None


class Target(Protocol):
    """Writes an export into its staging folder. Frames come in ascending order, once each."""

    def write(self, frame: FrameToWrite) -> None:
        """Writes a frame. Raises ExportError or MediaError when it cannot be written."""

    def finish(self) -> None:
        """Ends writing. Raises ExportError."""

    def check(self, frame: FrameToWrite) -> None:
        """Reads a frame back, after `finish` and in the order of writing. Raises ExportError when it differs."""

    def end_check(self) -> None:
        """Ends checking. Raises ExportError when the files hold more frames than were checked."""

    def abandon(self) -> None:
        """Closes what is open, after a failure or cancellation."""

    def files(self) -> list[str]:
        """Names of the files written, relative to the folder, with "/"."""
