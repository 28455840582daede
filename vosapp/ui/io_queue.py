"""Work that waits for a disk: done in a thread, one after the other, so that the window never stands still."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from PySide6.QtCore import QEventLoop, QObject, QTimer

from vosapp.core.errors import UserError
from vosapp.engine.job import JobContext, JobResult, Outcome, Progress
from vosapp.presentation.shutdown_deadline import ShutdownDeadline
from vosapp.presentation.status import FileWork
from vosapp.ui.background_task import BackgroundTask
from vosapp.ui.input_blocker import InputBlocker
from vosapp.ui.session import Session

logger = logging.getLogger("vosapp")

ANSWER_MS = 2000
"""How long a task that only reads has to answer its cancelling. Then the window goes on without it."""

T = TypeVar("T")

SHOWN_S = 0.1  # between two looks at how far it is
Body = Callable[[JobContext], T]


@dataclass(frozen=True, slots=True)
class IoTask:
    """One piece of work, and who hears of its end. Everything but the body is called in the GUI thread.

    Attributes:
        body: runs in the thread.
        title: shown while it goes on, "" to show nothing.
        done: called with what the body returned.
        failed: called with the error that the body raised.
        cancelled: called when the user cancelled.
        unclaimed: gets what the body returned when the window closed before anybody could; in the GUI thread.
        can_cancel: whether the user is offered to cancel.
        blocks: whether the window takes nothing else from the user meanwhile.
        reads: it only reads, so that whoever cancels it need not wait for a drive that does not answer.
    """

    body: Body[Any]
    title: str = ""
    done: Callable[[Any], object] | None = None
    failed: Callable[[UserError], object] | None = None
    cancelled: Callable[[], object] | None = None
    unclaimed: Callable[[Any], object] | None = None
    can_cancel: bool = False
    blocks: bool = False
    reads: bool = False


class IoQueue(QObject):
    """A row of tasks, of which one runs at a time. Lives in the GUI thread."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._row: deque[IoTask] = deque()
        self._running: IoTask | None = None
        self._task = BackgroundTask(self)
        self._task.progressed.connect(self._progressed)
        self._task.ended.connect(self._ended)
        self._shown_at = 0.0
        self._returned: list[Any] = []  # what the running body returned, until somebody takes it
        self._answer = QTimer(self)
        self._answer.setSingleShot(True)
        self._answer.timeout.connect(self._leave_behind)

    @property
    def is_busy(self) -> bool:
        """Whether something runs or waits to run."""
        return self._task.is_running or bool(self._row)

    def run(self, task: IoTask) -> None:
        """Runs a task after those that were given before."""
        self._row.append(task)
        self._start_next()

    def run_and_wait(
        self, body: Body[T], title: str, *, can_cancel: bool = False, deadline: ShutdownDeadline | None = None
    ) -> JobResult[T]:
        """Runs a body and returns how it ended. The window goes on painting but takes nothing from the user.

        Args:
            body: what to do.
            title: shown meanwhile.
            can_cancel: whether the user is offered to cancel.
            deadline: after which a body that nobody needs any more is left behind, cancelled; None waits for it.
        """
        loop = QEventLoop()
        ended = _Ended(loop)
        self.run(
            IoTask(
                body,
                title,
                ended.done,
                ended.failed,
                cancelled=ended.cancelled,
                can_cancel=can_cancel,
                blocks=True,
            )
        )
        if deadline is not None:
            self._answer.start(deadline.left_ms())
        blocker = InputBlocker()
        try:
            loop.exec()
        finally:
            blocker.open()
        return ended.result or JobResult(Outcome.CANCELLED)

    def cancel(self) -> None:
        """Asks the running task to stop, if it can."""
        work = self._session.app.file_work
        if self._running is not None and self._running.can_cancel and work is not None:
            self._session.set(app=replace(self._session.app, file_work=replace(work, cancelling=True)))
            self._task.cancel()
            if self._running.reads:
                self._answer.start(ANSWER_MS)

    def stop(self, deadline: ShutdownDeadline) -> None:
        """Stops everything and calls nobody back but those who wait; what was opened and not taken is closed."""
        waiting = [task for task in (self._running, *self._row) if task is not None and task.blocks]
        self._row.clear()
        task, self._running = self._running, None
        for one in waiting:
            _tell(one, JobResult(Outcome.CANCELLED))
        if task is not None:
            self._stop_one(task, deadline)

    def stop_reading(self, deadline: ShutdownDeadline) -> None:
        """Cancels what only reads: what is open is to be saved, and must not wait for another drive, which may hang."""
        self._row = deque(task for task in self._row if not task.reads)
        task = self._running
        if task is None or not task.reads:
            return
        self._running = None
        self._stop_one(task, deadline)
        self._give_up(task)

    def _stop_one(self, task: IoTask, deadline: ShutdownDeadline) -> None:
        self._answer.stop()
        returned, self._returned = self._returned, []
        if self._task.stop(deadline) and task.unclaimed is not None:
            for value in returned:
                task.unclaimed(value)

    def _start_next(self) -> None:
        if self._task.is_running or not self._row:
            return
        task = self._running = self._row.popleft()
        if task.title:
            self._session.set(
                app=replace(
                    self._session.app, file_work=FileWork(task.title, can_cancel=task.can_cancel, blocks=task.blocks)
                )
            )
        self._task.start(_Remembered(task.body, self._returned), task.title)

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
            return  # stopped meanwhile
        self._answer.stop()
        self._returned = []
        if task.title:
            self._session.set(app=replace(self._session.app, file_work=None))
        try:
            _tell(task, result)
        finally:
            self._start_next()

    def _leave_behind(self) -> None:
        """A task that nobody needs any more does not answer: the window goes on without it."""
        self._task.leave()

    def _give_up(self, task: IoTask) -> None:
        """Goes on without a task."""
        if task.title:
            self._session.set(app=replace(self._session.app, file_work=None))
        try:
            _tell(task, JobResult(Outcome.CANCELLED))
        finally:
            self._start_next()


class _Remembered:
    """A body whose value is not lost when nobody waits for it any more."""

    def __init__(self, body: Body[Any], returned: list[Any]) -> None:
        self._body, self._returned = body, returned

    def __call__(self, context: JobContext) -> Any:
        value = self._body(context)
        self._returned.append(value)
        return value


class _Ended:
    """How a task ended that somebody waits for."""

    def __init__(self, loop: QEventLoop) -> None:
        self._loop = loop
        self.result: JobResult[Any] | None = None

    def done(self, value: Any) -> None:
        self._end(JobResult(Outcome.DONE, value=value))

    def failed(self, error: UserError) -> None:
        self._end(JobResult(Outcome.FAILED, error=error))

    def cancelled(self) -> None:
        self._end(JobResult(Outcome.CANCELLED))

    def _end(self, result: JobResult[Any]) -> None:
        self.result = result
        self._loop.quit()


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
