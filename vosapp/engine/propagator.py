"""The protocol behind which every way of carrying masks through time stands."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from vosapp.core.document import ObjectId
from vosapp.video.source import RgbImage

Probability = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Prediction:
    """Prediction of a propagator for one frame.

    Attributes:
        probabilities: per object id a (height, width) float32 array in 0..1 at the frame's own size. Where objects
            meet they sum to at most 1. A pixel is inside an object when it is at least 0.5.
        doubt: per object id how unsure the mask is, 0 (sure) to 1 (as good as lost).
    """

    probabilities: Mapping[ObjectId, Probability]
    doubt: Mapping[ObjectId, float]


class Propagator(Protocol):
    """Carries the masks of a set of objects from frame to frame, in one direction.

    One object of this class serves one pass over a clip: forward or backward. Frames come in the order of the
    pass. Nothing it keeps grows with the number of frames.
    """

    def remember(self, frame_index: int, rgb: RgbImage, masks: Mapping[ObjectId, Probability]) -> None:
        """Learns given masks of a frame, which may lie anywhere in the clip. Does not move the pass.

        Called once per anchor frame before the pass comes near it. Networks with one reference use the anchor
        nearest in time; networks with a memory use all.
        """

    def step(self, frame_index: int, rgb: RgbImage, given: Mapping[ObjectId, Probability] | None = None) -> Prediction:
        """Moves the pass to this frame and predicts every known object on it.

        Args:
            frame_index: index of the frame; neighbour of the last one.
            rgb: (height, width, 3) uint8; the size never changes during a pass.
            given: given masks of this frame. They enter the state as they are and come back unchanged with doubt
                0; objects not seen before join the pass here.
        """

    def forget(self, object_ids: Collection[ObjectId]) -> None:
        """Drops objects from the pass and their anchors from memory."""


@runtime_checkable
class Forkable(Protocol):
    """A propagator of which there can be a second one that goes on by itself from the same state."""

    def fork(self) -> Propagator | None:
        """A propagator that predicts what this one would; neither changes what the other does from then on.

        They share the network, and arrays, which are never changed once they are made. None when it cannot.
        """


def forked(propagator: Propagator) -> Propagator | None:
    """A fork of a propagator; None when it cannot be forked."""
    return propagator.fork() if isinstance(propagator, Forkable) else None
