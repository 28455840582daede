"""Graphics items of the pen: brush ring, polygon, and closed shapes with their handles."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from vosapp.core.pen_shape import PenShape, Point
from vosapp.ui.theme import TOKENS
from vosapp.ui.viewer.item_zoom import zoom_of

_DARK, _LIGHT = QColor(0, 0, 0, 190), QColor(255, 255, 255, 235)
CORNER_PX = 4.5  # logical pixels


def _tint(painter: QPainter, area: QPolygonF, colour: QColor) -> None:
    """Lays a hint of a colour over what would be filled."""
    fill = QColor(colour)
    fill.setAlphaF(0.22)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(fill)
    painter.drawPolygon(area)


def _cosmetic(colour: QColor, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    pen = QPen(colour, width, style)
    pen.setCosmetic(True)
    return pen


class BrushRing(QGraphicsItem):
    """A ring around the pixels that a press would paint: white on black, to be seen on any picture.

    Two dotted rings show how far the object's soft edge will reach on either side of it.
    """

    def __init__(self, parent: QGraphicsItem | None = None) -> None:
        super().__init__(parent)
        self._radius = 1.0
        self._soft_px = 0.0
        self._erases = False
        self.setZValue(30)
        self.setVisible(False)

    def set_shape(self, radius: float, *, soft_px: float = 0.0, erases: bool) -> None:
        """Sets radius and width of the soft edge in picture pixels; an eraser's ring is dashed."""
        if (radius, soft_px, erases) != (self._radius, self._soft_px, self._erases):
            self.prepareGeometryChange()
            self._radius, self._soft_px, self._erases = radius, soft_px, erases
            self.update()

    @property
    def radius(self) -> float:
        """In picture pixels."""
        return self._radius

    @property
    def soft_px(self) -> float:
        """Width of the soft edge in picture pixels."""
        return self._soft_px

    def boundingRect(self) -> QRectF:
        """A little more than the ring: cosmetic pens have no size in picture pixels."""
        reach = self._radius * 1.05 + self._soft_px / 2 + 4.0 / zoom_of(self) + 1.0
        return QRectF(-reach, -reach, 2 * reach, 2 * reach)

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Draws the ring, and a dot for its middle when it is large."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        circle = QRectF(-self._radius, -self._radius, 2 * self._radius, 2 * self._radius)
        painter.setPen(_cosmetic(_DARK, 3.0))
        painter.drawEllipse(circle)
        painter.setPen(_cosmetic(_LIGHT, 1.2, Qt.PenStyle.DashLine if self._erases else Qt.PenStyle.SolidLine))
        painter.drawEllipse(circle)
        if self._soft_px * zoom_of(self) >= 4:  # nearer ones would not be told apart
            self._draw_soft_edge(painter)
        if self._radius * zoom_of(self) > 12:
            painter.setPen(_cosmetic(_LIGHT, 2.0))
            painter.drawPoint(QPointF(0, 0))

    def _draw_soft_edge(self, painter: QPainter) -> None:
        for radius in (self._radius - self._soft_px / 2, self._radius + self._soft_px / 2):
            if radius > 0:
                painter.setPen(_cosmetic(_DARK, 2.0, Qt.PenStyle.DotLine))
                painter.drawEllipse(QPointF(0, 0), radius, radius)
                painter.setPen(_cosmetic(_LIGHT, 1.0, Qt.PenStyle.DotLine))
                painter.drawEllipse(QPointF(0, 0), radius, radius)


class PolygonItem(QGraphicsItem):
    """Corners set so far, the line to the pointer, and a larger first corner when a click there would close."""

    def __init__(self, parent: QGraphicsItem | None = None) -> None:
        super().__init__(parent)
        self._points: tuple[Point, ...] = ()
        self._pointer: Point | None = None
        self._closing = False
        self._colour = QColor(TOKENS.accent)
        self.setZValue(20)

    def show_points(
        self, points: tuple[Point, ...], pointer: Point | None, *, closing: bool, colour: QColor | None = None
    ) -> None:
        """Shows other corners, all in picture coordinates."""
        self.prepareGeometryChange()
        self._points, self._pointer, self._closing = points, pointer, closing
        self._colour = colour or self._colour
        self.update()

    def boundingRect(self) -> QRectF:
        """Around all corners, with room for their marks."""
        points = [*self._points, *([self._pointer] if self._pointer else [])]
        if not points:
            return QRectF()
        reach = 12.0 / zoom_of(self)
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        return QRectF(min(xs) - reach, min(ys) - reach, max(xs) - min(xs) + 2 * reach, max(ys) - min(ys) + 2 * reach)

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Draws the open line, its corners and the closing hint."""
        if not self._points:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        corners = [QPointF(*p) for p in self._points]
        line = QPolygonF([*corners, *([QPointF(*self._pointer)] if self._pointer else [])])
        _tint(painter, line, self._colour)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in (_cosmetic(_DARK, 3.2), _cosmetic(_LIGHT, 1.4)):
            painter.setPen(pen)
            painter.drawPolyline(line)
        radius = CORNER_PX / zoom_of(self)
        for i, corner in enumerate(corners if len(corners) < 200 else corners[:1]):
            size = radius * (1.7 if i == 0 and self._closing else 1.0)
            painter.setPen(_cosmetic(_DARK, 1.2))
            painter.setBrush(self._colour if i == 0 else _LIGHT)
            painter.drawEllipse(corner, size, size)


class ShapeItem(QGraphicsItem):
    """A closed shape with a square at each of its handles; the one under the pointer is filled."""

    def __init__(self, parent: QGraphicsItem | None = None) -> None:
        super().__init__(parent)
        self._shape: PenShape | None = None
        self._colour = QColor(TOKENS.accent)
        self._filled = False
        self._lit = -1
        self.setZValue(21)
        self.setVisible(False)

    @property
    def shape_shown(self) -> PenShape | None:
        """The shape on the screen, None for none."""
        return self._shape

    def show_shape(self, shape: PenShape | None, colour: QColor, *, filled: bool = False, lit: int = -1) -> None:
        """Shows another shape, or none.

        Args:
            shape: in picture coordinates.
            colour: of the object.
            filled: it is not in the mask yet.
            lit: place of the handle under the pointer, -1 for none.
        """
        if (shape, colour, filled, lit) == (self._shape, self._colour, self._filled, self._lit):
            return
        self.prepareGeometryChange()
        self._shape, self._colour, self._filled, self._lit = shape, colour, filled, lit
        self.setVisible(shape is not None)
        self.update()

    def boundingRect(self) -> QRectF:
        """Around all points, with room for the handles."""
        if self._shape is None:
            return QRectF()
        reach = 12.0 / zoom_of(self)
        around = QPolygonF([QPointF(*point) for point in self._shape.points]).boundingRect()
        return around.adjusted(-reach, -reach, reach, reach)

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Draws the line below the handles."""
        if self._shape is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = QPolygonF([QPointF(*point) for point in self._shape.points])
        if self._filled:
            _tint(painter, line, self._colour)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in (_cosmetic(_DARK, 3.0), _cosmetic(_LIGHT, 1.2)):
            painter.setPen(pen)
            painter.drawPolygon(line)
        for place, index in enumerate(self._shape.handles):
            half = CORNER_PX * (1.3 if place == self._lit else 0.8) / zoom_of(self)
            painter.setPen(_cosmetic(_DARK, 1.2))
            painter.setBrush(self._colour if place == self._lit else _LIGHT)
            x, y = self._shape.points[index]
            painter.drawRect(QRectF(x - half, y - half, 2 * half, 2 * half))
