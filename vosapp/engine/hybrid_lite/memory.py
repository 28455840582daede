"""What the engine keeps of one object: trusted frames, recent frames, and where the pass stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from torch import Tensor

from vosapp.engine.hybrid.frame_memory import FrameMemory
from vosapp.engine.hybrid.window import Window, box_of
from vosapp.engine.propagator import Probability
from vosapp.models.hybrid.memory import Memory, joined
from vosapp.models.hybrid_lite.network import Known, mean_known


class Kept(NamedTuple):
    """What is kept of an object on one frame, or on several together."""

    memory: Memory
    known: Known


def together(items: Sequence[Kept]) -> Kept:
    """Several frames as one."""
    return Kept(joined([item.memory for item in items]), mean_known([item.known for item in items]))


@dataclass(slots=True)
class ObjectState:
    """One object. Bounded, whatever the length of the clip.

    Attributes:
        frames: anchors and recent frames.
        mask: (height, width) probability on the last frame of the pass; None before the object joins.
        window: the last window.
        state: recurrent state in that window, (1, states, h, w); None after a given mask.
        drift: (x, y) by which the object is expected to move.
    """

    frames: FrameMemory[Kept] = field(default_factory=FrameMemory)
    mask: Probability | None = None
    window: Window | None = None
    state: Tensor | None = None
    drift: tuple[float, float] = (0.0, 0.0)
    _middle: tuple[float, float] | None = None

    def fork(self) -> ObjectState:
        """Another one in the same state."""
        return replace(self, frames=self.frames.fork())

    @property
    def is_in_sight(self) -> bool:
        """Whether the last mask has any pixel."""
        return self._middle is not None

    def restart(self, frame_index: int, kept: Kept) -> None:
        """Begins anew at a given mask: nothing that was predicted before counts any more."""
        self.state, self._middle = None, None
        self.frames.restart(frame_index, kept)

    def recent(self) -> Kept:
        """The recent frames together."""
        return together(self.frames.recent())

    def trusted(self, frame_index: int, key: Tensor) -> Kept:
        """The places of the anchors to read, see `FrameMemory.anchors_to_read`, and what is known from all."""
        chosen = self.frames.anchors_to_read(frame_index, key)
        return Kept(joined([item.memory for item in chosen]), mean_known([i.known for i in self.frames.anchors()]))

    def follow(self, mask: Probability) -> None:
        """Takes the mask of the frame just passed, and expects half of the object's last way as its next."""
        box = box_of(mask)
        middle = None if box is None else ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
        self.drift = (0.0, 0.0)
        if middle is not None and self._middle is not None:
            self.drift = ((middle[0] - self._middle[0]) / 2, (middle[1] - self._middle[1]) / 2)
        self.mask, self._middle = mask, middle
