"""The batch in the window: its list, the job in the background, the next shot to look at."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from vosapp.batch.own_list import add_project, own_list
from vosapp.batch.report import review_queue, write_report
from vosapp.batch.shot_state import ShotFacts, ShotState, State
from vosapp.core.errors import UserError
from vosapp.core.recent import is_unsaved
from vosapp.engine.job import JobResult
from vosapp.presentation.batch import BatchDisplay, resolve_batch
from vosapp.presentation.status import NoticeKind
from vosapp.ui.dialogs.batch import BatchDialog
from vosapp.ui.jobs.background_task import BackgroundTask, Body, Deliver
from vosapp.ui.session import Session

if TYPE_CHECKING:
    from vosapp.batch.settings import JobFile

News = tuple[str, State, ShotFacts, str]


class BatchDialogs(Protocol):
    """Asks which list; None when the user cancelled."""

    def ask_job_file(self, folder: str) -> Path | None: ...


class BatchController(QObject):
    """Owns the one batch that this window runs, and its dialog. It goes on while shots are opened and closed.

    Attributes:
        path: the job file.
        place: where the work is done, as `workers_on` takes it.
        task: the batch in the background.
        dialog: None until it is first shown.

    Signals:
        ended: a batch is over, or was stopped.
    """

    ended = Signal()

    def __init__(
        self,
        session: Session,
        dialogs: BatchDialogs,
        window: QWidget,
        *,
        open_path: Callable[[Path], None],
        parent: QObject | None = None,
    ) -> None:
        """Makes the controller; the dialog lies over `window`."""
        super().__init__(parent)
        self._session, self._dialogs, self._window, self._open_path = session, dialogs, window, open_path
        self.path = own_list()
        self.place = "local"
        self._rows: dict[str, ShotState] = {}
        self._problem = ""
        self.task = BackgroundTask(self)
        self.task.delivered.connect(self._take_news)
        self.task.ended.connect(self._job_ended)
        self.dialog: BatchDialog | None = None

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Maps action ids to handlers."""
        return {"file.batch": self.show}

    @property
    def is_running(self) -> bool:
        """Whether a batch goes on."""
        return self.task.is_running

    def show(self) -> None:
        """Shows the dialog, which is made when it is first asked for."""
        if self.dialog is None:
            self.dialog = self._make_dialog()
        if not self.is_running:
            self._read()
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()
        self._refresh()

    def display(self) -> BatchDisplay:
        """Resolves what the dialog shows now."""
        rows = list(self._rows.values())
        title = "your own list" if self.path == own_list() else self.path.name
        return resolve_batch(title, rows, running=self.is_running, add=self._cannot_add(), problem=self._problem)

    def add(self) -> None:
        """Adds the open shot to the list."""
        project = self._session.project
        if project is None or self._cannot_add():
            return
        try:
            is_new = add_project(self.path, project.path)
        except UserError as error:
            self._session.fail(error)
            return
        if not is_new:
            self._session.notify(f"{project.path.name} is in the list already.")
        self._read()
        self._refresh()

    def choose_list(self) -> None:
        """Takes another job file."""
        path = self._dialogs.ask_job_file(str(self.path.parent))
        if path is not None:
            self.path = path
            self._read()
            self._refresh()

    def start(self, *, retry: bool = False) -> None:
        """Starts the batch, or goes on with it."""
        if self.is_running:
            return
        from vosapp.batch.places_to_work import workers_on

        try:
            file = self._file()
            make_workers = workers_on(self.place, file.limits)
        except UserError as error:
            self._problem = str(error)
            self._refresh()
            return
        self._problem = ""
        self.task.start_delivering(partial(_make_body, file, make_workers, retry), "The batch")
        self._refresh()

    def retry(self) -> None:
        """Starts the batch with the shots that failed."""
        self.start(retry=True)

    def cancel(self) -> None:
        """Asks the batch to stop. Finished pieces stay."""
        self.task.cancel()

    def open_shot(self, name: str) -> None:
        """Opens the project of a shot and notes that it was looked at."""
        row = self._rows.get(name)
        if row is None or not row.facts.project:
            return
        project = Path(row.facts.project)
        if not project.exists():
            self._session.notify(f"{name} has no project yet.", "It is made when the batch comes to it.")
            return
        if row.state is State.DONE:
            self._note_looked_at(row)
        self._open_path(project)

    def open_next(self) -> None:
        """Opens the shot that needs a look most."""
        queue = review_queue(list(self._rows.values()))
        if queue:
            self.open_shot(queue[0].name)

    def open_report(self) -> None:
        """Shows the report in the browser, as things stand."""
        try:
            page = write_report(self._folder(), self.path.name, list(self._rows.values()))
        except (UserError, OSError) as error:
            self._session.notify(f"The report cannot be written: {error}", kind=NoticeKind.ERROR)
            return
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(page)))

    def _make_dialog(self) -> BatchDialog:
        dialog = BatchDialog(self._window)
        dialog.start_asked.connect(self._start)
        dialog.stop_asked.connect(self.cancel)
        dialog.retry_asked.connect(self.retry)
        dialog.add_asked.connect(self.add)
        dialog.list_asked.connect(self.choose_list)
        dialog.report_asked.connect(self.open_report)
        dialog.next_asked.connect(self.open_next)
        dialog.open_asked.connect(self.open_shot)
        self._session.changed.connect(self._follow_session)
        return dialog

    def _start(self) -> None:
        self.start()

    def _refresh(self) -> None:
        if self.dialog is not None and self.dialog.isVisible():
            self.dialog.show_batch(self.display())

    def _follow_session(self) -> None:
        """Another shot is open, or it has a place now."""
        if self.dialog is not None and self.dialog.isVisible():
            self.dialog.show_add(self._cannot_add())

    def _cannot_add(self) -> str:
        project = self._session.project
        if project is None:
            return "Open a shot first"
        if project.read_only or is_unsaved(project.path):
            return "Save the project first"
        return ""

    def _file(self) -> JobFile:
        from vosapp.batch.job_file import read_job_file

        return read_job_file(self.path)

    def _folder(self) -> Path:
        return self._file().batch_folder

    def _read(self) -> None:
        """Reads the list, and how far its shots are."""
        from vosapp.batch.journal import read_rows
        from vosapp.batch.shots import shots_of

        self._rows, self._problem = {}, ""
        if not self.path.exists():
            return
        try:
            file = self._file()
            known = {row.name: row for row in read_rows(file.batch_folder)}
            for shot in shots_of(file):
                facts = ShotFacts(shot.source, str(shot.project))
                self._rows[shot.name] = known.get(shot.name) or ShotState(shot.name, State.WAITING, "", facts)
        except UserError as error:
            self._problem = str(error)

    def _note_looked_at(self, row: ShotState) -> None:
        from vosapp.batch.journal import Journal, journal_path

        self._rows[row.name] = replace(row, facts=replace(row.facts, looked_at=True))
        try:
            with closing(Journal(journal_path(self._folder()))) as journal:
                journal.look_at(row.name)
        except UserError as error:
            self._session.fail(error)
        self._refresh()

    def _take_news(self) -> None:
        for name, state, facts, sentence in self.task.take_all():
            self._rows[name] = ShotState(name, state, sentence, facts)
        self._refresh()

    def _job_ended(self, result: JobResult[object]) -> None:
        self._take_news()
        if result.error is not None:
            self._problem = str(result.error)
        self._refresh()
        self.ended.emit()


def _make_body(file: JobFile, make_workers: Callable[[], object], retry: bool, deliver: Deliver) -> Body:
    from vosapp.batch.driver import batch_body

    def told(name: str, state: State, facts: ShotFacts, sentence: str) -> None:
        deliver((name, state, facts, sentence))

    return batch_body(file, make_workers, retry=retry, told=told)  # type: ignore[arg-type]
