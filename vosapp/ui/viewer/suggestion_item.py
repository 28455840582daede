"""Graphics item for suggested objects: outlines to choose from."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from vosapp.core.mask import BoolImage, Mask
from vosapp.presentation.suggest.display import SuggestionOutline
from vosapp.presentation.viewer.raster import Point
from vosapp.ui.viewer.item_zoom import zoom_of
from vosapp.ui.viewer.outline_path import cosmetic_pen, outline_path

_HALO = QColor(0, 0, 0, 170)
_BADGE_INK = QColor("#17171a")
LINE_PX = 2.2  # logical pixels, as all of these
HALO_PX = 4.6
BADGE_PX = 20.0
CHOSEN_FILL, HOVERED_FILL = 0.42, 0.25


@dataclass(frozen=True, slots=True)
class _Shape:
    """A suggestion ready to be drawn: its outline, a point well inside it, its pixels and how many they are."""

    path: QPainterPath
    middle: QPointF
    inside: BoolImage
    area_px: int


class SuggestionItem(QGraphicsItem):
    """Draws the suggestions of the frame shown and finds the one under a point."""

    def __init__(self, parent: QGraphicsItem | None = None) -> None:
        super().__init__(parent)
        self._outlines: tuple[SuggestionOutline, ...] = ()
        self._shapes: dict[str, _Shape] = {}  # by the digest of the mask: only colours and choice change often
        self._hovered = -1
        self.setZValue(25)
        self.setVisible(False)

    @property
    def is_shown(self) -> bool:
        """Whether there is something to click at."""
        return bool(self._outlines)

    @property
    def hovered(self) -> int:
        """Place of the suggestion that is lit, -1 for none."""
        return self._hovered

    def show_outlines(self, outlines: tuple[SuggestionOutline, ...]) -> None:
        """Shows other suggestions, the best first; none hides the item."""
        self.prepareGeometryChange()
        self._outlines = outlines
        known = self._shapes
        self._shapes = {o.mask.digest: known.get(o.mask.digest) or _shape_of(o.mask) for o in outlines}
        if self._hovered >= len(outlines):
            self._hovered = -1
        self.setVisible(bool(outlines))
        self.update()

    def hover(self, place: int) -> bool:
        """Lights one suggestion, -1 for none; returns whether that is another one than before."""
        changed = place != self._hovered and -1 <= place < len(self._outlines)
        if changed:
            self._hovered = place
            self.update()
        return changed

    def at(self, point: Point) -> int:
        """Place of the smallest suggestion that holds a picture point, -1 for none: small ones lie in large ones."""
        column, row = math.floor(point[0]), math.floor(point[1])
        holding = [
            (shape.area_px, place)
            for place, shape in enumerate(self._each())
            if 0 <= row < shape.inside.shape[0] and 0 <= column < shape.inside.shape[1] and shape.inside[row, column]
        ]
        return min(holding)[1] if holding else -1

    def boundingRect(self) -> QRectF:
        """The picture, with room for badges at its border."""
        if not self._outlines:
            return QRectF()
        mask, reach = self._outlines[0].mask, 60 / zoom_of(self)
        return QRectF(0, 0, mask.width, mask.height).adjusted(-reach, -reach, reach, reach)

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Draws the weakest first, the lit one last."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shapes = self._each()
        order = sorted(range(len(shapes)), key=lambda place: (place == self._hovered, -place))
        for place in order:
            self._draw_outline(painter, shapes[place], place)
        for place in order:
            self._draw_badge(painter, shapes[place].middle, place)

    def _draw_outline(self, painter: QPainter, shape: _Shape, place: int) -> None:
        outline = self._outlines[place]
        colour = QColor(*outline.colour)
        fill = QColor(colour)
        fill.setAlphaF(
            CHOSEN_FILL * outline.chosen + HOVERED_FILL * (place == self._hovered) * (1.0 - 0.5 * outline.chosen)
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawPath(shape.path)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(cosmetic_pen(_HALO, HALO_PX))
        painter.drawPath(shape.path)
        style = Qt.PenStyle.SolidLine if outline.chosen else Qt.PenStyle.DashLine
        painter.setPen(cosmetic_pen(colour, LINE_PX, style))
        painter.drawPath(shape.path)

    def _draw_badge(self, painter: QPainter, middle: QPointF, place: int) -> None:
        outline = self._outlines[place]
        text = f"✓ {outline.text}" if outline.chosen else outline.text
        font = QFont(painter.font())
        font.setPointSizeF(9.0)
        font.setBold(True)
        width = QFontMetricsF(font).horizontalAdvance(text) + 16
        painter.save()
        painter.translate(middle)
        painter.scale(1 / zoom_of(self), 1 / zoom_of(self))
        painter.setFont(font)
        pill = QRectF(-width / 2, -BADGE_PX / 2, width, BADGE_PX)
        painter.setPen(QPen(_HALO, 1.5))
        painter.setBrush(QColor(*outline.colour))
        painter.drawRoundedRect(pill, BADGE_PX / 2, BADGE_PX / 2)
        painter.setPen(_BADGE_INK)
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)
        painter.restore()

    def _each(self) -> list[_Shape]:
        return [self._shapes[outline.mask.digest] for outline in self._outlines]


def _shape_of(mask: Mask) -> _Shape:
    import cv2  # not at the start of the window

    inside = mask.array()
    pixels = inside.view(np.uint8)
    depth = cv2.distanceTransform(np.pad(pixels, 1), cv2.DIST_L2, 3)[1:-1, 1:-1]
    row, column = np.unravel_index(int(depth.argmax()), depth.shape)
    return _Shape(outline_path(inside), QPointF(float(column) + 0.5, float(row) + 0.5), inside, mask.area_px)
