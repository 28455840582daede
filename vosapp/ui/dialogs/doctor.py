"""Dialog with the findings of `vosapp doctor`."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

from vosapp.core.crash_reports import crash_folder, crash_reports
from vosapp.engine.job import JobContext, JobResult
from vosapp.presentation.doctor import Finding, State, as_text, findings
from vosapp.ui.jobs.background_task import BackgroundTask, Body, Deliver
from vosapp.ui.window_check import window_facts

WIDTH_PX, HEIGHT_PX = 820, 420
LOOKING = "Looking …"


class DoctorBox(QDialog):
    """Looks in the background and shows what was found; goes when it is closed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
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

    def _copy_text(self) -> None:
        QGuiApplication.clipboard().setText(self.text)

    def _show_reports(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(crash_folder())))


def _looking(window: str, deliver: Deliver) -> Body:
    return partial(_look, window, deliver)


def _look(window: str, deliver: Deliver, context: JobContext) -> None:
    for finding in findings(partial(Finding, "window", State.GOOD, window)):
        context.check()
        deliver(finding)
