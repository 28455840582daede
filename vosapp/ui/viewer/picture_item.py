"""Graphics item that paints the frame, scaled down once where it is larger than the view."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from vosapp.video.source import RgbImage

_HALVED_BELOW = 0.5
"""Below this scale pictures are halved first, every pixel the mean of four; above, the four nearest are as good."""


class PictureItem(QGraphicsItem):
    """Draws a picture (height, width, 3) uint8 RGB without copying it at full size."""

    def __init__(self, parent: QGraphicsItem | None = None) -> None:
        super().__init__(parent)
        self._rgb: RgbImage | None = None
        self._whole = QImage()
        self._fitted = QImage()
        self._fitted_rgb: RgbImage | None = None  # the fitted image shares its memory

    @property
    def picture(self) -> RgbImage | None:
        """What is shown."""
        return self._rgb

    def show_picture(self, rgb: RgbImage) -> None:
        """Shows another picture; kept until the next one."""
        height, width = rgb.shape[:2]
        if self._rgb is None or self._rgb.shape != rgb.shape:
            self.prepareGeometryChange()
        self._rgb = rgb
        self._whole = QImage(rgb.data, width, height, rgb.strides[0], QImage.Format.Format_RGB888)
        self._fitted = QImage()
        self.update()

    def boundingRect(self) -> QRectF:
        """The picture's rectangle."""
        return QRectF(self._whole.rect())

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Draws the exposed part when the picture is enlarged, else all of it at the size of the screen."""
        if self._rgb is None:
            return
        world, ratio = painter.worldTransform(), painter.device().devicePixelRatioF()
        scale = world.m11() * ratio
        if scale >= 1.0:
            exposed = option.exposedRect.toAlignedRect().intersected(self._whole.rect())
            painter.drawImage(QRectF(exposed), self._whole, QRectF(exposed))
            return
        painter.save()
        painter.setWorldTransform(QTransform.fromTranslate(world.dx(), world.dy()))
        painter.drawImage(QPointF(0, 0), self._at_scale(self._rgb, scale, ratio))
        painter.restore()

    def _at_scale(self, rgb: RgbImage, scale: float, ratio: float) -> QImage:
        width, height = (max(1, round(side * scale)) for side in (rgb.shape[1], rgb.shape[0]))
        if (self._fitted.width(), self._fitted.height()) != (width, height):
            import cv2  # not at the start of the window

            # A mean over all pixels at once takes seven times as long: 40 ms at 2160p.
            while scale < _HALVED_BELOW:
                half = max(1, rgb.shape[1] // 2), max(1, rgb.shape[0] // 2)
                rgb, scale = np.asarray(cv2.resize(rgb, half, interpolation=cv2.INTER_AREA), np.uint8), 2 * scale
            resized = cv2.resize(rgb, (width, height), interpolation=cv2.INTER_LINEAR)
            small = np.asarray(cv2.cvtColor(resized, cv2.COLOR_RGB2BGRA), np.uint8)
            self._fitted = QImage(small.data, width, height, small.strides[0], QImage.Format.Format_RGB32)
            self._fitted_rgb = small
        self._fitted.setDevicePixelRatio(ratio)
        return self._fitted
