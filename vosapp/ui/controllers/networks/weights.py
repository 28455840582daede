"""Imports a network's published weights in the background."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QThread, Signal

from vosapp.core.errors import UserError
from vosapp.engine.job import JobContext, JobResult, Outcome
from vosapp.presentation.status import NoticeKind
from vosapp.ui.jobs.background_task import BackgroundTask
from vosapp.ui.session import Session


class WeightsDialogs(Protocol):
    """Asks for files."""

    def ask_weights(self) -> list[Path]:
        """The files that the user chose, none when they cancelled."""


class WeightsController(QObject):
    """Owns the one import that there can be.

    Signals:
        imported: a network has weights now.
    """

    imported = Signal()

    def __init__(self, session: Session, dialogs: WeightsDialogs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._dialogs = dialogs
        self.task = BackgroundTask(self)
        self.task.ended.connect(self._ended)

    @property
    def is_running(self) -> bool:
        """Whether an import goes on."""
        return self.task.is_running

    def ask(self) -> None:
        """Lets the user choose the file or files, and imports them."""
        if not self.is_running:
            paths = self._dialogs.ask_weights()
            if paths:
                self.start(paths)

    def start(self, paths: Sequence[Path]) -> None:
        """Imports files that belong together; they are recognised by what is in them."""
        if self.is_running:
            return
        chosen = list(paths)

        def body(context: JobContext) -> tuple[str, str]:
            from vosapp.models.importing import import_weights  # loads torch
            from vosapp.models.registry import network

            found = import_weights(chosen, check=context.check)
            spec = network(found.path.stem)
            return spec.title, spec.licence

        names = ", ".join(path.name for path in chosen)
        self._session.notify(f"Reading {names}…", "This takes a minute for large files. You can go on working.")
        self.task.start(body, "import weights", QThread.Priority.LowPriority)

    def cancel(self) -> None:
        """Asks the import to stop."""
        self.task.cancel()

    def _ended(self, result: JobResult[tuple[str, str]]) -> None:
        if result.outcome is Outcome.DONE and result.value is not None:
            title, licence = result.value
            self._session.notify(f"{title} has its weights now and can be used.", licence, NoticeKind.GOOD)
            self.imported.emit()
        elif isinstance(result.error, UserError):
            self._session.fail(result.error)
        elif result.error is not None:
            self._session.notify(
                f"The weights could not be imported because of an error in the program: {result.error}.",
                "Please report this with the name of the file.",
                NoticeKind.ERROR,
            )
