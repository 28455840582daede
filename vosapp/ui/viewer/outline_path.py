"""Builds the outline of a mask as a painter path."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainterPath, QPen

import pyqtgraph as pg  # isort: skip - after PySide6, so that it takes this binding

from vosapp.core.mask import BoolImage


def outline_path(inside: BoolImage) -> QPainterPath:
    """The outlines of all pieces and holes of a mask (height, width), in picture coordinates."""
    import cv2  # not at the start of the window

    contours = cv2.findContours(inside.view(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)[0]
    if not contours:
        return QPainterPath()
    closed = [np.concatenate([contour[:, 0], contour[:1, 0]]) for contour in contours]
    ends = np.cumsum([len(contour) for contour in closed]) - 1
    points = np.concatenate(closed) + 0.5  # a contour runs through the middle of border pixels
    goes_on = np.ones(len(points), np.int32)
    goes_on[ends] = 0
    return pg.functions.arrayToQPath(points[:, 0], points[:, 1], goes_on)


def cosmetic_pen(colour: QColor, width_px: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """A pen whose width is in logical pixels whatever the zoom."""
    pen = QPen(colour, width_px, style)
    pen.setCosmetic(True)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen
