"""Collects finished frames until there are enough of them, or the oldest has waited long enough."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vosapp.engine.run.frame_result import FrameResult


class FrameBatch:
    """Finished frames on their way into the document."""

    def __init__(self, count: int, seconds: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Makes an empty batch.

        Args:
            count: frames that make it due.
            seconds: time since the last `take` after which the next frame makes it due.
        """
        self._count = count
        self._seconds = seconds
        self._clock = clock
        self._frames: list[FrameResult] = []
        self._taken_at = clock()

    def add(self, frame: FrameResult) -> bool:
        """Adds a frame and says whether the batch is due."""
        self._frames.append(frame)
        return len(self._frames) >= self._count or self._clock() - self._taken_at >= self._seconds

    def take(self) -> list[FrameResult]:
        """The frames collected; the batch is empty then."""
        frames, self._frames = self._frames, []
        self._taken_at = self._clock()
        return frames
