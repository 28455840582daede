"""Background work in the window: a thread that runs a Qt-free job, and the way its news come back.

Signals may only be connected to bound methods of objects that live in the GUI thread: Qt then queues the call over to
that thread. A plain function or a lambda would be called in the worker thread instead.
"""

from __future__ import annotations

import time
from collections import deque
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, QThread, Signal

from vosapp.engine.job import REPORT_INTERVAL_S, Job

T = TypeVar("T")


class Mailbox(Generic[T]):
    """Results on their way from a worker to the GUI thread. None is ever lost or doubled."""

    def __init__(self) -> None:
        self._items: deque[T] = deque()

    def put(self, item: T) -> None:
        """Adds a result; called by the worker."""
        self._items.append(item)  # appending to a deque is atomic

    def take_all(self) -> list[T]:
        """Everything that has come so far, oldest first; called by the GUI thread."""
        taken = []
        while self._items:
            taken.append(self._items.popleft())
        return taken


class JobThread(QThread):
    """Runs one job. The job and its body know nothing of Qt.

    Signals:
        progressed: a `Progress`, at most about 30 times a second.
        delivered: the mailbox holds something, at most about 30 times a second.
        ended: the `JobResult`, exactly once and last.
    """

    progressed = Signal(object)
    delivered = Signal()
    ended = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.mailbox: Mailbox[Any] = Mailbox()
        self._job: Job[Any] | None = None
        self._told_at = 0.0

    def start_job(self, job: Job[Any]) -> None:
        """Begins to run a job. A thread runs one job in its life."""
        self._job = job
        self.start()

    def deliver(self, item: object) -> None:
        """Hands a result over to the GUI thread; called by the job's body in the worker thread."""
        self.mailbox.put(item)
        now = time.monotonic()
        if now - self._told_at >= REPORT_INTERVAL_S:
            self._told_at = now
            self.delivered.emit()

    def cancel(self) -> None:
        """Asks the job to stop at its next frame."""
        if self._job is not None:
            self._job.cancel()

    def cancel_and_join(self) -> None:
        """Stops the job and waits for its thread: nothing of it runs on afterwards."""
        self.cancel()
        self.wait()

    def run(self) -> None:
        """The thread's body."""
        if self._job is not None:
            self.ended.emit(self._job.run(self.progressed.emit))
