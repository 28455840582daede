"""A view whose picture a camera shows: zoom, pan, fit, and points of the picture and the view."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Signal
from PySide6.QtGui import QPainter, QResizeEvent, QTransform
from PySide6.QtWidgets import QWidget

import pyqtgraph as pg  # isort: skip - after PySide6, so that it takes this binding

from vosapp.presentation.viewer.camera import Camera, at_scale, fit
from vosapp.presentation.viewer.raster import Point
from vosapp.ui.theme import TOKENS


class CameraView(pg.GraphicsView):
    """Shows what lies in its `root`, in picture pixels, through a camera.

    Attributes:
        camera: zoom and place.
        root: holds all that moves with the picture.

    Signals:
        zoomed: logical pixels a picture pixel.
    """

    zoomed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        self.camera = Camera()
        self._picture: QSize | None = None
        self._is_ready = False  # the base class resizes itself before it is
        super().__init__(parent, useOpenGL=False, background=TOKENS.viewer)
        self.setCentralItem(None)
        self.root = pg.ItemGroup()
        self.addItem(self.root)
        self._is_ready = True

    def take_theme(self) -> None:
        """Takes the colour around the picture from the theme that holds now."""
        self.setBackground(TOKENS.viewer)

    @property
    def zoom(self) -> float:
        """Logical pixels a picture pixel."""
        return self.camera.zoom

    @property
    def picture_size(self) -> tuple[float, float]:
        """(width, height) of the picture, (1, 1) before there is one."""
        return (self._picture.width(), self._picture.height()) if self._picture else (1, 1)

    @property
    def view_size(self) -> tuple[float, float]:
        """(width, height) of the viewer in logical pixels."""
        return self.viewport().width(), self.viewport().height()

    def set_camera(self, camera: Camera) -> None:
        """Shows the picture at another zoom and place."""
        camera = camera.kept_in_reach(self.picture_size)
        rescaled = camera.zoom != self.camera.zoom
        self.camera = camera
        if not self._is_ready:
            return
        x, y = camera.to_view((0.0, 0.0), self.view_size)
        ratio = self.devicePixelRatioF()  # whole device pixels, or hard pixel edges shimmer while panning
        x, y = round(x * ratio) / ratio, round(y * ratio) / ratio
        self.root.setTransform(QTransform(camera.zoom, 0, 0, camera.zoom, x, y))
        self.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, camera.zoom < 2.0)
        if rescaled:
            self.zoomed.emit(camera.zoom)
        self.viewport().update()

    def zoom_to_fit(self) -> None:
        """Shows the whole picture."""
        self.set_camera(fit(self.picture_size, self.view_size))

    def zoom_to_scale(self, scale: float) -> None:
        """Shows a picture pixel on `scale` device pixels."""
        self.set_camera(at_scale(self.camera, self.devicePixelRatioF(), scale))

    def zoom_by(self, factor: float, at: Point | None = None) -> None:
        """Zooms around a view point, or the middle."""
        width, height = self.view_size
        self.set_camera(self.camera.zoomed(factor, at or (width / 2, height / 2), self.view_size))

    def pan(self, dx: float, dy: float) -> None:
        """Moves the picture by logical pixels."""
        self.set_camera(self.camera.panned(dx, dy))

    def to_picture(self, view_point: QPointF) -> Point:
        """The picture point under a point of the viewer."""
        return self.camera.to_picture((view_point.x(), view_point.y()), self.view_size)

    def to_view(self, picture_point: Point) -> QPointF:
        """The point of the viewer over a picture point."""
        return QPointF(*self.camera.to_view(picture_point, self.view_size))

    def updateMatrix(self, propagate: bool = True) -> None:
        """Keeps the base class in logical pixels and follows the new size with the camera."""
        super().updateMatrix(propagate)
        if self._picture is not None:
            self.set_camera(fit(self.picture_size, self.view_size) if self.camera.fitted else self.camera)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Fits again while the camera is fitted."""
        super().resizeEvent(event)
