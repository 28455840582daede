"""The row of the timeline that shows pictures of the clip."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from vosapp.presentation.timeline.scale import Scale
from vosapp.video.source import RgbImage

THUMBNAILS_PX = 38
_GAP_PX = 2
_WIDTH_PX = 64


def thumbnail_frames(scale: Scale) -> list[int]:
    """The frames whose pictures stand side by side over the part of the clip in sight, ascending."""
    places = range(round(scale.left), round(scale.left + scale.width), _WIDTH_PX)
    return sorted({scale.frame_at(place + _WIDTH_PX / 2) for place in places}) if scale.frame_count else []


def draw_thumbnails(painter: QPainter, scale: Scale, top: float, pictures: Mapping[int, RgbImage]) -> None:
    """Pictures beside one another, each over its frame or, where frames are narrow, around it."""
    height = THUMBNAILS_PX - 2 * _GAP_PX
    for place in range(round(scale.left), round(scale.left + scale.width), _WIDTH_PX):
        picture = pictures.get(scale.frame_at(place + _WIDTH_PX / 2))
        if picture is None:
            continue
        rows, columns = picture.shape[:2]
        image = QImage(picture.tobytes(), columns, rows, 3 * columns, QImage.Format.Format_RGB888)
        width = min(_WIDTH_PX - _GAP_PX, height * columns / rows)
        left = place + (_WIDTH_PX - width) / 2
        shown = QRectF(0, 0, columns, rows)
        if width < height * columns / rows:  # its middle, where it is too wide
            kept = rows * width / height
            shown = QRectF((columns - kept) / 2, 0, kept, rows)
        painter.drawImage(QRectF(left, top + _GAP_PX, width, height), image, shown)
