"""What the hybrid network keeps of one object: trusted frames, recent frames, and where the pass stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from torch import Tensor

from vosapp.engine.hybrid.frame_memory import FrameMemory
from vosapp.engine.hybrid.window import Window
from vosapp.engine.propagator import Probability
from vosapp.models.hybrid.appearance import AppearanceSums, mean_of
from vosapp.models.hybrid.memory import Memory, joined


class Remembered(NamedTuple):
    """What is kept of an object on one frame, or on several together: places to match with, and how it looks."""

    memory: Memory
    looks: AppearanceSums


@dataclass(slots=True)
class ObjectMemory:
    """State of one object. Bounded, whatever the length of the clip.

    Attributes:
        frames: anchors and recent frames.
        mask: (height, width) probability on the last frame of the pass; None before the object joins.
        window: the last window.
        state: recurrent state in that window, (1, states, h, w); None after a given mask.
        in_parts: whether a given mask of it has parts that stand apart.
        usual_px: its area on the last given mask of the pass.
    """

    frames: FrameMemory[Remembered] = field(default_factory=FrameMemory)
    mask: Probability | None = None
    window: Window | None = None
    state: Tensor | None = None
    in_parts: bool = False
    usual_px: float = 0.0

    def fork(self) -> ObjectMemory:
        """Another one in the same state."""
        return replace(self, frames=self.frames.fork())

    def recent(self) -> Remembered:
        """The recent frames together."""
        return _together(self.frames.recent())

    def trusted(self, frame_index: int, key: Tensor) -> Remembered:
        """The places of the anchors to read, see `FrameMemory.anchors_to_read`, and the looks of all."""
        chosen = self.frames.anchors_to_read(frame_index, key)
        return Remembered(joined([item.memory for item in chosen]), mean_of([i.looks for i in self.frames.anchors()]))


def _together(items: Sequence[Remembered]) -> Remembered:
    return Remembered(joined([item.memory for item in items]), mean_of([item.looks for item in items]))
