"""The picture and its masks on a screen with fewer pixels than they have."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QStyleOptionGraphicsItem

from vosapp.presentation.viewer.overlay_style import TRANSPARENT, argb
from vosapp.presentation.viewer.raster import Box
from vosapp.ui.viewer.fitted_labels import FittedLabels
from vosapp.ui.viewer.overlay_item import OverlayItem
from vosapp.ui.viewer.picture_item import PictureItem

SIZE = (300, 401)  # height, width: nothing divides evenly
RED = [TRANSPARENT, argb((255, 0, 0), 0.5), *[TRANSPARENT] * 254]


def painted(item: PictureItem | OverlayItem, scale: float, ratio: float = 1.0) -> np.ndarray:
    """What an item draws on black at a scale, (height, width, 3) uint8."""
    width, height = round(SIZE[1] * scale * ratio), round(SIZE[0] * scale * ratio)
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor("black"))
    painter = QPainter(image)
    painter.scale(scale, scale)
    option = QStyleOptionGraphicsItem()
    option.exposedRect = QRectF(0, 0, SIZE[1], SIZE[0])
    item.paint(painter, option)
    painter.end()
    bits = np.frombuffer(image.constBits(), np.uint8).reshape(height, image.bytesPerLine())
    return bits[:, : width * 4].reshape(height, width, 4)[..., 2::-1].copy()


def ramp() -> np.ndarray:
    rows, columns = np.mgrid[: SIZE[0], : SIZE[1]]
    rgb = np.stack([columns * 255 // SIZE[1], rows * 255 // SIZE[0], np.full(SIZE, 77)], axis=-1).astype(np.uint8)
    rgb.flags.writeable = False
    return rgb


@pytest.mark.parametrize(("scale", "ratio"), [(0.3, 1.0), (0.73, 1.0), (0.31, 2.0), (1.0, 1.0), (0.9, 2.0)])
def test_the_picture_lies_where_it_belongs(scale: float, ratio: float, qapp: QApplication) -> None:
    item = PictureItem()
    item.show_picture(ramp())
    shown = painted(item, scale, ratio).astype(int)
    rows, columns = np.mgrid[: shown.shape[0], : shown.shape[1]]
    x, y = (columns + 0.5) / (scale * ratio) - 0.5, (rows + 0.5) / (scale * ratio) - 0.5
    inner = (slice(3, -3), slice(3, -3))
    assert np.abs(shown[..., 0] - x * 255 / SIZE[1])[inner].max() < 3
    assert np.abs(shown[..., 1] - y * 255 / SIZE[0])[inner].max() < 3
    assert (shown[..., 2] == 77).all()


def test_what_is_finer_than_the_screen_is_shown_as_its_mean(qapp: QApplication) -> None:
    fine = np.zeros((*SIZE, 3), np.uint8)
    fine[::2, 1::2] = fine[1::2, ::2] = 200
    item = PictureItem()
    item.show_picture(fine)
    assert np.abs(painted(item, 0.24)[3:-3, 3:-3].astype(int) - 100).max() < 5


def test_another_picture_replaces_the_smaller_one(qapp: QApplication) -> None:
    item = PictureItem()
    item.show_picture(ramp())
    first = painted(item, 0.5)
    item.show_picture(np.zeros((*SIZE, 3), np.uint8))
    assert first.any()
    assert not painted(item, 0.5).any()


def disc() -> np.ndarray:
    rows, columns = np.ogrid[: SIZE[0], : SIZE[1]]
    return ((rows - 140) ** 2 + (columns - 250) ** 2 < 80**2).astype(np.uint8)


@pytest.mark.parametrize(("scale", "ratio"), [(0.37, 1.0), (0.8, 1.0), (0.4, 2.0)])
def test_masks_lie_where_they_lie_when_painted_directly(scale: float, ratio: float, qapp: QApplication) -> None:
    """A stroke draws the labels themselves, playing draws the smaller ones: nothing may jump between the two."""
    labels = disc()
    item = OverlayItem()
    item.show_labels(labels, RED)
    fitted = painted(item, scale, ratio).astype(int)
    item.touch(Box(0, 0, 1, 1))
    direct = painted(item, scale, ratio).astype(int)
    assert direct.max() > 120
    assert np.abs(fitted - direct).mean() < 0.8
    inside = direct[..., 0] > 120
    assert (fitted[inside][:, 0] > 90).mean() > 0.99
    assert fitted[..., 1:].max() == 0


def test_a_new_look_and_a_new_mask_are_seen(qapp: QApplication) -> None:
    item = OverlayItem()
    item.show_labels(disc(), RED)
    red = painted(item, 0.5)
    item.set_style([argb((0, 0, 0)), argb((255, 255, 255)), *[TRANSPARENT] * 254], outline_px=0)
    white = painted(item, 0.5)
    assert red[..., 2].max() == 0
    assert white[70, 125].tolist() == [255, 255, 255]
    item.show_labels(np.zeros(SIZE, np.uint8), RED)
    assert not painted(item, 0.5).any()


def test_a_matte_covers_the_picture_around_the_object(qapp: QApplication) -> None:
    item = OverlayItem()
    item.show_labels(disc(), [argb((0, 255, 0)), TRANSPARENT, *[TRANSPARENT] * 254])
    shown = painted(item, 0.5)
    assert shown[5, 5].tolist() == [0, 255, 0]
    assert shown[70, 125].tolist() == [0, 0, 0]


def test_only_the_part_with_labels_is_made(qapp: QApplication) -> None:
    fitted = FittedLabels(disc(), RED, QRect(170, 60, 161, 161), 0.5)
    assert fitted._image.width() <= 83
