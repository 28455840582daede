"""The outline of a mask as a path, for what is drawn as a line of even width at every zoom."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainterPath, QPen, QPolygonF

from vosapp.core.mask import BoolImage


def outline_path(inside: BoolImage) -> QPainterPath:
    """The outlines of all pieces and holes of a mask (height, width), in picture coordinates."""
    import cv2  # not at the start of the window

    path = QPainterPath()
    for contour in cv2.findContours(inside.view(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)[0]:
        # a contour runs through the middle of border pixels
        path.addPolygon(QPolygonF([QPointF(float(x) + 0.5, float(y) + 0.5) for x, y in contour[:, 0]]))
        path.closeSubpath()
    return path


def cosmetic_pen(colour: QColor, width_px: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """A pen whose width is in logical pixels whatever the zoom."""
    pen = QPen(colour, width_px, style)
    pen.setCosmetic(True)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen
