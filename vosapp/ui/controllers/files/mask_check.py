"""Checks all masks of an opened project for damage, in the background."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread

from vosapp.core.history import History
from vosapp.engine.job import JobContext, JobResult
from vosapp.presentation.status import Notice, NoticeKind
from vosapp.ui.jobs.background_task import BackgroundTask
from vosapp.ui.session import Session

if TYPE_CHECKING:
    from vosapp.core.storage.checking import MaskReport

NEAR_STEPS = 100  # on either side of the present, read before they are needed
BATCH_S = 0.02  # of work, then as long a pause: there are better uses of the processor


class MaskCheck(QObject):
    """Runs one check at a time, begun when a project is opened; changes nothing."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.task = BackgroundTask(self)
        self.task.ended.connect(self._ended)
        self.checked = 0  # masks read by the last check that came to its end

    @property
    def is_running(self) -> bool:
        """Whether masks are being read."""
        return self.task.is_running

    def start(self) -> None:
        """Checks the open project."""
        project = self._session.project
        if project is None or self.is_running:
            return
        body = partial(_check, project.path, project.editor.history)
        self.task.start(body, "check", QThread.Priority.LowestPriority)

    def cancel(self) -> None:
        """Asks the check to stop."""
        self.task.cancel()

    def _ended(self, result: JobResult[MaskReport]) -> None:
        if result.value is None:
            return  # a file that cannot be read at all is told of where it is used
        self.checked = result.value.checked
        sentences = result.value.sentences(self._session.document)
        if sentences:
            hint = "Everything else is whole. Propagate or draw them again, or go back to a backup: File > Open backup."
            found = Notice(" ".join(sentences), hint, NoticeKind.WARNING, action="file.backups", verb="Open backup…")
            self._session.show_notice(found)


class _Pace:
    """Throttles a loop to half of the time."""

    def __init__(self, context: JobContext) -> None:
        self._context = context
        self._since = time.monotonic()

    def __call__(self, _done: int, _total: int) -> None:
        self._context.check()
        worked = time.monotonic() - self._since
        if worked > BATCH_S:
            time.sleep(BATCH_S)
            self._since = time.monotonic()


def _check(path: Path, history: History, context: JobContext) -> MaskReport:
    from vosapp.core.storage.checking import check_masks  # loads SQLite

    history.load_near(NEAR_STEPS, context.check)
    return check_masks(path, _Pace(context))
