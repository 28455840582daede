"""Dialog with the findings of `vosapp doctor`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFileDialog, QPlainTextEdit, QVBoxLayout, QWidget

from vosapp.core.crash_reports import crash_folder, crash_reports
from vosapp.core.small_files import write_whole
from vosapp.engine.job import JobContext, JobResult
from vosapp.presentation.doctor import Finding, State, as_text, findings
from vosapp.ui.jobs.background_task import BackgroundTask, Body, Deliver
from vosapp.ui.window_check import window_facts

WIDTH_PX, HEIGHT_PX = 820, 420
LOOKING = "Looking …"


class DoctorBox(QDialog):
    """Looks in the background and shows what was found; goes when it is closed."""

    def __init__(
        self, parent: QWidget | None = None, *, describe: Callable[[Sequence[Finding]], str] | None = None
    ) -> None:
        """Begins to look.

        Args:
            parent: the window.
            describe: makes the text of a diagnostics file of the findings; None offers no such file.
        """
        super().__init__(parent)
        self._describe = describe
        self.setWindowTitle("This computer")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._found: list[Finding] = []
        self._text = QPlainTextEdit(LOOKING)
        self._text.setReadOnly(True)
        self._text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self._copy = buttons.addButton("Copy text", QDialogButtonBox.ButtonRole.ActionRole)
        self._copy.setEnabled(False)
        self._copy.clicked.connect(self._copy_text)
        self.save_button = buttons.addButton("Save diagnostics…", QDialogButtonBox.ButtonRole.ActionRole)
        self.save_button.setToolTip("A text file with this, what you changed and what was said, without names of files")
        self.save_button.setEnabled(False)
        self.save_button.setVisible(describe is not None)
        self.save_button.clicked.connect(self._ask_and_save)
        if crash_reports():
            reports = buttons.addButton("Show crash reports", QDialogButtonBox.ButtonRole.ActionRole)
            reports.clicked.connect(self._show_reports)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self._text)
        layout.addWidget(buttons)
        self.resize(WIDTH_PX, HEIGHT_PX)
        self._task = BackgroundTask(self)
        self._task.delivered.connect(self._take)
        self._task.ended.connect(self._end)
        self._task.start_delivering(partial(_looking, window_facts()), "Looking at this computer")

    @property
    def text(self) -> str:
        """What is shown."""
        return self._text.toPlainText()

    @property
    def is_looking(self) -> bool:
        """Whether more is to come."""
        return self._task.is_running

    def done(self, result: int) -> None:
        """Closes at once; a look that goes on is left to end by itself."""
        self._task.cancel()
        self._task.leave()
        super().done(result)

    def _take(self) -> None:
        self._found += self._task.take_all()
        if self._found:
            self._text.setPlainText(as_text(self._found) + (f"\n{LOOKING}" if self._task.is_running else ""))

    def _end(self, result: JobResult[object]) -> None:
        self._take()
        if result.error is not None:
            self._text.appendPlainText(f"The look stopped because of an error in the program: {result.error}")
        self._copy.setEnabled(bool(self._found))
        self.save_button.setEnabled(True)

    def _copy_text(self) -> None:
        QGuiApplication.clipboard().setText(self.text)

    def _ask_and_save(self) -> None:
        proposed = str(Path.home() / "vosapp-diagnostics.txt")
        path = QFileDialog.getSaveFileName(self, "Save diagnostics", proposed, "Text (*.txt)")[0]
        if path:
            self.save(Path(path))

    def save(self, path: Path) -> None:
        """Writes the diagnostics file, and says so below the findings."""
        if self._describe is None:
            return
        try:
            write_whole(path, self._describe(self._found).encode())
        except OSError as error:
            self._text.appendPlainText(f"\n{path} cannot be written: {error.strerror}.")
        else:
            self._text.appendPlainText(f"\nSaved as {path}. Read it before you send it.")

    def _show_reports(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(crash_folder())))


def _looking(window: str, deliver: Deliver) -> Body:
    return partial(_look, window, deliver)


def _look(window: str, deliver: Deliver, context: JobContext) -> None:
    for finding in findings(partial(Finding, "window", State.GOOD, window)):
        context.check()
        deliver(finding)
