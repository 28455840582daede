"""QThread that runs a Qt-free job and delivers its results to the GUI thread.

Signals may only be connected to bound methods of objects that live in the GUI thread: Qt then queues the call over to
that thread. A plain function or a lambda would be called in the worker thread instead.
"""

from __future__ import annotations

import atexit
import logging
import threading
from collections import deque
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, QThread, Signal

from vosapp.core.errors import UserError
from vosapp.engine.job import Job, JobResult, Progress

logger = logging.getLogger("vosapp")
T = TypeVar("T")

EXIT_MS = 10_000
_left_behind: list[JobThread] = []
"""Threads that did not stop in time and outlive their controllers: Qt must never delete them while they run."""


def hangs() -> bool:
    """Whether a thread that was left behind still runs, so that the program cannot end in the usual way."""
    return any(thread.isRunning() for thread in _left_behind)


def _wait_at_exit() -> None:
    """Gives threads that are only slow the time to end, where a process ends in another way than `app.end`.

    Qt aborts the process when a running thread is deleted.
    """
    for thread in _left_behind:
        thread.wait(EXIT_MS)


atexit.register(_wait_at_exit)


class Mailbox(Generic[T]):
    """Queue of results from a worker to the GUI thread; none is lost or doubled."""

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
        self._speaking = threading.Lock()
        self._is_left = False
        self.result: JobResult[Any] | None = None  # once the job has ended

    @property
    def is_left(self) -> bool:
        """Whether it did not stop in time and was left to itself."""
        return self._is_left

    def start_job(self, job: Job[Any], priority: QThread.Priority = QThread.Priority.InheritPriority) -> None:
        """Begins to run a job. A thread runs one job in its life."""
        self._job = job
        self.start(priority)

    def deliver(self, item: object) -> None:
        """Hands a result over to the GUI thread; called by the job's body in the worker thread."""
        with self._speaking:
            if not self._is_left and self.mailbox.put(item):
                self.delivered.emit()

    def cancel(self) -> None:
        """Asks the job to stop at its next frame."""
        if self._job is not None:
            self._job.cancel()

    def leave(self) -> bool:
        """Leaves a thread to itself that does not stop: it hangs in a read, or computes something long.

        It is never heard of again, keeps nothing of what it finds, and ends when it next looks whether to go on.

        Returns:
            False when the job has ended meanwhile, and has said so.
        """
        with self._speaking:
            if self.result is not None:
                return False
            self._is_left = True
        self.setParent(None)
        _left_behind[:] = [thread for thread in _left_behind if thread.isRunning()]
        _left_behind.append(self)
        return True

    def put_away(self) -> None:
        """Deletes the thread, which has ended, soon. One that was left behind stays: it may still run."""
        if not self._is_left:
            self.deleteLater()

    def run(self) -> None:
        """The thread's body."""
        if self._job is None:
            return
        result = self._job.run(self._report)
        if result.error is not None and not isinstance(result.error, UserError):
            logger.error("%s failed", self._job.title or "Work in the background", exc_info=result.error)
        self._end(result)

    def _report(self, progress: Progress) -> None:
        with self._speaking:
            if not self._is_left:
                self.progressed.emit(progress)

    def _end(self, result: JobResult[Any]) -> None:
        with self._speaking:
            self.result = result
            if not self._is_left:
                self.ended.emit(result)
