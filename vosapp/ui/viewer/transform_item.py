"""Graphics item for a mask that is moved, scaled or turned: its outline, its box and the handles."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPolygonF, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from vosapp.core.mask import Mask
from vosapp.presentation.placement import HANDLES, Placement, Point
from vosapp.ui.viewer.item_zoom import zoom_of
from vosapp.ui.viewer.outline_path import cosmetic_pen, outline_path

HANDLE_PX, TURN_PX = 4.5, 26.0  # logical pixels: half a handle's side, and how far the handle to turn is from the box
_DARK, _LIGHT = QColor(0, 0, 0, 190), QColor(255, 255, 255, 235)
_FILL = 0.35


class TransformItem(QGraphicsItem):
    """Draws a mask where it is dragged to; the mask itself stays until that is taken."""

    def __init__(self, parent: QGraphicsItem | None = None) -> None:
        super().__init__(parent)
        self._path = QPainterPath()
        self._colour = QColor()
        self.placement: Placement | None = None
        self.setZValue(22)
        self.setVisible(False)

    def set_mask(self, mask: Mask | None, colour: QColor) -> None:
        """Takes another mask, None for none."""
        self.prepareGeometryChange()
        self._path = QPainterPath() if mask is None else outline_path(mask.array())
        self._colour = colour

    def show_placement(self, placement: Placement | None) -> None:
        """Shows where the mask is dragged to, None hides everything."""
        self.prepareGeometryChange()
        self.placement = placement
        self.setVisible(placement is not None)
        self.update()

    def turn_handle(self) -> Point:
        """Where the handle to turn is, in picture coordinates; above the middle of the upper side."""
        if self.placement is None:
            return 0.0, 0.0
        line = QLineF(QPointF(*self.placement.middle), QPointF(*self.placement.handle(1)))
        line.setLength(line.length() + TURN_PX / zoom_of(self))
        return line.x2(), line.y2()

    def boundingRect(self) -> QRectF:
        """Around box and handles."""
        if self.placement is None:
            return QRectF()
        reach = 2 * HANDLE_PX / zoom_of(self) + 1
        points = [QPointF(*self.placement.handle(place)) for place in range(len(HANDLES))]
        around = QPolygonF([*points, QPointF(*self.turn_handle())]).boundingRect()
        return around.adjusted(-reach, -reach, reach, reach)

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Draws the mask below the box, the box below the handles."""
        if self.placement is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.placement.is_changed:
            self._draw_mask(painter, self.placement)
        corners = QPolygonF([QPointF(*self.placement.handle(place)) for place in (0, 2, 4, 6)])
        arm = QLineF(QPointF(*self.placement.handle(1)), QPointF(*self.turn_handle()))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in (cosmetic_pen(_DARK, 3.0), cosmetic_pen(_LIGHT, 1.2)):
            painter.setPen(pen)
            painter.drawPolygon(corners)
            painter.drawLine(arm)
        self._draw_handles(painter, self.placement)

    def _draw_mask(self, painter: QPainter, placement: Placement) -> None:
        (a, b, x), (c, d, y) = placement.matrix()
        path = QTransform(a, c, b, d, x, y).map(self._path)
        fill = QColor(self._colour)
        fill.setAlphaF(_FILL)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawPath(path)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in (cosmetic_pen(_DARK, 3.4), cosmetic_pen(self._colour, 1.6)):
            painter.setPen(pen)
            painter.drawPath(path)

    def _draw_handles(self, painter: QPainter, placement: Placement) -> None:
        half = HANDLE_PX / zoom_of(self)
        painter.setPen(cosmetic_pen(_DARK, 1.2))
        painter.setBrush(_LIGHT)
        for place in range(len(HANDLES)):
            x, y = placement.handle(place)
            painter.drawRect(QRectF(x - half, y - half, 2 * half, 2 * half))
        painter.setBrush(self._colour)
        painter.drawEllipse(QPointF(*self.turn_handle()), 1.2 * half, 1.2 * half)
