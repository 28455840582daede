"""Deadline for background work when a clip is left or the window closes."""

from __future__ import annotations

import time

CLOSING_S = 0.5
"""What leaving a clip may take beside saving it, and closing a window the same again."""
_LEAST_S = 0.02  # what is asked to stop last gets a chance, however long the others took


class ShutdownDeadline:
    """Time that all work which has to stop may take together; what is slower is left behind."""

    def __init__(self) -> None:
        """The time begins."""
        self._until = time.monotonic() + CLOSING_S

    def left_s(self) -> float:
        """Seconds that the next one may take; never none at all."""
        return max(_LEAST_S, self._until - time.monotonic())

    def left_ms(self) -> int:
        """Milliseconds that the next one may take."""
        return round(1000 * self.left_s())
