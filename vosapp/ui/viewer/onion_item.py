"""Graphics item for outlines of the object on neighbouring frames."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from vosapp.core.mask import Mask
from vosapp.ui.viewer.outline_path import cosmetic_pen, outline_path

BEFORE, AFTER = QColor(90, 170, 255), QColor(255, 190, 70)
_HALO = QColor(0, 0, 0, 120)


class OnionItem(QGraphicsItem):
    """Draws the outlines of up to two neighbouring masks; dashes tell the earlier from the later, not colour alone."""

    def __init__(self, parent: QGraphicsItem | None = None) -> None:
        super().__init__(parent)
        self._paths: list[tuple[QPainterPath, bool]] = []
        self._bounds = QRectF()
        self.setZValue(15)
        self.setVisible(False)

    def show_masks(self, masks: Sequence[tuple[Mask, bool]]) -> None:
        """Shows other masks, each with whether it lies before the picture; none hides the item."""
        self.prepareGeometryChange()
        self._paths = [(outline_path(mask.array()), before) for mask, before in masks]
        self._bounds = QRectF(0, 0, masks[0][0].width, masks[0][0].height) if masks else QRectF()
        self.setVisible(bool(masks))
        self.update()

    @property
    def count(self) -> int:
        """Number of outlines shown."""
        return len(self._paths)

    def boundingRect(self) -> QRectF:
        """The picture."""
        return self._bounds

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Draws the lines over a faint dark one, so that they show on any picture."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for path, before in self._paths:
            painter.setPen(cosmetic_pen(_HALO, 2.8))
            painter.drawPath(path)
            style = Qt.PenStyle.DashLine if before else Qt.PenStyle.DotLine
            painter.setPen(cosmetic_pen(BEFORE if before else AFTER, 1.6, style))
            painter.drawPath(path)
