"""Graphics item that paints a label image through a colour table."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from vosapp.presentation.viewer.layers import Labels
from vosapp.presentation.viewer.overlay_style import with_edges
from vosapp.presentation.viewer.raster import Box
from vosapp.ui.viewer.fitted_labels import FittedLabels
from vosapp.ui.viewer.texture import Texture, paint_textured

OUTLINE_PX = 2.0  # logical pixels on the screen


class OverlayItem(QGraphicsItem):
    """Draws a label image (one byte a pixel) over the picture without copying or blending it in numpy.

    The image shares its memory with `labels`: a live stroke changes the array and calls `touch` with the box that it
    changed, so only that part is drawn again.
    """

    def __init__(self, parent: QGraphicsItem | None = None) -> None:
        super().__init__(parent)
        self._labels: Labels = np.zeros((1, 1), np.uint8)
        self._shown: Labels = self._labels
        self._image = QImage()
        self._table = [0] * 256
        self._outline_px = 0
        self._extent = QRect()  # where there is anything but background
        self._fitted: FittedLabels | None = None  # for a scale below 1, while nobody paints
        self._is_touched = False
        self._columns: tuple[float, float] | None = None  # between which it is drawn
        self._texture: Texture | None = None
        self.setVisible(False)

    @property
    def labels(self) -> Labels:
        """The label image, (height, width) uint8."""
        return self._labels

    def show_labels(self, labels: Labels, table: list[int], *, outline_px: int = 0) -> None:
        """Shows another label image.

        Args:
            labels: (height, width) uint8; kept, and drawn from until the next call.
            table: 256 packed colours.
            outline_px: 0 for areas alone; otherwise pixels this near to an outline, in picture pixels, have colours
                of their own (`outlined_table`).
        """
        if labels.shape != self._labels.shape:
            self.prepareGeometryChange()
        self._labels, self._table, self._outline_px = labels, table, outline_px
        self._rebuild()

    def set_style(self, table: list[int], *, outline_px: int) -> None:
        """Changes colours and outline of the same label image."""
        if table == self._table and outline_px == self._outline_px:
            return
        rebuild = outline_px != self._outline_px
        self._table, self._outline_px = table, outline_px
        if rebuild:
            self._rebuild()
            return
        self._image.setColorTable(self._table)
        self._fitted = None
        self.update()

    def touch(self, box: Box) -> None:
        """Draws again what a change of `labels` within `box` has changed."""
        if self._outline_px:
            box = self._refresh_edges(box)
        self._is_touched, self._fitted = True, None
        self._extent = self._extent.united(QRect(box.left, box.top, box.right - box.left, box.bottom - box.top))
        self.update(QRectF(box.left, box.top, box.right - box.left, box.bottom - box.top))

    def set_texture(self, texture: Texture | None) -> None:
        """Paints a pattern or picture wherever the colours are opaque, in place of them; None paints the colours."""
        if texture != self._texture:
            self._texture = texture
            self.update()

    def show_between(self, columns: tuple[float, float] | None) -> None:
        """Draws only between two picture columns, None draws everything."""
        if columns != self._columns:
            self._columns = columns
            self.update()

    def boundingRect(self) -> QRectF:
        """The picture's rectangle."""
        height, width = self._labels.shape
        return QRectF(0, 0, width, height)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Draws the exposed part; hard edges, so that what is seen is what is masked."""
        exposed = option.exposedRect.toAlignedRect().intersected(self._image.rect())
        if not self._table[0] >> 24:  # nothing is drawn over the background
            exposed = exposed.intersected(self._extent)
        if exposed.isEmpty():
            return
        painter.save()
        if self._columns is not None:
            left, right = self._columns
            painter.setClipRect(QRectF(left, 0, right - left, self._image.height()), Qt.ClipOperation.IntersectClip)
        self._paint_part(painter, exposed)
        painter.restore()

    def _paint_part(self, painter: QPainter, exposed: QRect) -> None:
        if self._texture is not None:
            paint_textured(painter, self._image, self._texture, exposed)
            return
        scale = painter.worldTransform().m11() * painter.device().devicePixelRatioF()
        if scale < 1.0 and not self._is_touched:
            self._paint_fitted(painter, scale)
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, painter.transform().m11() < 1.0)
        painter.drawImage(QRectF(exposed), self._image, QRectF(exposed))

    def _paint_fitted(self, painter: QPainter, scale: float) -> None:
        """Draws what was made smaller once for this scale: while playing and scrubbing nothing else changes."""
        if self._fitted is None or self._fitted.scale != scale:
            whole = self._image.rect() if self._table[0] >> 24 else self._extent
            self._fitted = FittedLabels(self._shown, self._table, whole, scale)
        self._fitted.draw(painter)

    def _rebuild(self) -> None:
        self._shown = with_edges(self._labels, self._outline_px) if self._outline_px else self._labels
        height, width = self._shown.shape
        self._shown = np.ascontiguousarray(self._shown)
        self._image = QImage(self._shown.data, width, height, width, QImage.Format.Format_Indexed8)
        self._image.setColorTable(self._table)
        self._extent = _extent(self._labels)
        self._is_touched, self._fitted = False, None
        self.setVisible(True)
        self.update()

    def _refresh_edges(self, box: Box) -> Box:
        """Brings the outlines in and around a box up to date; returns the wider box that may have changed."""
        height, width = self._labels.shape
        reach = self._outline_px + 1
        changed = _grown(box, reach, height, width)
        needed = _grown(changed, reach, height, width)
        fresh = with_edges(self._labels[needed.slices], self._outline_px)
        top, left = changed.top - needed.top, changed.left - needed.left
        part = fresh[top : top + changed.bottom - changed.top, left : left + changed.right - changed.left]
        self._shown[changed.slices] = part
        return changed


def _extent(labels: Labels) -> QRect:
    """The smallest rectangle around everything that is not 0."""
    rows = np.flatnonzero(labels.any(axis=1))
    if len(rows) == 0:
        return QRect()
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    columns = np.flatnonzero(labels[top:bottom].any(axis=0))
    left, right = int(columns[0]), int(columns[-1]) + 1
    return QRect(left, top, right - left, bottom - top)


def _grown(box: Box, reach: int, height: int, width: int) -> Box:
    return Box(
        max(0, box.left - reach),
        max(0, box.top - reach),
        min(width, box.right + reach),
        min(height, box.bottom + reach),
    )


def outline_width(zoom: float) -> int:
    """Outline width in picture pixels that looks alike at every zoom: about two logical pixels, at least one."""
    return max(1, math.ceil(OUTLINE_PX / max(zoom, 1e-6) - 0.25))
