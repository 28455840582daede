"""TruthClip: pictures by frame index, and per object the true mask of annotated frames."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from vosapp.core.document import ObjectId
from vosapp.video.source import RgbImage

BoolImage = NDArray[np.bool_]
Truth = Mapping[ObjectId, BoolImage]


@dataclass(frozen=True, slots=True)
class TruthObject:
    """An object to follow.

    Attributes:
        id: its number in the ground truth.
        first_frame: the frame whose true mask is given; scores begin after it.
        category: name of its class where the benchmark has one, else "".
        seen: whether training sets of the benchmark hold its class (YouTube-VOS); None where that has no meaning.
        last_frame: the last frame on which it counts; None for the clip's end.
    """

    id: ObjectId
    first_frame: int = 0
    category: str = ""
    seen: bool | None = None
    last_frame: int | None = None


class TruthClip(Protocol):
    """A clip that an engine is measured on. Must survive pickling, so that other processes can measure it."""

    @property
    def name(self) -> str:
        """Unique in its data set."""

    @property
    def frame_count(self) -> int:
        """Number of frames."""

    @property
    def objects(self) -> tuple[TruthObject, ...]:
        """The objects to follow, ids ascending."""

    @property
    def annotated(self) -> tuple[int, ...]:
        """Frames with ground truth, ascending."""

    def frame_name(self, index: int) -> str:
        """Name of a frame's file without its ending, for results that go beside others."""

    def frame(self, index: int) -> RgbImage:
        """(height, width, 3) uint8 RGB. Raises MediaError."""

    def truth(self, index: int) -> Truth:
        """True masks (height, width) of an annotated frame: those of `objects`, empty where one is not to be seen."""

    def alpha(self, index: int) -> NDArray[np.float32] | None:
        """True soft alpha (height, width) in 0..1 of the only object, or None where there is none."""
