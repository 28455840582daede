"""Owns a job in a thread: start, progress, deliveries, cancel, and exactly one end."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal

from vosapp.engine.job import Job, JobContext, JobResult, Outcome
from vosapp.ui.jobs.job_thread import JobThread, Mailbox

Body = Callable[[JobContext], Any]
Deliver = Callable[[Any], None]


class BackgroundTask(QObject):
    """One job at a time. Lives in the GUI thread and tells everything there.

    Signals:
        progressed: a `Progress` of the running job.
        delivered: there is news to take.
        ended: the `JobResult`, once for every job that was started; `is_running` is False by then. A job that was
            left behind ends as cancelled, whatever its thread still does.
    """

    progressed = Signal(object)
    delivered = Signal()
    ended = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: JobThread | None = None
        self._left: JobThread | None = None  # the last one that was left behind
        self._mailbox: Mailbox[Any] = Mailbox()

    @property
    def is_running(self) -> bool:
        """Whether a job goes on."""
        return self._thread is not None

    @property
    def hangs(self) -> bool:
        """Whether a job that was left behind still runs."""
        return self._left is not None and self._left.isRunning()

    def start(self, body: Body, label: str = "", priority: QThread.Priority = QThread.Priority.InheritPriority) -> None:
        """Starts a job that gives nothing before its end. Raises ValueError while another one goes on."""
        self.start_delivering(partial(_with_context, body), label, priority)

    def start_delivering(
        self,
        make_body: Callable[[Deliver], Body],
        label: str = "",
        priority: QThread.Priority = QThread.Priority.InheritPriority,
    ) -> None:
        """Starts a job that delivers news on its way.

        Args:
            make_body: gets the function that hands news over to this thread, and makes the job's body.
            label: what the job is called.
            priority: of the thread.

        Raises:
            ValueError: another job goes on.
        """
        if self._thread is not None:
            raise ValueError("a job is running already")
        thread = self._thread = JobThread(self)
        self._mailbox = thread.mailbox
        thread.progressed.connect(self.progressed)
        thread.delivered.connect(self.delivered)
        thread.ended.connect(self._job_ended)
        thread.start_job(Job(make_body(thread.deliver), label), priority)

    def take_all(self) -> list[Any]:
        """The news that nobody has taken yet, oldest first; also after the end."""
        return self._mailbox.take_all()

    def cancel(self) -> None:
        """Asks the job to stop at its next look."""
        if self._thread is not None:
            self._thread.cancel()

    def leave(self) -> bool:
        """Goes on without a job that does not answer; False when it has ended meanwhile and is about to say so."""
        thread = self._thread
        if thread is None or not thread.leave():
            return False
        self._left, self._thread = thread, None
        self.ended.emit(JobResult(Outcome.CANCELLED))
        return True

    def _job_ended(self, result: JobResult[Any]) -> None:
        thread = self._thread
        if thread is None or thread.result is not result:
            return  # of a job that was left behind when it had just ended
        thread.wait()
        thread.put_away()
        self._thread = None
        self.ended.emit(result)


def _with_context(body: Body, _deliver: Deliver) -> Body:
    return body
