"""Ctrl+C outside of jobs: raises KeyboardInterrupt, and remembers it: an interrupted import raises other errors."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn


class Interrupts:
    """Whether Ctrl+C was pressed.

    Attributes:
        seen: it was.
    """

    def __init__(self) -> None:
        self.seen = False

    def raise_interrupt(self, _number: int, _frame: FrameType | None) -> NoReturn:
        """The handler of the signal."""
        self.seen = True
        raise KeyboardInterrupt


@contextmanager
def noticed_interrupts() -> Iterator[Interrupts]:
    """Notices Ctrl+C inside the block. Not in other threads, nor where it is ignored."""
    interrupts = Interrupts()
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        yield interrupts
        return
    before = signal.signal(signal.SIGINT, interrupts.raise_interrupt)
    try:
        yield interrupts
    finally:
        signal.signal(signal.SIGINT, before if before is not None else signal.SIG_DFL)
