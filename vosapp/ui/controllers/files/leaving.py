"""Leaves what is open: ends the work on it, asks about changes that cannot be kept, and closes its file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal

from vosapp.core.errors import ProjectError, UserError
from vosapp.engine.job import JobContext
from vosapp.presentation import project_files
from vosapp.presentation.shutdown_deadline import ShutdownDeadline
from vosapp.ui.dialogs.confirming import Confirming
from vosapp.ui.input_blocker import InputBlocker
from vosapp.ui.jobs.background_task import BackgroundTask
from vosapp.ui.jobs.io_queue import IoQueue, IoTask
from vosapp.ui.jobs.stopping import Stopping
from vosapp.ui.session import Session

if TYPE_CHECKING:
    from vosapp.core.project import Project


class Worker(Protocol):
    """Works on the open document in the background."""

    task: BackgroundTask

    def cancel(self) -> None: ...


@dataclass(frozen=True, slots=True)
class LeaveRequest:
    """Somebody wants what is open to be closed.

    Attributes:
        left: called back when the file is closed.
        stays: called back when the user wants to stay, or when something else is in the way.
    """

    left: Callable[[], None]
    stays: Callable[[], None] | None = None

    def refuse(self) -> None:
        """Tells who asked that what is open stays."""
        if self.stays is not None:
            self.stays()


class LeavingController(QObject):
    """Closes the open document's file once everything that works on it has ended, while the window goes on.

    Attributes:
        workers: who works on the open document; all are ended before it is closed.

    Signals:
        leaving: what is open is about to be closed.
        stays: it is not closed after all.
    """

    leaving = Signal()
    stays = Signal()

    def __init__(self, session: Session, dialogs: Confirming, io: IoQueue, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._dialogs = dialogs
        self._io = io
        self.workers: tuple[Worker, ...] = ()
        self._request: LeaveRequest | None = None
        self._next: LeaveRequest | None = None
        self._blocker: InputBlocker | None = None
        io.rested.connect(self._begin_next)

    @property
    def is_leaving(self) -> bool:
        """Whether what is open is about to be closed."""
        return self._request is not None

    @property
    def _is_in_the_way(self) -> bool:
        work = self._session.app.file_work
        return self._request is not None or self._io.is_writing or (work is not None and work.blocks)

    def leave(self, request: LeaveRequest) -> None:
        """Leaves now; refuses where the file is just being written, or left for something else."""
        if self._is_in_the_way:
            request.refuse()
        else:
            self._begin(request)

    def leave_soon(self, request: LeaveRequest) -> None:
        """Leaves now, or as soon as what is in the way has ended: whoever closes the window need not ask twice."""
        if self._is_in_the_way:
            self._io.drop_reads()  # a clip that was to be opened after it
            waiting, self._next = self._next, request
            if waiting is not None:
                waiting.refuse()
        else:
            self._begin(request)

    def _begin_next(self) -> None:
        if self._next is not None and not self._is_in_the_way:
            request, self._next = self._next, None
            self._begin(request)

    def _begin(self, request: LeaveRequest) -> None:
        self._request = request
        with self._staying_after_errors():
            self._blocker = InputBlocker()
            self._io.drop_reads()
            self.leaving.emit()
            for one in self.workers:
                one.cancel()
            Stopping([self._io.task, *(one.task for one in self.workers)], self._ask_unsaved, self).begin()

    @contextmanager
    def _staying_after_errors(self) -> Iterator[None]:
        """An error of the program must not leave a window that takes no input and cannot be closed."""
        went_well = False
        try:
            yield
            went_well = True
        finally:
            if not went_well:
                self._let_input_through()
                self._stay()

    def _ask_unsaved(self) -> None:
        """Everything has stopped: asks about changes that cannot be kept, and closes the file."""
        with self._staying_after_errors():
            self._let_input_through()
            self._save_and_close()

    def _save_and_close(self) -> None:
        project = self._session.project
        if project is None:
            self._finish()
        elif project.read_only and project.has_unsaved_changes:
            text = f"{project.path.name} is not being written, so your changes are in memory only."
            close = partial(self._close, project)
            self._dialogs.confirm("Leave without saving?", text, "Leave", agreed=close, refused=self._stay)
        else:
            self._close(project)

    def _close(self, project: Project) -> None:
        shot = self._session.shot
        empty = not shot.project.saved and not self._session.document.objects
        not_saved = partial(self._not_saved, project)
        self._io.run(
            IoTask(
                partial(project_files.close, project, forget_empty=empty),
                f"Saving {shot.project.name}",
                done=self._finish,
                failed=not_saved,
                cancelled=partial(not_saved, ProjectError("It was not saved.")),
                can_cancel=True,
                blocks=True,
            )
        )

    def _not_saved(self, project: Project, error: UserError) -> None:
        abandon, stay = partial(self._abandon, project), partial(self._stay, error)
        self._dialogs.confirm("Leave without saving?", str(error), "Leave", agreed=abandon, refused=stay)

    def _abandon(self, project: Project) -> None:
        """Closes the file as it is; a drive that does not answer is not waited for long."""
        self._io.run(
            IoTask(
                partial(_abandon, project),
                "Closing",
                done=self._finish,
                failed=self._finish,
                cancelled=self._finish,
                blocks=True,
                deadline=ShutdownDeadline(),
            )
        )

    def _finish(self, _value: object = None) -> None:
        self._session.project = None
        request, self._request = self._request, None
        if request is not None:
            request.left()
        self._begin_next()

    def _stay(self, error: UserError | None = None) -> None:
        """Nothing is left, neither now nor for whoever waited."""
        if error is not None:
            self._session.fail(error)
        refused = (self._request, self._next)
        self._request = self._next = None
        self.stays.emit()
        for request in refused:
            if request is not None:
                request.refuse()

    def _let_input_through(self) -> None:
        blocker, self._blocker = self._blocker, None
        if blocker is not None:
            blocker.release()


def _abandon(project: Project, _context: JobContext) -> None:
    project.abandon()
