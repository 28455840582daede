"""The protocol of what an export writes to, and the frame as it gets it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from vosapp.export.layers import Layer

DeepRgb = NDArray[np.uint8] | NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class FrameToWrite:
    """One frame of an export.

    Attributes:
        frame_index: in the clip.
        number: of the frame in the source's numbering.
        layers: the objects from front to back.
        picture: (height, width, 3) uint8 or uint16, None for targets that need none.
    """

    frame_index: int
    number: int
    layers: Sequence[Layer]
    picture: DeepRgb | None


class Target(Protocol):
    """Where an export goes. Frames come in ascending order, once each."""

    @property
    def needs_picture(self) -> bool:
        """Whether frames carry the picture beside the masks."""

    def write(self, frame: FrameToWrite) -> None:
        """Writes a frame. Raises ExportError or MediaError when it cannot be written."""

    def finish(self) -> None:
        """Ends writing. Raises ExportError."""

    def check(self, frame: FrameToWrite) -> None:
        """Reads a frame back, after `finish` and in the order of writing. Raises ExportError when it differs."""

    def publish(self) -> None:
        """Puts what was checked into its place. Raises ExportError when it holds more frames than were checked."""

    def abandon(self) -> bool:
        """Ends early, before `publish`. Returns whether the frames written so far stay, as valid files."""

    def files(self) -> list[Path]:
        """The files written and kept."""
