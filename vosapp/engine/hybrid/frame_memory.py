"""FrameMemory: the frames that both hybrid engines keep of one object: anchors, and the last frames of the pass."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import torch
from torch import Tensor

from vosapp.models.hybrid.memory import Memory


class KeptFrame(Protocol):
    """What is kept of a frame; at least places to match with."""

    @property
    def memory(self) -> Memory:
        """The places; its keys are (1, keys, places)."""


Item = TypeVar("Item", bound=KeptFrame)


@dataclass(frozen=True, slots=True)
class MemoryLimits:
    """Which frames of an object are kept and read.

    Attributes:
        kept: anchors; of more the ones farthest in time from the pass are dropped. Bounds the memory.
        read: anchors read at once, half of them the nearest in time, the rest the most alike. Bounds the time.
        recent_every: frames between kept recent ones, as in Oh et al., ICCV 2019, who write every fifth to memory.
    """

    kept: int = 16
    read: int = 4
    recent_every: int = 5


class FrameMemory(Generic[Item]):
    """Anchors by frame, and the frame just passed with one from some frames before. Bounded."""

    def __init__(self, limits: MemoryLimits | None = None) -> None:
        self._limits = limits or MemoryLimits()
        self._anchors: dict[int, Item] = {}
        self._looks: dict[int, Tensor] = {}  # (keys,) the mean key of each anchor's window
        self._recent: list[tuple[int, Item]] = []
        self._given_at = 0

    def fork(self) -> FrameMemory[Item]:
        """Another one with the same frames."""
        fork = copy.copy(self)
        fork._anchors, fork._looks, fork._recent = dict(self._anchors), dict(self._looks), list(self._recent)
        return fork

    def __contains__(self, frame_index: int) -> bool:
        """Whether a frame is among the anchors."""
        return frame_index in self._anchors

    def keep_anchor(self, frame_index: int, item: Item) -> None:
        """Keeps an anchor, in place of an earlier one of the same frame."""
        self._anchors[frame_index], self._looks[frame_index] = item, item.memory.key.mean(2)[0]

    def keep_recent(self, frame_index: int, item: Item) -> None:
        """Keeps the frame just passed, and one from some frames before."""
        if len(self._recent) > 1 and abs(frame_index - self._recent[0][0]) < 2 * self._limits.recent_every:
            self._recent.pop()
        self._recent = [*self._recent[-1:], (frame_index, item)]

    def restart(self, frame_index: int, item: Item) -> None:
        """Only this frame is recent: its mask is given, and what was predicted before may be wrong."""
        self._given_at, self._recent = frame_index, [(frame_index, item)]

    def age(self, frame_index: int) -> int:
        """Frames since a mask was given on the way."""
        return abs(frame_index - self._given_at)

    def recent(self) -> Sequence[Item]:
        """The recent frames, oldest first."""
        return [item for _, item in self._recent]

    def anchors(self) -> Sequence[Item]:
        """All anchors, in the order in which they were first kept."""
        return list(self._anchors.values())

    def anchors_to_read(self, frame_index: int, key: Tensor) -> Sequence[Item]:
        """The anchors nearest in time and those most like the present frame. Drops those too far away.

        Args:
            frame_index: present frame.
            key: (1, keys, h, w) of it.
        """
        limits = self._limits
        by_time = sorted(self._anchors, key=lambda index: (abs(index - frame_index), index))
        for far in by_time[limits.kept :]:
            del self._anchors[far], self._looks[far]
        nearest = (limits.read + 1) // 2
        chosen, rest = by_time[:nearest], by_time[nearest : limits.kept]
        if rest:
            present = key.float().mean((2, 3))[0]
            unlike = {index: float(torch.dist(self._looks[index], present)) for index in rest}
            chosen += sorted(rest, key=lambda index: (unlike[index], index))[: limits.read - len(chosen)]
        return [self._anchors[index] for index in chosen]
