"""Loads SVG icons, tinted in the theme's colours.

A file uses `currentColor`; the tint comes from the theme. A picture is rendered the first time that a size is shown,
so that a window with fifty icons opens without rendering fifty icons at three sizes.
"""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QImage, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from vosapp.core.paths import resources_dir
from vosapp.ui.theme import TOKENS, now


class _TintedEngine(QIconEngine):
    """Draws one SVG in the colour of its state."""

    def __init__(self, svg: str, colours: tuple[str, str]) -> None:
        super().__init__()
        self._svg = svg
        self._colours = colours  # normal, disabled
        self._pixmaps: dict[tuple[int, int, str], QPixmap] = {}

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        ratio = painter.device().devicePixelRatio()
        size = QSize(round(rect.width() * ratio), round(rect.height() * ratio))
        painter.drawPixmap(rect, self.pixmap(size, mode, state))

    def pixmap(self, size: QSize, mode: QIcon.Mode, _state: QIcon.State) -> QPixmap:
        colour = self._colours[mode == QIcon.Mode.Disabled]
        shown = now(colour)
        key = (size.width(), size.height(), shown)
        if key not in self._pixmaps:
            self._pixmaps[key] = _render(self._svg, shown, size)
        return self._pixmaps[key]

    def clone(self) -> QIconEngine:
        return _TintedEngine(self._svg, self._colours)


def _render(svg: str, colour: str, size: QSize) -> QPixmap:
    if size.isEmpty():  # a button that has no room yet
        return QPixmap()
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer = QSvgRenderer(QByteArray(svg.replace("currentColor", colour).encode()))
    side = min(size.width(), size.height())
    corner = QPoint((size.width() - side) // 2, (size.height() - side) // 2)
    renderer.render(painter, QRectF(QRect(corner, QSize(side, side))))
    painter.end()
    return QPixmap.fromImage(image)


@lru_cache(maxsize=256)
def _svg(name: str) -> str:
    return resources_dir().joinpath("icons", f"{name}.svg").read_text(encoding="utf-8")


def icon(name: str, colour: str = "") -> QIcon:
    """The icon of a file in `resources/icons`, tinted; greyed when its widget is disabled. It follows the theme.

    Args:
        name: file name without `.svg`.
        colour: `#rrggbb`, or of the theme; "" for that of texts.
    """
    return QIcon(_TintedEngine(_svg(name), (colour or TOKENS.text, TOKENS.faint)))


def pixmap(name: str, size_px: int, colour: str = "", ratio: float = 1.0) -> QPixmap:
    """An icon as a picture of `size_px` logical pixels for a screen with this device pixel ratio."""
    colour = colour or TOKENS.text
    key = f"vosapp:{name}:{size_px}:{colour}:{ratio}"
    result = QPixmap()
    if not QPixmapCache.find(key, result):
        side = round(size_px * ratio)
        result = _render(_svg(name), colour, QSize(side, side))
        result.setDevicePixelRatio(ratio)
        QPixmapCache.insert(key, result)
    return result


def icon_folder() -> str:
    """The folder of the SVG files with forward slashes, as style sheets want it."""
    return resources_dir().joinpath("icons").as_posix()
