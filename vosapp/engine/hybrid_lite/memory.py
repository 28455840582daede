"""What the engine keeps of one object: trusted frames, recent frames, and where the pass stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from torch import Tensor

from vosapp.engine.hybrid.window import Window, box_of
from vosapp.engine.hybrid_lite.settings import LiteSettings
from vosapp.engine.propagator import Probability
from vosapp.models.hybrid.memory import Memory, joined
from vosapp.models.hybrid_lite.network import Known, mean_known


class Kept(NamedTuple):
    """What is kept of an object on one frame, or on several together."""

    memory: Memory
    known: Known


def together(items: list[Kept]) -> Kept:
    """Several frames as one."""
    return Kept(joined([item.memory for item in items]), mean_known([item.known for item in items]))


@dataclass(slots=True)
class ObjectState:
    """One object. Bounded, whatever the length of the clip.

    Attributes:
        settings: of the engine.
        mask: (height, width) probability on the last frame of the pass; None before the object joins.
        window: the last window.
        state: recurrent state in that window, (1, states, h, w); None after a given mask.
        drift: (x, y) by which the object is expected to move.
        given_at: the frame of the last given mask.
    """

    settings: LiteSettings
    mask: Probability | None = None
    window: Window | None = None
    state: Tensor | None = None
    drift: tuple[float, float] = (0.0, 0.0)
    given_at: int = 0
    _middle: tuple[float, float] | None = None
    _trusted: dict[int, Kept] = field(default_factory=dict)
    _recent: list[tuple[int, Kept]] = field(default_factory=list)

    @property
    def is_in_sight(self) -> bool:
        """Whether the last mask has any pixel."""
        return self._middle is not None

    def trusts(self, frame_index: int) -> bool:
        """Whether a frame is among the trusted ones."""
        return frame_index in self._trusted

    def trust(self, frame_index: int, kept: Kept) -> None:
        """Keeps a trusted frame."""
        self._trusted[frame_index] = kept

    def keep_recent(self, frame_index: int, kept: Kept) -> None:
        """Keeps the frame just passed, and one from some frames before."""
        frames = self._recent
        if len(frames) > 1 and abs(frame_index - frames[0][0]) < 2 * self.settings.recent_every:
            frames.pop()
        self._recent = [*frames[-1:], (frame_index, kept)]

    def restart(self, frame_index: int, kept: Kept) -> None:
        """Begins anew at a given mask: nothing that was predicted before counts any more."""
        self.given_at, self.state, self._middle = frame_index, None, None
        self._recent = [(frame_index, kept)]

    def recent(self) -> Kept:
        """The recent frames together."""
        return together([kept for _, kept in self._recent])

    def trusted(self, frame_index: int, key: Tensor) -> Kept:
        """The places of the trusted frames nearest in time and most like the present one; what is known from all.

        Args:
            frame_index: present frame.
            key: (1, keys, h, w) of it.
        """
        by_time = sorted(self._trusted, key=lambda index: (abs(index - frame_index), index))
        for index in by_time[self.settings.kept :]:
            del self._trusted[index]
        chosen, rest = by_time[: self.settings.nearest], by_time[self.settings.nearest : self.settings.kept]
        if rest:
            present = key.float().mean((2, 3))[0]
            unlike = {i: float(torch.dist(self._trusted[i].memory.key.mean(2)[0], present)) for i in rest}
            chosen += sorted(rest, key=lambda index: (unlike[index], index))[: self.settings.read - len(chosen)]
        places = joined([self._trusted[index].memory for index in chosen])
        return Kept(places, mean_known([kept.known for kept in self._trusted.values()]))

    def follow(self, mask: Probability) -> None:
        """Takes the mask of the frame just passed, and expects half of the object's last way as its next."""
        box = box_of(mask)
        middle = None if box is None else ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
        self.drift = (0.0, 0.0)
        if middle is not None and self._middle is not None:
            self.drift = ((middle[0] - self._middle[0]) / 2, (middle[1] - self._middle[1]) / 2)
        self.mask, self._middle = mask, middle
