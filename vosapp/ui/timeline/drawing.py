"""The timeline as a picture: lanes, marks, ruler and playhead, and where on it what lies."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QPainter,
    QPaintEvent,
    QPixmap,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from vosapp.presentation.timeline.display import TimelineDisplay
from vosapp.presentation.timeline.lanes import Lane
from vosapp.presentation.timeline.scale import Scale
from vosapp.ui.icons import pixmap
from vosapp.ui.theme import TOKENS
from vosapp.ui.timeline import measures, paint
from vosapp.ui.timeline.thumbnails import THUMBNAILS_PX, draw_thumbnails, thumbnail_frames
from vosapp.ui.translation import tr
from vosapp.video.source import RgbImage

GUTTER_PX = 176
RIGHT_PX = 16
LEFT_PX = 9  # so that the mark of an anchor on the first frame is seen whole
HANDLE_PX = 8
LOCK_PX = 13
EMPTY = TimelineDisplay(0, 0, (), (), (), None, ())


class DrawnTimeline(QWidget):
    """Draws a `TimelineDisplay`, and knows where what lies.

    What changes with the document is drawn once into a pixmap; a moving playhead only copies that pixmap.

    Attributes:
        scale: frames in pixels.

    Signals:
        thumbnails_wanted: other pictures are to be seen.
    """

    thumbnails_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("Timeline")
        self.setAccessibleName("Timeline")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._display = EMPTY
        self._frame = 0
        self._scroll = 0
        self._cache: QPixmap | None = None
        self._drag = ""
        self._held: tuple[Lane, int] | None = None  # the anchor that is dragged: its lane and frame
        self._drop = 0  # where it would be put down
        self._pictures: dict[int, RgbImage] = {}
        self.scale = Scale.whole(0, GUTTER_PX + LEFT_PX, 1)

    # -- what is shown ------------------------------------------------------------------------------------------

    def show_timeline(self, display: TimelineDisplay) -> None:
        """Shows other lanes and marks."""
        if display.frame_count != self._display.frame_count:
            self.scale = Scale.whole(display.frame_count, GUTTER_PX + LEFT_PX, self._track_width())
        self._display = display
        self._scroll = min(self._scroll, self._scroll_limit())
        self._redraw()

    def show_pictures(self, pictures: Mapping[int, RgbImage]) -> None:
        """Takes pictures (height, width, 3) for the row below the ruler."""
        if self._display.thumbnails and pictures.keys() != self._pictures.keys():
            self._pictures = dict(pictures)
            self._cache = None
            self.update()

    def show_frame(self, frame_index: int) -> None:
        """Moves the playhead."""
        self._frame = frame_index
        followed = self.scale.following(frame_index)
        if followed is not self.scale and not self._drag:
            self.scale = followed
            self._cache = None
        self.update()

    def sizeHint(self) -> QSize:
        """Room for three lanes."""
        return QSize(800, self._head_px() + 3 * paint.LANE_PX + paint.DOUBT_PX + 4)

    def minimumSizeHint(self) -> QSize:
        """Room for one lane."""
        return QSize(320, self._head_px() + paint.LANE_PX + paint.DOUBT_PX + 4)

    # -- drawing ------------------------------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        """Draws everything anew in the colours of another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._redraw()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Copies what stands and draws the playhead over it."""
        painter = QPainter(self)
        if self._cache is None:
            self._cache = self._draw_static()
        painter.drawPixmap(0, 0, self._cache)
        if self._display.frame_count:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setClipRect(QRectF(GUTTER_PX - 2, 0, self.width() - GUTTER_PX + 2, self.height()))
            painter.setFont(self._small_font())
            label = paint.frame_label(self._frame, self._display.first_number, self._display.timecode)
            paint.draw_playhead(painter, self.scale, self._frame, label, self.height())
            self._draw_held(painter)
        painter.end()

    def _draw_held(self, painter: QPainter) -> None:
        """The anchor that is dragged, over the frame where it would be put down."""
        if self._held is None:
            return
        lane, frame = self._held
        place = next((i for i, one in enumerate(self._display.lanes) if one.object_id == lane.object_id), -1)
        if place < 0 or self._drop == frame:
            return
        middle = self._row(place).middle
        paint.draw_diamond(painter, QPointF(self.scale.middle(frame), middle), lane.colour, hollow=True)
        paint.draw_diamond(painter, QPointF(self.scale.middle(self._drop), middle), lane.colour)

    def _draw_static(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(QColor(TOKENS.window))
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._small_font())
        painter.fillRect(QRectF(GUTTER_PX, 0, self.width(), self.height()), QColor(TOKENS.field))
        if self._display.frame_count:
            self._draw_rows(painter)
            self._draw_marks(painter)
        painter.end()
        return pixmap

    def _draw_rows(self, painter: QPainter) -> None:
        bottom = self._measures_top()
        painter.save()
        painter.setClipRect(QRectF(0, self._head_px(), self.width(), bottom - self._head_px()))
        for place, lane in enumerate(self._display.lanes):
            row = self._row(place)
            self._draw_gutter(painter, row, lane)
            painter.save()
            painter.setClipRect(self._track(row.top, row.height), Qt.ClipOperation.IntersectClip)
            if lane.active:
                painter.fillRect(self._track(row.top, row.height), QColor(255, 255, 255, 9))
            paint.draw_lane(painter, self.scale, row, lane)
            painter.restore()
        painter.restore()

    def _draw_gutter(self, painter: QPainter, row: paint.Row, lane: Lane) -> None:
        if lane.active:
            painter.fillRect(QRectF(0, row.top, GUTTER_PX, row.height), QColor(TOKENS.accent_soft))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(*lane.colour))
        painter.setOpacity(1.0 if lane.shown else 0.35)
        painter.drawRoundedRect(QRectF(12, row.middle - 5, 10, 10), 2.5, 2.5)
        painter.setOpacity(1.0)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QColor(TOKENS.text if lane.active else TOKENS.dim))
        room_px = GUTTER_PX - 42 - (LOCK_PX + 6) * lane.locked
        name = painter.fontMetrics().elidedText(lane.name, Qt.TextElideMode.ElideRight, room_px)
        painter.drawText(QRectF(30, row.top, GUTTER_PX - 40, row.height), Qt.AlignmentFlag.AlignVCenter, name)
        if lane.locked:
            lock = pixmap("lock", LOCK_PX, TOKENS.dim, self.devicePixelRatioF())
            painter.drawPixmap(QPointF(GUTTER_PX - LOCK_PX - 8, row.middle - LOCK_PX / 2), lock)

    def _draw_marks(self, painter: QPainter) -> None:
        top = self._doubt_top()
        painter.fillRect(QRectF(0, top, self.width(), paint.DOUBT_PX), QColor(TOKENS.window))
        painter.fillRect(self._track(top, paint.DOUBT_PX), QColor(TOKENS.lane))
        painter.setPen(QColor(TOKENS.dim))
        painter.drawText(QRectF(12, top, GUTTER_PX - 16, paint.DOUBT_PX), Qt.AlignmentFlag.AlignVCenter, tr("Doubt"))
        words = QRectF(12, 0, GUTTER_PX - 16, paint.RULER_PX)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, tr(self._display.cuts_text))
        self._draw_measures(painter)
        painter.setClipRect(self._track(0, self.height()))
        paint.draw_doubt(painter, self.scale, paint.Row(top, paint.DOUBT_PX), self._display.doubts)
        if self._display.thumbnails:
            draw_thumbnails(painter, self.scale, paint.RULER_PX, self._pictures)
        paint.draw_ruler(painter, self.scale, self._display.first_number, self._display.timecode)
        paint.draw_damaged(painter, self.scale, self._display.damaged)
        paint.draw_cuts(painter, self.scale, self._display.cuts, self.height())
        paint.draw_in_out(painter, self.scale, self._display.in_out, self.height())
        painter.setClipping(False)
        painter.setPen(QColor(TOKENS.gap))
        painter.drawLine(QPointF(GUTTER_PX - 0.5, 0), QPointF(GUTTER_PX - 0.5, self.height()))

    def _draw_measures(self, painter: QPainter) -> None:
        lane = self._measured()
        if lane is None:
            return
        top = self._measures_top()
        painter.fillRect(QRectF(0, top, self.width(), measures.MEASURES_PX), QColor(TOKENS.window))
        painter.fillRect(self._track(top, measures.MEASURES_PX), QColor(TOKENS.lane))
        painter.setPen(QColor(TOKENS.dim))
        words = QRectF(12, top, GUTTER_PX - 16, measures.MEASURES_PX)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, tr("Area, motion"))
        painter.save()
        painter.setClipRect(self._track(top, measures.MEASURES_PX))
        row = paint.Row(top, measures.MEASURES_PX)
        measures.draw_measures(painter, self.scale, row, lane.findings, lane.colour)
        painter.restore()

    def _small_font(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(max(7.5, font.pointSizeF() - 1.0))
        return font

    # -- geometry -----------------------------------------------------------------------------------------------

    def _track_width(self) -> float:
        return max(self.width() - GUTTER_PX - LEFT_PX - RIGHT_PX, 1)

    def _track(self, top: float, height: float) -> QRectF:
        return QRectF(GUTTER_PX, top, self.width() - GUTTER_PX, height)

    def _row(self, place: int) -> paint.Row:
        return paint.Row(self._head_px() + place * paint.LANE_PX - self._scroll, paint.LANE_PX)

    def _head_px(self) -> int:
        """Height of what stands above the lanes: the ruler, and pictures where they are shown."""
        return paint.RULER_PX + (THUMBNAILS_PX if self._display.thumbnails else 0)

    def picture_frames(self) -> list[int]:
        """The frames whose pictures are to be seen, none where pictures are not shown."""
        return thumbnail_frames(self.scale) if self._display.thumbnails else []

    def _doubt_top(self) -> float:
        return self.height() - paint.DOUBT_PX

    def _measured(self) -> Lane | None:
        """The lane whose area and motion are shown: the active one, if runs measured it and there is room."""
        least = self._head_px() + paint.LANE_PX + measures.MEASURES_PX + paint.DOUBT_PX
        if self.height() < least:
            return None
        return next((lane for lane in self._display.lanes if lane.active and lane.findings), None)

    def _measures_top(self) -> float:
        return self._doubt_top() - (measures.MEASURES_PX if self._measured() is not None else 0)

    def _scroll_limit(self) -> int:
        room = self._measures_top() - self._head_px()
        return max(0, round(len(self._display.lanes) * paint.LANE_PX - room))

    def lane_at(self, y: float) -> Lane | None:
        """The lane under a height, or None."""
        if not self._head_px() <= y < self._measures_top():
            return None
        place = int((y - self._head_px() + self._scroll) // paint.LANE_PX)
        return self._display.lanes[place] if place < len(self._display.lanes) else None

    def _redraw(self) -> None:
        self._cache = None
        self.update()
        if self._display.thumbnails:
            self.thumbnails_wanted.emit()
