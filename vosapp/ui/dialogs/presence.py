"""Dialog with a grid: where each object has masks, over the whole clip."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QDialog, QScrollArea, QWidget

from vosapp.presentation.timeline.presence import Presence, PresenceCell, PresenceRow
from vosapp.ui.theme import TOKENS
from vosapp.ui.widgets import ToolTips, dialog_column, label

ROW_PX = 26
NAME_PX = 150
COLUMN_PX = 11
_HEIGHT_PX = 12
_EXPLANATION = (
    "Filled: masks on every frame; half: on some; dotted: marked as absent; empty: none. A dot is an anchor, a red "
    "line is doubt. Click to go to the first frame that lacks a mask there, or to its beginning."
)


class PresenceDialog(QDialog):
    """Presence of all objects, kept up to date while it is open.

    Attributes:
        grid: the grid itself.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Objects over time")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.grid = PresenceGrid()
        room = QScrollArea()
        room.setWidgetResizable(True)
        room.setWidget(self.grid)
        room.setMinimumSize(NAME_PX + 60 * COLUMN_PX // 2, 130)
        column = dialog_column(self, 10)
        column.addWidget(room, 1)
        column.addWidget(label(_EXPLANATION, "faint", wrap=True))
        self.resize(NAME_PX + 60 * COLUMN_PX + 64, 260)


class PresenceGrid(QWidget):
    """Draws presence rows.

    Signals:
        picked: object id and frame index of what was clicked.
    """

    picked = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[PresenceRow, ...] = ()
        self._first_number = 0
        self._here = 0
        self.setAccessibleName("Objects over time")
        ToolTips(self, self.explain)

    def show_rows(self, rows: tuple[PresenceRow, ...], *, first_number: int, here: int) -> None:
        """Shows these rows; `here` is where the playhead stands."""
        self._rows, self._first_number, self._here = rows, first_number, here
        columns = len(rows[0].cells) if rows else 0
        self.setMinimumSize(NAME_PX + columns * COLUMN_PX + 8, len(rows) * ROW_PX + 6)
        self.update()

    def sizeHint(self) -> QSize:
        """Room for everything."""
        return self.minimumSize()

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Where a cell lies."""
        width = max(COLUMN_PX, (self.width() - NAME_PX - 8) / max(len(self._rows[row].cells), 1))
        top = 3 + row * ROW_PX + (ROW_PX - _HEIGHT_PX) / 2
        return QRectF(NAME_PX + column * width, top, width, _HEIGHT_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws names and cells."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place, row in enumerate(self._rows):
            painter.setPen(QColor(TOKENS.text))
            name = painter.fontMetrics().elidedText(row.name, Qt.TextElideMode.ElideRight, NAME_PX - 12)
            area = QRectF(4, 3 + place * ROW_PX, NAME_PX - 10, ROW_PX)
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, name)
            for column, cell in enumerate(row.cells):
                self._draw_cell(painter, self.cell_rect(place, column), row, cell)
        painter.end()

    def _draw_cell(self, painter: QPainter, area: QRectF, row: PresenceRow, cell: PresenceCell) -> None:
        inner = area.adjusted(0.5, 0, -0.5, 0)
        painter.fillRect(inner, QColor(TOKENS.field))
        colour = QColor(*row.colour)
        if cell.presence is Presence.ALL:
            painter.fillRect(inner, colour)
        elif cell.presence is Presence.SOME:
            painter.fillRect(inner.adjusted(0, inner.height() / 2, 0, 0), colour)
        elif cell.presence is Presence.ABSENT:
            painter.setPen(QPen(QColor(TOKENS.dim), 1.4, Qt.PenStyle.DotLine))
            middle = inner.center().y()
            painter.drawLine(QPointF(inner.left(), middle), QPointF(inner.right(), middle))
        if cell.anchors:
            painter.setPen(QPen(QColor(TOKENS.field), 1))
            painter.setBrush(QColor(TOKENS.text))
            painter.drawEllipse(inner.center(), 2.4, 2.4)
            painter.setBrush(Qt.BrushStyle.NoBrush)
        if cell.is_doubtful:
            painter.fillRect(QRectF(inner.left(), inner.bottom() + 1, inner.width(), 2), QColor(TOKENS.error))
        if self._here in cell.frames:
            painter.setPen(QPen(QColor(TOKENS.text), 1))
            painter.drawRect(inner)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Goes to the object and frame that were clicked."""
        found = self._at(event.position())
        if found is not None:
            row, cell = found
            self.picked.emit(row.object_id, cell.missing if cell.missing >= 0 else cell.frames.first)

    def explain(self, position: QPointF) -> str:
        """Describes the cell under a point."""
        found = self._at(position)
        if found is None:
            return ""
        row, cell = found
        first, last = cell.frames.first + self._first_number, cell.frames.last + self._first_number
        where = f"frames {first} to {last}" if last > first else f"frame {first}"
        anchors = f", {cell.anchors} anchor{'s' * (cell.anchors != 1)}" if cell.anchors else ""
        return f"{row.name}, {where}: {cell.presence.value}{anchors}{', doubtful' * cell.is_doubtful}"

    def _at(self, position: QPointF) -> tuple[PresenceRow, PresenceCell] | None:
        for place, row in enumerate(self._rows):
            for column, cell in enumerate(row.cells):
                area = self.cell_rect(place, column)
                if area.left() <= position.x() < area.right() and abs(position.y() - area.center().y()) <= ROW_PX / 2:
                    return row, cell
        return None
