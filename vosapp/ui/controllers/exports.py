"""Runs exports in the background and their dialog."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from vosapp.core.errors import UserError
from vosapp.engine.job import JobResult, Outcome, Progress
from vosapp.export.earlier import PlaceTakenError
from vosapp.export.formats import ExportFormat
from vosapp.export.recipe import MissingMasks, Recipe
from vosapp.presentation.requests.export import ExportChoice, ExportDisplay, Finding, recipe, resolve_export
from vosapp.presentation.status import NoticeKind, WorkStatus
from vosapp.presentation.text.progress import progress_words
from vosapp.ui.controllers.look_over import ExportLookOver
from vosapp.ui.dialogs.export import ExportDialog
from vosapp.ui.jobs.background_task import BackgroundTask
from vosapp.ui.session import Session

if TYPE_CHECKING:
    from vosapp.export.export_job import ExportReport


class ExportDialogs(Protocol):
    """Asks where to write and whether to replace; None when the user cancelled."""

    def ask_folder(self, title: str, folder: str) -> Path | None: ...
    def confirm(
        self,
        question: str,
        explanation: str,
        verb: str,
        *,
        agreed: Callable[[], object],
        refused: Callable[[], object] | None = None,
    ) -> None: ...


class ExportController(QObject):
    """Owns the one export that there can be, and what the export dialog is set to.

    Signals:
        changed: the dialog has to show something else.
        ended: the `Outcome` of an export.
    """

    changed = Signal()
    ended = Signal(object)

    def __init__(
        self, session: Session, dialogs: ExportDialogs, window: QWidget, parent: QObject | None = None
    ) -> None:
        """Makes the controller; the export dialog lies over `window`."""
        super().__init__(parent)
        self._window = window
        self._session = session
        self._dialogs = dialogs
        self.task = BackgroundTask(self)
        self.task.progressed.connect(self._progressed)
        self.task.ended.connect(self._job_ended)
        self.look_over = ExportLookOver(self)
        self.look_over.changed.connect(self.changed)
        self._result: Finding | None = None
        self._result_path = ""
        self._wanted: Recipe | None = None
        self.dialog: ExportDialog | None = None
        self.choice = ExportChoice()
        session.changed.connect(self.changed)
        session.opened.connect(self._reset)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """What the action of this controller does."""
        return {"file.export": self.show}

    def show(self) -> None:
        """Shows the export dialog, which is made when it is first asked for."""
        if self.dialog is None:
            self.dialog = self._make_dialog()
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()
        self._refresh()

    def _make_dialog(self) -> ExportDialog:
        dialog = ExportDialog(self._window)
        dialog.format_chosen.connect(self.choose_format)
        dialog.in_out_chosen.connect(self.choose_in_out)
        dialog.scope_chosen.connect(self.choose_scope)
        dialog.missing_chosen.connect(self.choose_missing)
        dialog.folder_asked.connect(self.choose_folder)
        dialog.export_asked.connect(self.start)
        dialog.cancel_asked.connect(self.cancel)
        self.changed.connect(self._refresh)
        return dialog

    def _refresh(self) -> None:
        if self.dialog is not None and self.dialog.isVisible():
            self.dialog.show_export(self.display())

    def display(self) -> ExportDisplay:
        """What the dialog shows now."""
        document, state = self._session.document, self._session.view
        looked = self.look_over.of(document, recipe(document, state, self.choice))
        shown = resolve_export(document, state, self.choice, looked)
        return replace(shown, result=self._result, result_path=self._result_path)

    def choose(self, choice: ExportChoice) -> None:
        """Sets the dialog."""
        self.choice = choice
        self._result = None
        self.changed.emit()

    def choose_format(self, chosen: ExportFormat) -> None:
        """Takes another format."""
        self.choose(replace(self.choice, format=chosen))

    def choose_in_out(self, in_out: bool) -> None:
        """Takes in to out, or the whole clip."""
        self.choose(replace(self.choice, in_out=in_out))

    def choose_scope(self, all_objects: bool) -> None:
        """Takes all objects, or the active one."""
        self.choose(replace(self.choice, all_objects=all_objects))

    def choose_missing(self, missing: MissingMasks) -> None:
        """Says what happens to frames without a mask."""
        self.choose(replace(self.choice, missing=missing))

    def choose_folder(self) -> None:
        """Asks for the folder to write to."""
        folder = self._dialogs.ask_folder("Export to", str(Path(self.display().target).parent))
        if folder is not None:
            self.choose(replace(self.choice, folder=str(folder)))

    def start(self) -> None:
        """Starts the export as set, asking first when files of other origin lie there. Only one goes on at a time."""
        session = self._session
        if self.is_running or not self.display().possible:
            return
        if self.task.hangs:  # it may still write a file
            session.notify(
                "The export before still waits for a drive that does not answer.",
                "It ends by itself when the drive answers. Wait for that, or start vosapp anew.",
                NoticeKind.WARNING,
            )
            return
        self._begin(recipe(session.document, session.view, self.choice))

    def _begin(self, wanted: Recipe) -> None:
        """Starts a recipe. What lies in its place is looked at in the worker's thread: disks can be slow."""
        from vosapp.export.export_job import ExportTask, export_body  # loads OpenCV

        session, self._wanted = self._session, wanted
        task = ExportTask(session.document, session.editor.store, wanted)
        self._result = None
        session.set(shot=replace(session.shot, export=WorkStatus("Export")))
        self.task.start(export_body(task), "export")

    def cancel(self) -> None:
        """Asks the export to stop."""
        status = self._session.shot.export
        if self.is_running and status is not None:
            self.task.cancel()
            self._session.set(shot=replace(self._session.shot, export=replace(status, cancelling=True)))

    @property
    def is_running(self) -> bool:
        """Whether an export goes on."""
        return self.task.is_running

    def _progressed(self, progress: Progress) -> None:
        status = self._session.shot.export
        if status is not None:
            self._session.set(
                shot=replace(
                    self._session.shot,
                    export=replace(
                        status,
                        done=progress.done,
                        total=progress.total,
                        frames_per_second=progress.frames_per_second,
                        seconds_left=progress.seconds_left,
                        message=progress_words(progress),
                    ),
                )
            )

    def _job_ended(self, result: JobResult[ExportReport]) -> None:
        wanted = self._wanted
        if wanted is not None:
            self._result, self._result_path = _outcome(result, wanted.path)
        if self.task.hangs:
            text = "Stopped, but a drive does not answer. What is unfinished there goes when it answers."
            self._result = Finding(NoticeKind.WARNING, text)
        status = self._session.shot.export
        self._session.set(shot=replace(self._session.shot, export=None))
        goes_on = status is not None and not status.cancelling
        if isinstance(result.error, PlaceTakenError) and wanted is not None and goes_on:
            again, tell = partial(self._begin, replace(wanted, overwrite=True)), partial(self._tell, result.outcome)
            self._dialogs.confirm("Replace what is there?", result.error.message, "Replace", agreed=again, refused=tell)
        else:
            self._tell(result.outcome)

    def _tell(self, outcome: Outcome) -> None:
        if self._result is not None:
            self._session.notify(self._result.text, kind=self._result.kind)
        self.changed.emit()
        self.ended.emit(outcome)

    def _reset(self) -> None:
        self.choice = replace(self.choice, folder="")
        self._result, self._result_path = None, ""


def _outcome(result: JobResult[ExportReport], path: Path) -> tuple[Finding, str]:
    """What to tell about an export that ended, and what can be shown of it."""
    report = result.value
    if report is not None:
        frames, files = len(report.frames), len(report.files)
        what = f"{files} files" if files > 1 else path.name
        text = f"Done: {frames} frames in {what}, read back and found as written."
        return Finding(NoticeKind.GOOD, text), str(path)
    if result.outcome is Outcome.CANCELLED:
        text = "Stopped. Nothing of it was left behind; what an earlier export wrote is as it was."
        return Finding(NoticeKind.WARNING, text), ""
    if isinstance(result.error, UserError):
        return Finding(NoticeKind.ERROR, str(result.error)), ""
    return Finding(NoticeKind.ERROR, f"The export stopped because of an error in the program: {result.error}."), ""
