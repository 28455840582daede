"""Magnifier: what is under the pointer, with its masks, several times larger in a corner of the viewer."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGraphicsView, QWidget

from vosapp.ui.theme import TOKENS

SIZE = QSize(220, 220)
MARGIN_PX = 10
TIMES = 4.0  # larger than in the viewer
LEAST_PX = 8.0  # logical pixels of a picture pixel, at least


class Magnifier(QWidget):
    """A small window into the viewer that follows the pointer; it takes no clicks."""

    def __init__(self, view: QGraphicsView) -> None:
        super().__init__(view.viewport())
        self._view = view
        self._at: QPointF | None = None
        self._is_on = False
        self._zoom = 1.0
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("Magnifier")
        self.resize(SIZE)
        self.hide()

    def set_on(self, on: bool) -> None:
        """Shows it as soon as the pointer is over the picture, or not at all."""
        self._is_on = on
        self._place()

    def follow(self, at: QPointF | None, zoom: float) -> None:
        """Shows what lies around a point of the viewer, None where the pointer is elsewhere.

        Args:
            at: in logical pixels.
            zoom: logical pixels a picture pixel in the viewer.
        """
        self._at, self._zoom = at, zoom
        self._place()

    def refresh(self) -> None:
        """Draws anew: the picture or its masks have changed."""
        if self.isVisible():
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the scene around the pointer, a cross in the middle, and a border."""
        if self._at is None:
            return
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(TOKENS.viewer))
        times = max(TIMES, LEAST_PX / max(self._zoom, 1e-6))
        width, height = self.width() / times, self.height() / times
        source = QRectF(self._at.x() - width / 2, self._at.y() - height / 2, width, height)
        self._view.scene().render(painter, QRectF(self.rect()), source, Qt.AspectRatioMode.IgnoreAspectRatio)
        middle = QPointF(self.width() / 2, self.height() / 2)
        for colour, width_px in ((QColor(0, 0, 0, 160), 3.0), (QColor(255, 255, 255, 220), 1.0)):
            painter.setPen(QPen(colour, width_px))
            painter.drawLine(middle - QPointF(7, 0), middle + QPointF(7, 0))
            painter.drawLine(middle - QPointF(0, 7), middle + QPointF(0, 7))
        painter.setPen(QPen(QColor(TOKENS.strong_line), 2))
        painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()

    def _place(self) -> None:
        self.setVisible(self._is_on and self._at is not None)
        if self._at is None or not self.isVisible():
            return
        room = self._view.viewport().width() - self.width() - MARGIN_PX
        near_left = self._at.x() < self.width() + 3 * MARGIN_PX and self._at.y() < self.height() + 3 * MARGIN_PX
        self.move(room if near_left else MARGIN_PX, MARGIN_PX)
        self.update()
