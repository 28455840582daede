"""The selection over the picture: the proposed outline, the marks, and the mark that is being drawn."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from vosapp.engine.select.marks import Mark, Stroke
from vosapp.presentation.select_display import SelectDisplay
from vosapp.ui.viewer.item_zoom import zoom_of
from vosapp.ui.viewer.outline_path import cosmetic_pen, outline_path

DOT_PX, HALO_PX, LINE_PX = 5.5, 4.0, 1.8  # logical pixels
_HALO, _INK = QColor(0, 0, 0, 190), QColor(255, 255, 255)
_INSIDE, _OUTSIDE = QColor(67, 190, 120), QColor(232, 84, 84)
_FILL = 0.28


class SelectionItem(QGraphicsItem):
    """Draws a selection. Plus and minus tell the marks apart, not their colours alone."""

    def __init__(self, parent: QGraphicsItem | None = None) -> None:
        super().__init__(parent)
        self._shown = SelectDisplay()
        self._drawn: Mark | None = None
        self._path = QPainterPath()
        self.setZValue(26)
        self.setVisible(False)

    @property
    def shown(self) -> SelectDisplay:
        """What is shown."""
        return self._shown

    def show_selection(self, display: SelectDisplay) -> None:
        """Shows another selection; an empty one hides everything."""
        self.prepareGeometryChange()
        if display.mask is not self._shown.mask:
            self._path = QPainterPath() if display.mask is None else outline_path(display.mask.array())
        self._shown = display
        self._refresh()

    def draw_mark(self, mark: Mark | None) -> None:
        """Shows the mark that is being drawn, None for none."""
        self.prepareGeometryChange()
        self._drawn = mark
        self._refresh()

    def boundingRect(self) -> QRectF:
        """Around outline and marks, with room for their lines."""
        points = [point for mark in self._marks() for point in _points(mark)]
        around = QPolygonF([QPointF(*point) for point in points]).boundingRect() if points else QRectF()
        reach = 3 * DOT_PX / zoom_of(self)
        return around.united(self._path.boundingRect()).adjusted(-reach, -reach, reach, reach)

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Draws the outline below the marks."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = QColor(*self._shown.colour)
        fill = QColor(colour)
        fill.setAlphaF(_FILL)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawPath(self._path)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        style = Qt.PenStyle.DashLine if self._shown.thinking else Qt.PenStyle.SolidLine
        for pen in (cosmetic_pen(_HALO, HALO_PX), cosmetic_pen(colour, LINE_PX, style)):
            painter.setPen(pen)
            painter.drawPath(self._path)
        for mark in self._marks():
            if isinstance(mark, Stroke):
                self._draw_stroke(painter, mark)
            else:
                self._draw_box(painter, QRectF(QPointF(*mark[:2]), QPointF(*mark[2:])))

    def _draw_box(self, painter: QPainter, box: QRectF) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in (cosmetic_pen(_HALO, 3.0), cosmetic_pen(_INK, 1.4, Qt.PenStyle.DashLine)):
            painter.setPen(pen)
            painter.drawRect(box)

    def _draw_stroke(self, painter: QPainter, stroke: Stroke) -> None:
        colour = _INSIDE if stroke.is_inside else _OUTSIDE
        line = QPolygonF([QPointF(*point) for point in stroke.points])
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if len(stroke.points) > 1:
            for pen in (cosmetic_pen(_HALO, 6.0), cosmetic_pen(colour, 4.0)):
                painter.setPen(pen)
                painter.drawPolyline(line)
            return
        radius, arm = DOT_PX / zoom_of(self), 0.55 * DOT_PX / zoom_of(self)
        middle = QPointF(*stroke.points[0])
        painter.setPen(cosmetic_pen(_HALO, 2.0))
        painter.setBrush(colour)
        painter.drawEllipse(middle, radius, radius)
        painter.setPen(cosmetic_pen(_INK, 1.8))
        painter.drawLine(middle - QPointF(arm, 0), middle + QPointF(arm, 0))
        if stroke.is_inside:
            painter.drawLine(middle - QPointF(0, arm), middle + QPointF(0, arm))

    def _marks(self) -> list[Mark]:
        marks = self._shown.marks
        boxes: list[Mark] = [] if marks.box is None else [marks.box]
        return [*boxes, *marks.strokes, *([] if self._drawn is None else [self._drawn])]

    def _refresh(self) -> None:
        self.setVisible(bool(self._marks()))
        self.update()


def _points(mark: Mark) -> list[tuple[float, float]]:
    return list(mark.points) if isinstance(mark, Stroke) else [mark[:2], mark[2:]]
