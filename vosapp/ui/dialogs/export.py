"""Export dialog: formats, fields, sample, findings, waiting exports, progress and result."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtGui import QColor, QDesktopServices, QImage, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from vosapp.export.formats import ExportFormat
from vosapp.presentation.requests.export import ExportDisplay, products
from vosapp.presentation.requests.export_findings import Finding
from vosapp.presentation.status import NoticeKind, WorkStatus
from vosapp.presentation.text.formatting import duration
from vosapp.ui.dialogs.export_options import ExportOptions
from vosapp.ui.icons import icon
from vosapp.ui.panels.propagate import progress_count, rate_note
from vosapp.ui.theme import TOKENS
from vosapp.ui.translation import show_text, tr
from vosapp.ui.widgets import FitsScreen, label, rule

PREVIEW_PX = 300
_ROW_PX, _HEAD_PX = 25, 30
_CHOICE = Qt.ItemDataRole.UserRole
_ICONS = {
    NoticeKind.GOOD: ("check", TOKENS.good),
    NoticeKind.INFO: ("info", TOKENS.dim),
    NoticeKind.WARNING: ("warning", TOKENS.warning),
    NoticeKind.ERROR: ("error", TOKENS.error),
}


class ExportDialog(QDialog):
    """Shows an `ExportDisplay`. Everything else stays usable while it is open.

    Signals:
        product_chosen: an `ExportFormat`, or the name of a kind of shapes.
        changed: an `ExportChoice` with what the user changed in the fields.
        folder_asked, export_asked, cancel_asked: buttons.
        waiting_removed: the place of a waiting export that is not wanted any more.
    """

    product_chosen = Signal(object)
    changed = Signal(object)
    folder_asked = Signal()
    export_asked = Signal()
    cancel_asked = Signal()
    waiting_removed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export")
        self._path = ""
        self.formats = QListWidget()
        self.formats.setAccessibleName("Formats")
        self.formats.setFixedWidth(300)
        self.formats.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.facts = label("", "dim", wrap=True)
        self.options = ExportOptions()
        self._preview = QLabel()
        self._preview.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._preview.setFixedHeight(PREVIEW_PX * 9 // 16)
        self._size = _FindingLine()
        self._findings = QVBoxLayout()
        self._shown: tuple[Finding, ...] | None = None
        self._result = _FindingLine()
        self._progress = _ExportProgress()
        self._waiting = QListWidget()
        self._waiting.setAccessibleName("Waiting exports")
        self._waiting.setMaximumHeight(84)
        self._waiting_row = QWidget()
        self.remove_button = QPushButton("Take off the list")
        self.export_button = QPushButton("Export")
        self.close_button = QPushButton("Close")
        self.show_button = QPushButton("Show in folder")
        self._fill_formats()
        self._build()
        self._connect()
        for button in self.findChildren(QPushButton):  # or Enter would press what has the focus
            button.setAutoDefault(button is self.export_button)
        self.export_button.setFocus()

    def _fill_formats(self) -> None:
        for title, group in products():
            head = QListWidgetItem(tr(title))
            head.setFlags(Qt.ItemFlag.NoItemFlags)
            head.setForeground(QColor(TOKENS.dim))
            head.setSizeHint(QSize(0, _HEAD_PX))
            head.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom)
            self.formats.addItem(head)
            for product in group:
                item = QListWidgetItem(f"   {tr(product.title)}")
                item.setToolTip(tr(product.facts))
                item.setData(_CHOICE, product.choice)
                item.setSizeHint(QSize(0, _ROW_PX))
                self.formats.addItem(item)

    def _build(self) -> None:
        page = QWidget()
        right = QVBoxLayout(page)
        right.setContentsMargins(0, 0, 10, 0)
        right.setSpacing(12)
        right.addWidget(self._preview)
        right.addWidget(self.facts)
        right.addWidget(rule())
        right.addWidget(self.options)
        right.addWidget(rule())
        self._findings.setSpacing(6)
        right.addLayout(self._findings)
        right.addWidget(self._size)
        right.addStretch(1)
        wait = QHBoxLayout(self._waiting_row)
        wait.setContentsMargins(0, 0, 0, 0)
        wait.addWidget(self._waiting, 1)
        wait.addWidget(self.remove_button, 0, Qt.AlignmentFlag.AlignTop)
        right.addWidget(self._waiting_row)
        right.addWidget(self._result)
        right.addWidget(self._progress)
        both = QHBoxLayout()
        both.setSpacing(20)
        both.addWidget(self.formats)
        scroll = QScrollArea()
        scroll.setWidget(page)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        both.addWidget(scroll, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(14)
        column.addLayout(both, 1)
        column.addWidget(self._buttons())
        self.setMinimumSize(800, 420)
        self.resize(940, 780)
        self.installEventFilter(FitsScreen(self))

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
        self.formats.currentItemChanged.connect(self._take_product)
        self.options.changed.connect(self.changed)
        self.options.folder_asked.connect(self.folder_asked)
        self.export_button.clicked.connect(self.export_asked)
        self.close_button.clicked.connect(self.close)
        self.show_button.clicked.connect(self.show_result)
        self._progress.cancel.clicked.connect(self.cancel_asked)
        self.remove_button.clicked.connect(self._remove_waiting)

    def select(self, choice: ExportFormat | str) -> None:
        """Chooses a format as a click on it does."""
        for row in range(self.formats.count()):
            if self.formats.item(row).data(_CHOICE) == choice:
                self.formats.setCurrentRow(row)

    def _take_product(self, item: QListWidgetItem | None) -> None:
        if item is not None and item.data(_CHOICE) is not None:
            self.product_chosen.emit(item.data(_CHOICE))

    def _remove_waiting(self) -> None:
        row = max(self._waiting.currentRow(), 0)
        if self._waiting.count():
            self.waiting_removed.emit(row)

    def show_export(self, display: ExportDisplay) -> None:
        """Shows fields, findings, what waits, progress and result."""
        self.formats.blockSignals(True)
        self.select(display.choice.shapes or display.choice.format)
        self.formats.blockSignals(False)
        show_text(self.facts, display.facts)
        self.options.show_export(display)
        self._show_findings(display.findings)
        self._show_waiting(display.waiting)
        self._result.setVisible(display.result is not None)
        if display.result is not None:
            self._result.show_finding(display.result)
        self._path = display.result_path
        self.show_button.setVisible(bool(self._path))
        self.export_button.setEnabled(display.possible)
        show_text(self.export_button, "Export" if display.run is None else "Export after it")
        self._progress.setVisible(display.run is not None)
        if display.run is not None:
            self._progress.show_status(display.run)

    def show_sample(self, picture: NDArray[np.uint8] | None, size: Finding | None) -> None:
        """Shows what the current frame looks like in the files, and how large they will be; None hides it."""
        self._preview.setVisible(picture is not None)
        self._size.setVisible(size is not None)
        if size is not None:
            self._size.show_finding(size)
        if picture is not None:
            height, width, _ = picture.shape
            image = QImage(np.ascontiguousarray(picture).data, width, height, 3 * width, QImage.Format.Format_RGB888)
            room = QSize(2 * PREVIEW_PX, self._preview.height())
            self._preview.setPixmap(
                QPixmap.fromImage(image.copy()).scaled(
                    room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
                )
            )

    def _show_waiting(self, waiting: tuple[str, ...]) -> None:
        self._waiting_row.setVisible(bool(waiting))
        if [self._waiting.item(row).text() for row in range(self._waiting.count())] != list(waiting):
            self._waiting.clear()
            self._waiting.addItems(list(waiting))

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
    def size_text(self) -> str:
        """How large the files will be, "" while it is not known."""
        return self._size.text if self._size.isVisibleTo(self) else ""

    @property
    def result_text(self) -> str:
        """Text about the last export, "" for none."""
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
        show_text(self._text, finding.text)

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
        show_text(self._text, f"{status.message or 'Exporting'}: {progress_count(status)}")
        left = "" if status.seconds_left is None else f"{duration(status.seconds_left)} left"
        show_text(self._left, "   ".join(part for part in (rate_note(status), left) if part))
        self._bar.setRange(0, max(status.total, 0))
        self._bar.setValue(status.done)
        self.cancel.setEnabled(not status.cancelling)
