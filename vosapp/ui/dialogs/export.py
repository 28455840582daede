"""Export dialog: recipe, findings, progress and result."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal, SignalInstance
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from vosapp.export.formats import ExportFormat
from vosapp.export.recipe import MissingMasks
from vosapp.presentation.requests.export import ExportDisplay, Finding
from vosapp.presentation.status import NoticeKind, WorkStatus
from vosapp.presentation.text.formatting import duration
from vosapp.ui.icons import icon
from vosapp.ui.panels.propagate import progress_count, rate_note
from vosapp.ui.theme import TOKENS
from vosapp.ui.widgets import Segments, label, rule

_FORMATS = (
    (ExportFormat.PNG, "PNG masks", "Black and white, one folder for each object"),
    (ExportFormat.PNG_INDEXED, "Indexed PNG", "One image a frame; each pixel holds the number of its object"),
    (ExportFormat.PRORES_4444, "ProRes 4444 with alpha", "One .mov with the picture and the matte, straight alpha"),
)
_ICONS = {
    NoticeKind.GOOD: ("check", TOKENS.good),
    NoticeKind.INFO: ("info", TOKENS.dim),
    NoticeKind.WARNING: ("warning", TOKENS.warning),
    NoticeKind.ERROR: ("error", TOKENS.error),
}


class ExportDialog(QDialog):
    """Shows an `ExportDisplay`. Everything else stays usable while it is open.

    Signals:
        format_chosen, in_out_chosen, scope_chosen, missing_chosen: new values.
        folder_asked, export_asked, cancel_asked: buttons.
    """

    format_chosen = Signal(object)
    in_out_chosen = Signal(object)
    scope_chosen = Signal(object)
    missing_chosen = Signal(object)
    folder_asked = Signal()
    export_asked = Signal()
    cancel_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export")
        self.setMinimumWidth(580)
        self._path = ""
        self._formats: dict[ExportFormat, QRadioButton] = {}
        self._range: Segments[bool] = Segments(
            ((False, "Whole clip", "", ""), (True, "In to out", "", "Set with I and O"))
        )
        self._scope: Segments[bool] = Segments(((True, "All objects", "", ""), (False, "Active object", "", "")))
        self._missing: Segments[MissingMasks] = Segments(
            (
                (MissingMasks.EMPTY, "Write empty", "", "As many frames come out as went in"),
                (MissingMasks.SKIP, "Leave out", "", "Frames on which no object has a mask are not written"),
            )
        )
        self._target = QLineEdit()
        self._target.setReadOnly(True)
        self._target.setAccessibleName("Where it is written")
        self._findings = QVBoxLayout()
        self._shown: tuple[Finding, ...] | None = None
        self._result = _FindingLine()
        self._progress = _ExportProgress()
        self._stack = QStackedWidget()
        self.export_button = QPushButton("Export")
        self.close_button = QPushButton("Close")
        self.show_button = QPushButton("Show in folder")
        self._build()
        self._connect()
        for button in self.findChildren(QPushButton):  # or Enter would press what has the focus
            button.setAutoDefault(button is self.export_button)
        self.export_button.setFocus()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 20, 22, 18)
        column.setSpacing(14)
        column.addLayout(self._format_list())
        column.addWidget(rule())
        column.addLayout(self._options())
        column.addWidget(rule())
        self._findings.setSpacing(6)
        column.addLayout(self._findings)
        column.addStretch(1)
        column.addWidget(self._result)
        self._progress.cancel.clicked.connect(self.cancel_asked)
        self._stack.addWidget(self._buttons())
        self._stack.addWidget(self._progress)
        column.addWidget(self._stack)

    def _format_list(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(10)
        for kind, title, explanation in _FORMATS:
            button = QRadioButton(title)
            note = label(explanation, "dim")
            note.setContentsMargins(25, 0, 0, 0)
            self._formats[kind] = button
            pair = QVBoxLayout()
            pair.setSpacing(1)
            pair.addWidget(button)
            pair.addWidget(note)
            column.addLayout(pair)
        return column

    def _options(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(9)
        choose = QPushButton("Choose…")
        choose.clicked.connect(self.folder_asked)
        place = QHBoxLayout()
        place.setSpacing(6)
        place.addWidget(self._target, 1)
        place.addWidget(choose)
        self._scope_label = label("Objects", "dim")
        rows: tuple[tuple[QWidget, QWidget], ...] = (
            (label("Frames", "dim"), self._range),
            (self._scope_label, self._scope),
            (label("Without mask", "dim"), self._missing),
        )
        for row, (name, field) in enumerate(rows):
            grid.addWidget(name, row, 0)
            grid.addWidget(field, row, 1)
        grid.addWidget(label("To", "dim"), 3, 0)
        grid.addLayout(place, 3, 1)
        grid.setColumnStretch(1, 1)
        return grid

    def _buttons(self) -> QWidget:
        frame = QWidget()
        row = QHBoxLayout(frame)
        row.setContentsMargins(0, 0, 0, 0)
        self.show_button.setIcon(icon("open"))
        self.export_button.setProperty("role", "primary")
        self.export_button.setMinimumWidth(120)
        self.export_button.setDefault(True)
        row.addWidget(self.show_button)
        row.addStretch(1)
        row.addWidget(self.close_button)
        row.addWidget(self.export_button)
        return frame

    def _connect(self) -> None:
        for kind, button in self._formats.items():
            button.clicked.connect(_Send(self.format_chosen, kind))
        self._range.chosen.connect(self.in_out_chosen)
        self._scope.chosen.connect(self.scope_chosen)
        self._missing.chosen.connect(self.missing_chosen)
        self.export_button.clicked.connect(self.export_asked)
        self.close_button.clicked.connect(self.close)
        self.show_button.clicked.connect(self.show_result)

    def show_export(self, display: ExportDisplay) -> None:
        """Shows fields, findings, progress and result."""
        choice = display.choice
        self._formats[choice.format].setChecked(True)
        self._range.set_value(choice.in_out and display.has_in_out)
        self._range.set_choice_enabled(True, display.has_in_out)
        self._scope.set_value(choice.all_objects)
        for widget in (self._scope, self._scope_label):
            widget.setVisible(display.many_objects)
        self._missing.set_value(choice.missing)
        self._target.setText(display.target)
        self._target.setCursorPosition(len(display.target))
        self._show_findings(display.findings)
        self._result.setVisible(display.result is not None)
        if display.result is not None:
            self._result.show_finding(display.result)
        self._path = display.result_path
        self.show_button.setVisible(bool(self._path))
        self.export_button.setEnabled(display.possible)
        self._stack.setCurrentIndex(0 if display.run is None else 1)
        if display.run is not None:
            self._progress.show_status(display.run)

    def _show_findings(self, findings: tuple[Finding, ...]) -> None:
        if findings == self._shown:
            return
        self._shown = findings
        while self._findings.count():
            item = self._findings.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for finding in findings:
            line = _FindingLine()
            line.show_finding(finding)
            self._findings.addWidget(line)

    def show_result(self) -> None:
        """Opens the folder of the result in the system's file manager."""
        path = Path(self._path)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path if path.is_dir() else path.parent)))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The lines of the pre-flight list."""
        return self._shown or ()

    @property
    def result_text(self) -> str:
        """What is told about the last export, "" for nothing."""
        return self._result.text if self._result.isVisibleTo(self) else ""


class _FindingLine(QWidget):
    """An icon and a sentence."""

    def __init__(self) -> None:
        super().__init__()
        self._icon = QLabel()
        self._text = label("", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(9)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._text, 1)

    def show_finding(self, finding: Finding) -> None:
        """Shows a sentence with the icon of its kind."""
        name, colour = _ICONS[finding.kind]
        self._icon.setPixmap(icon(name, colour).pixmap(16, 16))
        self._text.setText(finding.text)

    @property
    def text(self) -> str:
        """The sentence."""
        return self._text.text()


class _ExportProgress(QWidget):
    """How far an export is."""

    def __init__(self) -> None:
        super().__init__()
        self._text = label()
        self._left = label("", "dim")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self.cancel = QPushButton("Cancel")
        line = QHBoxLayout()
        line.addWidget(self._text)
        line.addStretch(1)
        line.addWidget(self._left)
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addLayout(line)
        column.addWidget(self._bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addLayout(column, 1)
        row.addWidget(self.cancel)

    def show_status(self, status: WorkStatus) -> None:
        """Shows numbers of an export."""
        self._text.setText(f"{status.message or 'Exporting'}: {progress_count(status)}")
        left = "" if status.seconds_left is None else f"{duration(status.seconds_left)} left"
        self._left.setText("   ".join(part for part in (rate_note(status), left) if part))
        self._bar.setRange(0, max(status.total, 0))
        self._bar.setValue(status.done)
        self.cancel.setEnabled(not status.cancelling)


class _Send:
    """Emits a signal with a fixed value."""

    def __init__(self, signal: SignalInstance, value: object) -> None:
        self._signal, self._value = signal, value

    def __call__(self) -> None:
        self._signal.emit(self._value)
