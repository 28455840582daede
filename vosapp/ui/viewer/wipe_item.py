"""Graphics item for the wipe's line and the names of its sides."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from vosapp.presentation.viewer.layers import LayerStack
from vosapp.presentation.viewer.raster import Point

NEAR_PX = 7.0  # logical pixels in which a press takes hold of the line
_ROUND_PX = 9.0
_LINE, _HALO, _PLATE = QColor(255, 255, 255, 235), QColor(0, 0, 0, 140), QColor(16, 16, 17, 200)
_GAP_PX, _TALL_PX = 8.0, 22.0


@dataclass(frozen=True, slots=True)
class Side:
    """What lies right of the wipe's line.

    Attributes:
        at: where the line stands, as a share of the picture's width.
        names: of the left and the right side.
        stack: masks of the right side.
    """

    at: float
    names: tuple[str, str]
    stack: LayerStack


class WipeItem(QGraphicsItem):
    """Draws the line from the top to the bottom of the picture, and a round handle in the middle of what is seen."""

    def __init__(self, parent: QGraphicsItem | None = None) -> None:
        super().__init__(parent)
        self._x = 0.0
        self._size = (1.0, 1.0)
        self._texts = ("", "")
        self.setZValue(25)
        self.setVisible(False)

    def show_line(self, x: float, size: tuple[float, float], texts: tuple[str, str]) -> None:
        """Shows the line at a picture column of a picture (width, height), with the names of the sides."""
        self.prepareGeometryChange()
        self._x, self._size, self._texts = x, size, texts
        self.setVisible(True)
        self.update()

    def is_near(self, point: Point, zoom: float) -> bool:
        """Whether a press at a picture point takes hold of the line."""
        return self.isVisible() and abs(point[0] - self._x) * zoom <= NEAR_PX and 0 <= point[1] <= self._size[1]

    def boundingRect(self) -> QRectF:
        """The picture, and as much beside it as the names may need at the smallest zoom."""
        width, height = self._size
        return QRectF(-width, 0, 3 * width, height)

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Draws in logical pixels, whatever the zoom."""
        world = painter.worldTransform()
        top, bottom = world.map(QPointF(self._x, 0)), world.map(QPointF(self._x, self._size[1]))
        first, last = max(top.y(), 0.0), min(bottom.y(), widget.height() if widget is not None else bottom.y())
        painter.save()
        painter.setWorldTransform(QTransform())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for colour, width in ((_HALO, 3.6), (_LINE, 1.6)):
            painter.setPen(QPen(colour, width))
            painter.drawLine(QPointF(top.x(), first), QPointF(top.x(), last))
        self._draw_handle(painter, QPointF(top.x(), (first + last) / 2))
        self._draw_names(painter, top.x(), last - _TALL_PX - 10)  # messages lie at the top
        painter.restore()

    def _draw_handle(self, painter: QPainter, middle: QPointF) -> None:
        painter.setPen(QPen(_LINE, 1.6))
        painter.setBrush(_PLATE)
        painter.drawEllipse(middle, _ROUND_PX, _ROUND_PX)
        for side in (-1, 1):
            tip = middle + QPointF(side * 5.5, 0)
            for down in (-2.5, 2.5):
                painter.drawLine(tip, tip + QPointF(-side * 2.5, down))

    def _draw_names(self, painter: QPainter, x: float, y: float) -> None:
        for text, side in zip(self._texts, (-1, 1), strict=True):
            width = painter.fontMetrics().horizontalAdvance(text) + 14.0
            left = x - _GAP_PX - width if side < 0 else x + _GAP_PX
            plate = QRectF(left, y, width, _TALL_PX)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(_PLATE)
            painter.drawRoundedRect(plate, 4, 4)
            painter.setPen(_LINE)
            painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)
