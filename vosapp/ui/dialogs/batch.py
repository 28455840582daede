"""The batch dialog: a table of shots with their states, and what can be done with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QProgressBar,
    QPushButton,
    QTableView,
    QWidget,
)

from vosapp.presentation.batch import COLUMNS, BatchDisplay, BatchRow
from vosapp.presentation.status import NoticeKind
from vosapp.ui.theme import TOKENS, now
from vosapp.ui.translation import show_text, tr
from vosapp.ui.widgets import button_row, dialog_column, label

_COLOURS = {NoticeKind.ERROR: TOKENS.error, NoticeKind.GOOD: TOKENS.good, NoticeKind.WARNING: TOKENS.warning}
_STATE_COLUMN, _LAST_COLUMN = 1, len(COLUMNS) - 1
_WIDTHS_PX = (170, 90, 90, 70, 80)
Index = QModelIndex | QPersistentModelIndex


class ShotTable(QAbstractTableModel):
    """The rows of a `BatchDisplay` for a view; only rows that differ are told."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[BatchRow, ...] = ()

    def show_rows(self, rows: Sequence[BatchRow]) -> None:
        """Takes other rows."""
        old, new = self.rows, tuple(rows)
        if [row.name for row in old] != [row.name for row in new]:
            self.beginResetModel()
            self.rows = new
            self.endResetModel()
            return
        self.rows = new
        for number, (before, after) in enumerate(zip(old, new, strict=True)):
            if before != after:
                self.dataChanged.emit(self.index(number, 0), self.index(number, _LAST_COLUMN))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.cells[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.sentence or row.project
        if role == Qt.ItemDataRole.ForegroundRole and index.column() == _STATE_COLUMN and row.kind in _COLOURS:
            return QColor(now(_COLOURS[row.kind]))
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return tr(COLUMNS[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None


class BatchDialog(QDialog):
    """Shows a `BatchDisplay`. Everything else stays usable while it is open.

    Signals:
        start_asked, stop_asked, retry_asked, add_asked, list_asked, report_asked, next_asked: buttons.
        open_asked: the name of a shot.
    """

    start_asked = Signal()
    stop_asked = Signal()
    retry_asked = Signal()
    add_asked = Signal()
    list_asked = Signal()
    report_asked = Signal()
    next_asked = Signal()
    open_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Batch")
        self.resize(880, 460)
        self.model = ShotTable(self)
        self.table = QTableView()
        self.summary = label("", "dim")
        self.problem = label("", "dim")
        self.progress = QProgressBar()
        self.add_button = QPushButton("Add open shot")
        self.list_button = QPushButton("Open job file…")
        self.report_button = QPushButton("Report")
        self.open_button = QPushButton("Open shot")
        self.next_button = QPushButton("Next to look at")
        self.retry_button = QPushButton("Retry failed")
        self.start_button = QPushButton("Start")
        self.close_button = QPushButton("Close")
        self._is_running = False
        self._said = ""  # what went wrong with the batch itself
        self._build()
        self._connect()

    def _build(self) -> None:
        table = self.table
        table.setModel(self.model)
        table.setAccessibleName("Shots of the batch")
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        table.setTabKeyNavigation(False)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(_LAST_COLUMN, QHeaderView.ResizeMode.Stretch)
        for section, width in enumerate(_WIDTHS_PX):
            table.setColumnWidth(section, width)
        self.progress.setTextVisible(False)
        self.problem.setWordWrap(True)
        column = dialog_column(self, 12)
        top = QHBoxLayout()
        top.addWidget(self.summary, 1)
        top.addWidget(self.list_button)
        top.addWidget(self.add_button)
        column.addLayout(top)
        column.addWidget(table, 1)
        column.addWidget(self.progress)
        column.addWidget(self.problem)
        column.addLayout(
            button_row(
                self.close_button,
                self.report_button,
                self.open_button,
                self.next_button,
                self.retry_button,
                self.start_button,
            )
        )
        self.start_button.setProperty("role", "primary")
        for button in self.findChildren(QPushButton):  # or Enter would press what has the focus
            button.setAutoDefault(button is self.start_button)

    def _connect(self) -> None:
        self.start_button.clicked.connect(self._start_or_stop)
        for button, signal in (
            (self.retry_button, self.retry_asked),
            (self.add_button, self.add_asked),
            (self.list_button, self.list_asked),
            (self.report_button, self.report_asked),
            (self.next_button, self.next_asked),
        ):
            button.clicked.connect(signal)
        self.open_button.clicked.connect(self._open_current)
        self.close_button.clicked.connect(self.close)
        self.table.doubleClicked.connect(self._open_at)
        self.table.selectionModel().currentRowChanged.connect(self._row_chosen)

    def show_batch(self, display: BatchDisplay) -> None:
        """Brings everything up to date."""
        self._is_running = display.running
        self.setWindowTitle(f"Batch: {display.title}")
        self.model.show_rows(display.rows)
        show_text(self.summary, display.summary)
        self._said = display.problem
        show_text(self.start_button, "Stop" if display.running else "Start")
        self.start_button.setEnabled(display.running or display.can_start)
        self.retry_button.setEnabled(display.can_retry)
        self.show_add(display.add)
        self.list_button.setEnabled(not display.running)
        self.next_button.setEnabled(bool(display.next_to_see))
        count = len(display.next_to_see)
        show_text(self.next_button, f"Next to look at ({count})" if count else "Next to look at")
        self.report_button.setEnabled(bool(display.rows))
        self.progress.setVisible(display.running)
        self.progress.setRange(0, 1000)
        self.progress.setValue(round(1000 * sum(r.fraction for r in display.rows) / max(1, len(display.rows))))
        self._row_chosen()

    def show_add(self, refusal: str) -> None:
        """Whether the open shot can be added; the text says why not."""
        self.add_button.setEnabled(not refusal and not self._is_running)
        self.add_button.setToolTip(refusal)

    def _start_or_stop(self) -> None:
        (self.stop_asked if self._is_running else self.start_asked).emit()

    def _current(self) -> BatchRow | None:
        number = self.table.currentIndex().row()
        return self.model.rows[number] if 0 <= number < len(self.model.rows) else None

    def _open_current(self) -> None:
        row = self._current()
        if row is not None:
            self.open_asked.emit(row.name)

    def _open_at(self, index: QModelIndex) -> None:
        self.open_asked.emit(self.model.rows[index.row()].name)

    def _row_chosen(self) -> None:
        row = self._current()
        self.open_button.setEnabled(row is not None and row.can_open)
        said = self._said or (row.sentence if row is not None else "")
        show_text(self.problem, said)
        self.problem.setVisible(bool(said))
