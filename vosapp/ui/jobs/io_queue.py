"""Io queue: runs tasks that wait for a disk one after the other in a thread."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from vosapp.core.errors import UserError
from vosapp.engine.job import JobContext, JobResult, Outcome, Progress
from vosapp.presentation.shutdown_deadline import ShutdownDeadline
from vosapp.presentation.status import FileWork
from vosapp.ui.input_blocker import InputBlocker
from vosapp.ui.jobs.background_task import BackgroundTask
from vosapp.ui.jobs.stopping import Stopping
from vosapp.ui.session import Session

logger = logging.getLogger("vosapp")

ANSWER_MS = 2000
"""How long a task that only reads has to answer its cancelling. Then the window goes on without it."""

SHOWN_S = 0.1  # between two looks at how far it is
Body = Callable[[JobContext], Any]


@dataclass(frozen=True, slots=True)
class IoTask:
    """Task of the queue with its callbacks; all but the body is called in the GUI thread.

    Attributes:
        body: runs in the thread.
        title: shown while it goes on, "" to show nothing.
        done: called with what the body returned.
        failed: called with the error that the body raised.
        cancelled: called when the user cancelled.
        unclaimed: gets what the body returned when it was dropped meanwhile; in the GUI thread.
        can_cancel: whether the user is offered to cancel.
        blocks: whether the window takes nothing else from the user meanwhile.
        reads: it only reads, so that whoever cancels it need not wait for a drive that does not answer.
        deadline: when it is left behind, cancelled, however far it is; None waits for it.
        stops: tasks of others that are cancelled, and have ended, before it begins.
    """

    body: Body
    title: str = ""
    done: Callable[[Any], object] | None = None
    failed: Callable[[UserError], object] | None = None
    cancelled: Callable[[], object] | None = None
    unclaimed: Callable[[Any], object] | None = None
    can_cancel: bool = False
    blocks: bool = False
    reads: bool = False
    deadline: ShutdownDeadline | None = None
    stops: tuple[BackgroundTask, ...] = ()


class IoQueue(QObject):
    """Runs one task at a time, in order. Lives in the GUI thread.

    While a task waits or runs that blocks, the window goes on painting but takes nothing from the user.

    Attributes:
        task: the job of the task that runs.

    Signals:
        rested: a task has ended, has told of it, and no other one runs.
    """

    rested = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._row: deque[IoTask] = deque()
        self._running: IoTask | None = None
        self.task = BackgroundTask(self)
        self.task.progressed.connect(self._progressed)
        self.task.ended.connect(self._ended)
        self._shown_at = 0.0
        self._is_stopping = False  # the next task waits until others have ended
        self._is_dropped = False  # nobody wants the running task's value any more
        self._blocker: InputBlocker | None = None
        self._answer = QTimer(self)
        self._answer.setSingleShot(True)
        self._answer.timeout.connect(self._leave_behind)

    @property
    def is_busy(self) -> bool:
        """Whether something runs or waits to run."""
        return self.task.is_running or bool(self._row)

    @property
    def is_writing(self) -> bool:
        """Whether the task that runs is one that writes, which is not to be cut short."""
        return self._running is not None and not self._running.reads

    def run(self, task: IoTask) -> None:
        """Runs a task after those that were given before."""
        self._row.append(task)
        self._block_input()
        self._start_next()

    def cancel(self) -> None:
        """Asks the running task to stop, if it can."""
        work = self._session.app.file_work
        if self._running is not None and self._running.can_cancel and work is not None:
            self._session.set(app=replace(self._session.app, file_work=replace(work, cancelling=True)))
            self.task.cancel()
            if self._running.reads:
                self._answer.start(ANSWER_MS)

    def drop_reads(self) -> None:
        """Cancels what only reads: what is open is to be saved, and must not wait for another drive, which may hang.

        Its tasks end as cancelled; the running one when its body has looked, or when it is left behind.
        """
        self._drop([task for task in self._row if task.reads])
        if self._running is not None and self._running.reads:
            self._drop_running()

    def drop_all(self) -> None:
        """Cancels everything: the window is closing."""
        self._drop(list(self._row))
        if self._running is not None:
            self._drop_running()

    def _drop(self, tasks: list[IoTask]) -> None:
        self._row = deque(task for task in self._row if task not in tasks)
        self._block_input()
        for task in tasks:
            _tell(task, JobResult(Outcome.CANCELLED))

    def _drop_running(self) -> None:
        self._is_dropped = True
        self.task.cancel()

    def _block_input(self) -> None:
        """Blocks the user's input exactly while a task needs that."""
        blocks = any(task.blocks for task in (self._running, *self._row) if task is not None)
        if blocks and self._blocker is None:
            self._blocker = InputBlocker()
        elif not blocks and self._blocker is not None:
            self._blocker.release()
            self._blocker = None

    def _start_next(self) -> None:
        if self.task.is_running or self._is_stopping or not self._row:
            return
        others = [task for task in self._row[0].stops if task.is_running]
        if others:
            self._is_stopping = True
            self._announce(replace(self._row[0], can_cancel=False))
            Stopping(others, self._stopped, self).begin()
            return
        task = self._running = self._row.popleft()
        self._announce(task)
        self._is_dropped = False
        if task.deadline is not None:
            self._answer.start(task.deadline.left_ms())
        self.task.start(task.body, task.title)

    def _announce(self, task: IoTask) -> None:
        if task.title:
            work = FileWork(task.title, can_cancel=task.can_cancel, blocks=task.blocks)
            self._session.set(app=replace(self._session.app, file_work=work))

    def _stopped(self) -> None:
        """The others have ended; what waited for that may have been dropped meanwhile."""
        self._is_stopping = False
        self._session.set(app=replace(self._session.app, file_work=None))
        self._start_next()

    def _progressed(self, progress: Progress) -> None:
        work, now = self._session.app.file_work, time.monotonic()
        if progress.done < progress.total and now - self._shown_at < SHOWN_S:
            return  # the work needs the processor more than the bar does
        self._shown_at = now
        if work is not None and self._running is not None and self._running.title:
            self._session.set(
                app=replace(self._session.app, file_work=replace(work, done=progress.done, total=progress.total))
            )

    def _ended(self, result: JobResult[Any]) -> None:
        task, self._running = self._running, None
        if task is None:
            return
        self._answer.stop()
        self._block_input()
        if task.title:
            self._session.set(app=replace(self._session.app, file_work=None))
        try:
            if self._is_dropped and result.outcome is Outcome.DONE:
                if task.unclaimed is not None:
                    task.unclaimed(result.value)
                result = JobResult(Outcome.CANCELLED)
            _tell(task, result)
        finally:
            self._start_next()
            if not self.is_busy:
                self.rested.emit()

    def _leave_behind(self) -> None:
        """A task that nobody needs any more does not answer: the window goes on without it."""
        self.task.leave()


def _tell(task: IoTask, result: JobResult[Any]) -> None:
    if result.outcome is Outcome.DONE:
        if task.done is not None:
            task.done(result.value)
    elif result.outcome is Outcome.CANCELLED:
        if task.cancelled is not None:
            task.cancelled()
    elif task.failed is not None:
        task.failed(_for_the_user(result.error, task.title))


def _for_the_user(error: Exception | None, title: str) -> UserError:
    if isinstance(error, UserError):
        return error
    logger.error("%s failed", title or "Work on a file", exc_info=error)
    return UserError(f"{title or 'Work on a file'} failed: {error}.")
