"""Scales a label image in its colours to the screen once, for repeated painting."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect
from PySide6.QtGui import QImage, QPainter, QTransform

from vosapp.presentation.viewer.layers import Labels


class FittedLabels:
    """A part of a label image at a scale below 1.

    Attributes:
        scale: device pixels a picture pixel.
    """

    def __init__(self, labels: Labels, table: list[int], part: QRect, scale: float) -> None:
        """Makes it.

        Args:
            labels: (height, width) uint8.
            table: 256 packed colours, not premultiplied.
            part: of the label image, not empty; outside nothing is drawn.
            scale: device pixels a picture pixel.
        """
        import cv2  # not at the start of the window

        self.scale = scale
        height, width = labels.shape
        # The picture beneath has whole device pixels: the same true scales, or edges would drift apart.
        across, down = max(1, round(width * scale)) / width, max(1, round(height * scale)) / height
        left, top = math.floor(part.left() * across), math.floor(part.top() * down)
        right, bottom = math.ceil((part.right() + 1) * across), math.ceil((part.bottom() + 1) * down)
        inside = labels[part.top() : part.bottom() + 1, part.left() : part.right() + 1]
        coloured = _premultiplied(table).take(inside).view(np.uint8).reshape(*inside.shape, 4)
        place = np.array(
            [
                [across, 0, across * (part.left() + 0.5) - 0.5 - left],
                [0, down, down * (part.top() + 0.5) - 0.5 - top],
            ]
        )
        size = right - left, bottom - top
        self._pixels = cv2.warpAffine(coloured, place, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        form = QImage.Format.Format_ARGB32_Premultiplied
        self._image = QImage(self._pixels.data, *size, self._pixels.strides[0], form)
        self._corner = left, top

    def draw(self, painter: QPainter) -> None:
        """Draws it with a painter whose transform is the one of the label image."""
        world, ratio = painter.worldTransform(), painter.device().devicePixelRatioF()
        self._image.setDevicePixelRatio(ratio)
        painter.save()
        painter.setWorldTransform(QTransform.fromTranslate(world.dx(), world.dy()))
        painter.drawImage(QPointF(self._corner[0] / ratio, self._corner[1] / ratio), self._image)
        painter.restore()


def _premultiplied(table: list[int]) -> NDArray[np.uint32]:
    """The colours with their alpha multiplied in."""
    packed = np.array(table, np.uint32)
    alpha = packed >> 24
    parts = [((packed >> shift & 255) * alpha + 127) // 255 << shift for shift in (16, 8, 0)]
    return np.asarray(alpha << 24 | parts[0] | parts[1] | parts[2], np.uint32)
