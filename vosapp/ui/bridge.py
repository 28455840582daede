"""Background work in the window: a thread that runs a Qt-free job, and the way its news come back.

Signals may only be connected to bound methods of objects that live in the GUI thread: Qt then queues the call over to
that thread. A plain function or a lambda would be called in the worker thread instead.
"""

from __future__ import annotations

from collections import deque
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, QThread, Signal

from vosapp.engine.job import Job

T = TypeVar("T")


_left_behind: list[JobThread] = []
"""Threads that hang in a read and outlive their controllers: Qt must never delete them while they run."""


def hangs() -> bool:
    """Whether a thread that was left behind still hangs, so that the program cannot end in the usual way."""
    return any(thread.isRunning() for thread in _left_behind)


class Mailbox(Generic[T]):
    """Results on their way from a worker to the GUI thread. None is ever lost or doubled."""

    def __init__(self) -> None:
        self._items: deque[T] = deque()
        self._announced = False

    def put(self, item: T) -> bool:
        """Adds a result; called by the worker. Returns whether the GUI thread has to be told that there is something.

        It is told once until it looks, so that a quick engine cannot flood it.
        """
        self._items.append(item)  # appending to a deque is atomic
        tell, self._announced = not self._announced, True
        return tell

    def take_all(self) -> list[T]:
        """Everything that has come so far, oldest first; called by the GUI thread."""
        self._announced = False  # before looking: what comes from now on is announced anew
        taken = []
        while self._items:
            taken.append(self._items.popleft())
        return taken


class JobThread(QThread):
    """Runs one job. The job and its body know nothing of Qt.

    Signals:
        progressed: a `Progress`, at most about 30 times a second.
        delivered: the mailbox holds something.
        ended: the `JobResult`, exactly once and last.
    """

    progressed = Signal(object)
    delivered = Signal()
    ended = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.mailbox: Mailbox[Any] = Mailbox()
        self._job: Job[Any] | None = None

    def start_job(self, job: Job[Any], priority: QThread.Priority = QThread.Priority.InheritPriority) -> None:
        """Begins to run a job. A thread runs one job in its life."""
        self._job = job
        self.start(priority)

    def deliver(self, item: object) -> None:
        """Hands a result over to the GUI thread; called by the job's body in the worker thread."""
        if self.mailbox.put(item):
            self.delivered.emit()

    def cancel(self) -> None:
        """Asks the job to stop at its next frame."""
        if self._job is not None:
            self._job.cancel()

    def cancel_and_join(self) -> None:
        """Stops the job and waits for its thread: nothing of it runs on afterwards."""
        self.cancel()
        self.wait()

    def cancel_and_leave(self, patience_ms: int) -> bool:
        """Stops the job and waits a while for its thread. One that hangs in a read is left to itself.

        Returns:
            Whether the thread has ended. If not, it must not be deleted, and the program has to end without it.
        """
        self.cancel()
        if self.wait(patience_ms):
            return True
        self.setParent(None)
        _left_behind.append(self)
        return False

    def run(self) -> None:
        """The thread's body."""
        if self._job is not None:
            self.ended.emit(self._job.run(self.progressed.emit))
