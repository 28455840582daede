"""Textures behind a cutout: a checkerboard or a picture, painted with the alpha of a colour table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRect, QRectF, QSize
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPixmap, QTransform

from vosapp.presentation.view_state import Backdrop
from vosapp.video.source import RgbImage

_SQUARE_PX = 12  # logical pixels on the screen, at every zoom
_LIGHT, _DARK = QColor(152, 152, 152), QColor(104, 104, 104)


@dataclass(frozen=True, eq=False, slots=True)
class Texture:
    """What is painted in place of a colour.

    Attributes:
        picture: it fills the picture of the clip, cut where its sides differ; None is a checkerboard.
    """

    picture: RgbImage | None = None


_CHECKER = Texture()


def texture_of(backdrop: Backdrop | None, picture: RgbImage | None) -> Texture | None:
    """The texture of a backdrop; None where it is a colour, or a picture that nobody has chosen."""
    if backdrop is Backdrop.CHECKER:
        return _CHECKER
    return Texture(picture) if backdrop is Backdrop.PICTURE and picture is not None else None


def paint_textured(painter: QPainter, image: QImage, texture: Texture, exposed: QRect) -> None:
    """Paints a texture where an image is opaque.

    Args:
        painter: its transform is the one of the image.
        image: whose alpha is taken.
        texture: in place of its colours.
        exposed: part of the image to paint.
    """
    world, ratio = painter.worldTransform(), painter.device().devicePixelRatioF()
    seen = world.mapRect(QRectF(exposed)).toAlignedRect()
    seen = seen.intersected(painter.viewport())
    if seen.isEmpty():
        return
    layer = QImage(seen.size() * ratio, QImage.Format.Format_ARGB32_Premultiplied)
    layer.setDevicePixelRatio(ratio)
    layer.fill(0)
    inner = QPainter(layer)
    shifted = world * QTransform.fromTranslate(-seen.left(), -seen.top())
    if texture.picture is None:
        inner.setBrushOrigin(-seen.left(), -seen.top())
        inner.fillRect(QRect(0, 0, seen.width(), seen.height()), QBrush(_checkerboard()))
    inner.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, world.m11() < 2.0)
    inner.setTransform(shifted)
    if texture.picture is not None:
        _fill(inner, texture.picture, image.size())
    inner.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationIn)
    inner.drawImage(QRectF(exposed), image, QRectF(exposed))
    inner.end()
    painter.save()
    painter.setWorldTransform(QTransform())
    painter.drawImage(seen.topLeft(), layer)
    painter.restore()


def _checkerboard() -> QPixmap:
    tile = QPixmap(2 * _SQUARE_PX, 2 * _SQUARE_PX)
    tile.fill(_DARK)
    painter = QPainter(tile)
    for place in (0, _SQUARE_PX):
        painter.fillRect(place, place, _SQUARE_PX, _SQUARE_PX, _LIGHT)
    painter.end()
    return tile


def _fill(painter: QPainter, picture: RgbImage, size: QSize) -> None:
    """Draws a picture so that it covers a size, its middle in the middle."""
    pixels = np.ascontiguousarray(picture)
    height, width = pixels.shape[:2]
    image = QImage(pixels.data, width, height, pixels.strides[0], QImage.Format.Format_RGB888)
    scale = max(size.width() / width, size.height() / height)
    part = QRectF(0, 0, size.width() / scale, size.height() / scale)
    part.moveCenter(QRectF(image.rect()).center())
    painter.drawImage(QRectF(0, 0, size.width(), size.height()), image, part)
