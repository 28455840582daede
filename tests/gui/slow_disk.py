"""A disk that takes its time, and what watches that the window does not wait for it."""

from __future__ import annotations

import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

from tests.gui.window_driver import PATIENCE_MS
from vosapp.core.storage import backup, opening, rewrite, session
from vosapp.core.storage.file import ProjectFile

STORAGE = ("core/storage/", "core/project.py", "core/recent.py", "core/relink.py")


class SlowDisk(QObject):
    """A disk that answers only when the window has gone on since it was asked, however long either takes.

    Whoever makes the window wait for it, by a lock for instance, makes the disk wait too: that is noted after a while,
    and the disk answers.

    Attributes:
        visits: what the window's own thread did at the disk.
        waited_for: what the window waited for, and where it stood.
        patience_s: until that is noted.
        is_slow: whether it is slow now; it begins and ends as a quick one.
    """

    def __init__(self) -> None:
        super().__init__()
        self.visits: list[str] = []
        self.waited_for: list[str] = []
        self.patience_s = PATIENCE_MS / 4000
        self.is_slow = False
        self._window = threading.get_ident()
        self._turns = 0
        self._turned = threading.Condition()
        self.startTimer(2)

    def timerEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        with self._turned:
            self._turns += 1
            self._turned.notify_all()

    def slowly(self, work: Callable[..., Any]) -> Callable[..., Any]:
        """Some work at the disk, done when the disk answers."""

        def late(*arguments: Any, **named: Any) -> Any:
            if self.is_slow:
                self._wait(work.__name__)
            return work(*arguments, **named)

        return late

    def _wait(self, name: str) -> None:
        if threading.get_ident() == self._window:
            self.visits.append(name)
            return
        with self._turned:
            later = self._turns + 2  # one may be under way
            if not self._turned.wait_for(lambda: self._turns >= later or not self.is_slow, self.patience_s):
                stack = traceback.format_stack(sys._current_frames()[self._window])
                self.waited_for.append(f"{name}, while the window stood at\n{''.join(stack[-4:])}")


class Watchdog(threading.Thread):
    """Looks every few milliseconds whether the window's thread is busy in the storage, and for how long.

    Attributes:
        longest_s: seconds of the processor, which do not count what other programs took. 0 where no thread can ask
            for the time of another.
        where: in which function.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._watched = threading.get_ident()
        self._done = threading.Event()
        self.longest_s = 0.0
        self.where = ""

    def run(self) -> None:
        if not hasattr(time, "pthread_getcpuclockid"):
            return
        clock = time.pthread_getcpuclockid(self._watched)
        here, since = None, 0.0
        while not self._done.wait(0.005):
            frame, now = _at_disk(sys._current_frames().get(self._watched)), time.clock_gettime(clock)
            if frame is None or frame is not here:
                here, since = frame, now
            elif now - since > self.longest_s:
                self.longest_s, self.where = now - since, f"{frame.f_code.co_filename}:{frame.f_code.co_name}"

    def stop(self) -> None:
        self._done.set()
        self.join()


def _at_disk(frame: FrameType | None) -> FrameType | None:
    """The outermost frame of a stack that belongs to the storage."""
    found = None
    while frame is not None:
        if any(part in frame.f_code.co_filename for part in STORAGE):
            found = frame
        frame = frame.f_back
    return found


@pytest.fixture
def slow_disk(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowDisk]:
    """Opening, writing and clearing away take their time, once it is slow."""
    disk = SlowDisk()
    for module in (backup, rewrite, session, opening):
        monkeypatch.setattr(module, "connect", disk.slowly(module.connect))
    for name in ("write", "checkpoint", "close"):
        monkeypatch.setattr(ProjectFile, name, disk.slowly(getattr(ProjectFile, name)))
    yield disk
    disk.is_slow = False
    disk.deleteLater()


@pytest.fixture
def watchdog() -> Iterator[Watchdog]:
    dog = Watchdog()
    dog.start()
    yield dog
    dog.stop()
