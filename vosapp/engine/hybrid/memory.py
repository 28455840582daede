"""What the hybrid network keeps of one object: trusted frames, recent frames, and where the pass stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from torch import Tensor

from vosapp.engine.hybrid.window import Window
from vosapp.engine.propagator import Probability
from vosapp.models.hybrid.appearance import AppearanceSums, mean_of
from vosapp.models.hybrid.memory import Memory, joined

MAX_TRUSTED = 16  # kept for each object; of more the ones farthest in time from the pass are dropped
_READ_TRUSTED = 4  # read at once
_READ_NEAREST = 2  # of these, the nearest in time; the rest are the most alike
_RECENT_EVERY = 5  # frames between kept recent ones


class Remembered(NamedTuple):
    """What is kept of an object on one frame, or on several together: places to match with, and how it looks."""

    memory: Memory
    looks: AppearanceSums


@dataclass(frozen=True, slots=True)
class _Kept:
    remembered: Remembered
    summary: Tensor  # (keys,) the mean key of the whole window


@dataclass(slots=True)
class ObjectMemory:
    """State of one object. Bounded, whatever the length of the clip.

    Attributes:
        mask: (height, width) probability on the last frame of the pass; None before the object joins.
        window: the last window.
        state: recurrent state in that window, (1, states, h, w); None after a given mask.
        middle: centre (x, y) of the object on the last frame, None where it was lost.
        drift: (x, y) by which the object moved last.
        usual_px: the area that it has where it is not hidden.
        in_parts: whether a given mask of it has parts that stand apart.
    """

    mask: Probability | None = None
    window: Window | None = None
    state: Tensor | None = None
    middle: tuple[float, float] | None = None
    drift: tuple[float, float] = (0.0, 0.0)
    usual_px: float = 0.0
    in_parts: bool = False
    _trusted: dict[int, _Kept] = field(default_factory=dict)
    _recent: list[tuple[int, Remembered]] = field(default_factory=list)
    _given_at: int = 0

    def trusts(self, frame_index: int) -> bool:
        """Whether a frame is among the trusted ones."""
        return frame_index in self._trusted

    def trust(self, frame_index: int, remembered: Remembered, *, in_parts: bool = False) -> None:
        """Keeps a trusted frame, on which the object may stand in parts."""
        self.in_parts |= in_parts
        self._trusted[frame_index] = _Kept(remembered, remembered.memory.key.mean(2)[0])

    def keep_recent(self, frame_index: int, remembered: Remembered) -> None:
        """Keeps the frame just passed, and one from some frames before."""
        kept = self._recent
        if len(kept) >= 2 and abs(frame_index - kept[0][0]) < 2 * _RECENT_EVERY:
            kept.pop()
        self._recent = [*kept[-1:], (frame_index, remembered)]

    def restart_recent(self, frame_index: int, remembered: Remembered) -> None:
        """Only this frame is recent: its mask is given, and what was predicted before may be wrong."""
        self._given_at = frame_index
        self._recent = [(frame_index, remembered)]

    def age(self, frame_index: int) -> int:
        """Frames since a mask was given on the way."""
        return abs(frame_index - self._given_at)

    def recent(self) -> Remembered:
        """The recent frames together."""
        return _together([remembered for _, remembered in self._recent])

    def trusted(self, frame_index: int, key: Tensor) -> Remembered:
        """The trusted frames to read: the nearest in time and those most like the present one; the looks of all.

        Args:
            frame_index: present frame.
            key: (1, keys, h, w) of it.
        """
        self._drop_far(frame_index)
        by_time = sorted(self._trusted, key=lambda index: (abs(index - frame_index), index))
        chosen, rest = by_time[:_READ_NEAREST], by_time[_READ_NEAREST:]
        if rest:
            present = key.float().mean((2, 3))[0]
            distance = {index: float(torch.dist(self._trusted[index].summary, present)) for index in rest}
            chosen += sorted(rest, key=lambda index: (distance[index], index))[: _READ_TRUSTED - _READ_NEAREST]
        looks = mean_of([kept.remembered.looks for kept in self._trusted.values()])
        return Remembered(joined([self._trusted[index].remembered.memory for index in chosen]), looks)

    def _drop_far(self, frame_index: int) -> None:
        for index in sorted(self._trusted, key=lambda index: (abs(index - frame_index), index))[MAX_TRUSTED:]:
            del self._trusted[index]


def _together(items: list[Remembered]) -> Remembered:
    return Remembered(joined([item.memory for item in items]), mean_of([item.looks for item in items]))
