"""Paints the parts of the timeline; each kind of coverage has a shape of its own."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPolygonF

from vosapp.core.document import DOUBTFUL, Colour
from vosapp.core.timecode import frame_label_step, frame_of
from vosapp.core.timecode import timecode as timecode_of
from vosapp.core.timeline import FrameRange
from vosapp.presentation.timeline.display import TimecodeRuler
from vosapp.presentation.timeline.lanes import Kind, Lane, LaneSpan
from vosapp.presentation.timeline.scale import Scale
from vosapp.ui.theme import TOKENS

RULER_PX = 26
LANE_PX = 26
DOUBT_PX = 34
DIAMOND_PX = 6.5
KEY_PX, KEY_COLOUR = 3.4, (255, 204, 64)
BAR_PX = 8.0
APPROVED_PX = 14.0
DAMAGE_PX = 4.0
TIMECODE_SPACING_PX = 104.0
NARROWEST_DOUBTFUL_PX = 3.0  # one bad frame of a thousand must not be missed


@dataclass(frozen=True, slots=True)
class Row:
    """Where a lane lies: its top and its height in logical pixels."""

    top: float
    height: float

    @property
    def middle(self) -> float:
        """Vertical middle."""
        return self.top + self.height / 2

    def bar(self, left: float, right: float, height: float) -> QRectF:
        """A bar of a height around the middle."""
        return QRectF(left, self.middle - height / 2, max(right - left, 1.0), height)


def with_alpha(colour: Colour, alpha: float = 1.0) -> QColor:
    result = QColor(*colour)
    result.setAlphaF(alpha)
    return result


def draw_ruler(painter: QPainter, scale: Scale, first_number: int, timecode: TimecodeRuler | None = None) -> None:
    """Frame numbers or timecode with long ticks, and short ticks between.

    Numbers are round in the source's own numbering, timecode in its own seconds.
    """
    step, origin = _labels(scale, first_number, timecode)
    small = max(1, step // 5) if step >= 5 else 1
    painter.setPen(QColor(TOKENS.strong_line))
    if scale.frame_px * small >= 4:
        for frame in _ticks(scale, small, origin):
            x = scale.middle(frame)
            painter.drawLine(QPointF(x, RULER_PX - 5), QPointF(x, RULER_PX - 1))
    for frame in _ticks(scale, step, origin):
        x = scale.middle(frame)
        painter.setPen(QColor(TOKENS.strong_line))
        painter.drawLine(QPointF(x, RULER_PX - 8), QPointF(x, RULER_PX - 1))
        painter.setPen(QColor(TOKENS.dim))
        label = frame_label(frame, first_number, timecode)
        half = painter.fontMetrics().horizontalAdvance(label) / 2 + 2
        place = min(max(x, scale.left + half), scale.left + scale.width - half)
        painter.drawText(QRectF(place - 60, 1, 120, RULER_PX - 9), Qt.AlignmentFlag.AlignCenter, label)


def frame_label(frame: int, first_number: int, timecode: TimecodeRuler | None) -> str:
    """A frame as the ruler names it."""
    return timecode_of(frame, timecode.rate, timecode.start) if timecode is not None else str(frame + first_number)


def _labels(scale: Scale, first_number: int, timecode: TimecodeRuler | None) -> tuple[int, int]:
    """Frames between two labels, and the number of frame 0 that makes labelled numbers round."""
    if timecode is None:
        return scale.tick_step(), first_number
    zero = "00:00:00;00" if ";" in timecode.start else ""
    first = frame_of(timecode.start, timecode.rate, zero) if timecode.start else 0
    return frame_label_step(TIMECODE_SPACING_PX / scale.frame_px, timecode.rate), first


def draw_damaged(painter: QPainter, scale: Scale, frames: Sequence[int]) -> None:
    """A red mark at the top of the ruler over every damaged frame; frames that share a pixel share a mark."""
    first, last = scale.first_visible(), scale.last_visible()
    end = scale.left - 1.0
    for frame in frames[bisect_left(frames, first) : bisect_right(frames, last)]:
        right = max(scale.x(frame + 1), scale.x(frame) + DAMAGE_PX)
        if right - end >= 1.0:
            painter.fillRect(
                QRectF(max(scale.x(frame), end), 0, right - max(scale.x(frame), end), DAMAGE_PX), QColor(TOKENS.error)
            )
            end = right


def _ticks(scale: Scale, step: int, first_number: int) -> range:
    """Visible frames whose number is a multiple of a step."""
    first = scale.first_visible()
    return range(first + -(first + first_number) % step, scale.last_visible() + 1, step)


def draw_lane(painter: QPainter, scale: Scale, row: Row, lane: Lane) -> None:
    """One object's coverage and anchors."""
    painter.setPen(QColor(TOKENS.line))
    painter.drawLine(QPointF(scale.x(0), row.middle), QPointF(scale.x(scale.frame_count), row.middle))
    painter.setOpacity(1.0 if lane.shown else 0.4)
    first, last = scale.first_visible(), scale.last_visible()
    for span in lane.spans:
        if span.last >= first and span.first <= last:
            _draw_span(painter, scale, row, span, lane.colour)
    draw_lane_doubt(painter, scale, row, lane.doubts)
    for frame in lane.anchors:
        if first <= frame <= last:
            hollow = frame in lane.muted
            draw_diamond(painter, QPointF(scale.middle(frame), row.middle), lane.colour, hollow=hollow)
    for frame in lane.matte_keys:
        if first <= frame <= last:
            draw_key(painter, QPointF(scale.middle(frame), row.top + 4.0))
    painter.setOpacity(1.0)


def _draw_span(painter: QPainter, scale: Scale, row: Row, span: LaneSpan, colour: Colour) -> None:
    left, right = scale.x(span.first), scale.x(span.last + 1)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if span.kind is Kind.ABSENT:
        pen = QPen(QColor(TOKENS.dim), 1.4, Qt.PenStyle.DotLine)
        painter.setPen(pen)
        painter.drawLine(QPointF(left, row.middle), QPointF(right, row.middle))
    elif span.kind is Kind.STALE:
        bar = row.bar(left, right, BAR_PX)
        painter.fillRect(bar, QColor(TOKENS.field))
        painter.fillRect(bar, QBrush(with_alpha(colour, 0.9), Qt.BrushStyle.BDiagPattern))
        painter.setPen(QPen(with_alpha(colour, 0.6), 1))
        painter.drawRect(bar.adjusted(0.5, 0.5, -0.5, -0.5))
    elif span.kind is Kind.OUTDATED:
        bar = row.bar(left, right, BAR_PX)
        painter.fillRect(bar, QColor(TOKENS.field))
        painter.fillRect(bar, QBrush(with_alpha(colour, 0.8), Qt.BrushStyle.Dense4Pattern))
    elif span.kind is Kind.FEWER:
        bar = row.bar(left, right, BAR_PX)
        painter.fillRect(bar, with_alpha(colour, 0.3))
        painter.fillRect(QRectF(bar.left(), bar.bottom() - 2, bar.width(), 2), with_alpha(colour, 0.8))
    elif span.kind is Kind.APPROVED:
        bar = row.bar(left, right, APPROVED_PX)
        painter.fillRect(bar, with_alpha(colour, 0.85))
        for y in (bar.top(), bar.bottom() - 1.6):
            painter.fillRect(QRectF(bar.left(), y, bar.width(), 1.6), QColor(255, 255, 255, 215))
    else:
        painter.fillRect(row.bar(left, right, BAR_PX), with_alpha(colour, 0.62))
        if span.kind is Kind.PAINTED:
            _draw_paint_marks(painter, scale, row, span)


def _draw_paint_marks(painter: QPainter, scale: Scale, row: Row, span: LaneSpan) -> None:
    """Dots over frames that were painted on; a line where frames are too narrow for dots."""
    y = row.middle - BAR_PX / 2 - 3.2
    painter.setBrush(QColor(TOKENS.text))
    if scale.frame_px < 5:
        painter.fillRect(
            QRectF(scale.x(span.first), y - 1, max(scale.frame_px * (span.last + 1 - span.first), 1.5), 2),
            QColor(TOKENS.text),
        )
        return
    for frame in range(max(span.first, scale.first_visible()), min(span.last, scale.last_visible()) + 1):
        painter.drawEllipse(QPointF(scale.middle(frame), y), 1.7, 1.7)


def draw_diamond(painter: QPainter, middle: QPointF, colour: Colour, *, hollow: bool = False) -> None:
    """The mark of an anchor, hollow where engines are not shown it."""
    size = DIAMOND_PX
    corners = [QPointF(0, -size), QPointF(size, 0), QPointF(0, size), QPointF(-size, 0)]
    painter.setPen(QPen(QColor(TOKENS.field), 3.4))
    painter.setBrush(QColor(TOKENS.field) if hollow else QColor(*colour))
    diamond = QPolygonF([middle + corner for corner in corners])
    painter.drawPolygon(diamond)
    painter.setPen(QPen(QColor(*colour) if hollow else QColor(TOKENS.marker), 1.5))
    painter.drawPolygon(diamond)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def draw_key(painter: QPainter, middle: QPointF) -> None:
    """The mark of a matte's key: small, above the bar, so that it hides no anchor."""
    size = KEY_PX
    corners = [QPointF(0, -size), QPointF(size, 0), QPointF(0, size), QPointF(-size, 0)]
    painter.setPen(QPen(QColor(TOKENS.field), 1.0))
    painter.setBrush(QColor(*KEY_COLOUR))
    painter.drawPolygon(QPolygonF([middle + corner for corner in corners]))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def draw_lane_doubt(painter: QPainter, scale: Scale, row: Row, doubts: Sequence[tuple[int, float]]) -> None:
    """A thin line under an object's bar where it is doubtful, or half way to it."""
    worth = [(frame, doubt) for frame, doubt in doubts if doubt >= DOUBTFUL / 2]
    for left, right, doubt in _doubt_bars(scale, worth):
        width = max(right - left, NARROWEST_DOUBTFUL_PX)
        mark = QRectF((left + right - width) / 2, row.top + row.height - 5.5, width, 3)
        painter.fillRect(mark, doubt_colour(doubt))


def draw_doubt(painter: QPainter, scale: Scale, row: Row, doubts: Sequence[tuple[int, float]]) -> None:
    """Bars that rise with the doubt: grey while small, amber, and red from where a frame should be looked at.

    Heights go by the square root, so that small doubts, of which most shots have only those, can be told apart.
    """
    bottom, tall = row.top + row.height - 3, row.height - 7
    painter.setPen(QPen(QColor(TOKENS.strong_line), 1, Qt.PenStyle.DotLine))
    threshold = bottom - tall * math.sqrt(DOUBTFUL)
    painter.drawLine(QPointF(scale.x(0), threshold), QPointF(scale.x(scale.frame_count), threshold))
    bars = _doubt_bars(scale, doubts)
    for left, right, doubt in sorted(bars, key=lambda bar: bar[2] >= DOUBTFUL):  # the wide red ones last, over others
        height = max(1.5, tall * math.sqrt(min(doubt, 1.0)))
        width = max(right - left, NARROWEST_DOUBTFUL_PX) if doubt >= DOUBTFUL else right - left
        painter.fillRect(QRectF((left + right - width) / 2, bottom - height, width, height), doubt_colour(doubt))


def _doubt_bars(scale: Scale, doubts: Sequence[tuple[int, float]]) -> list[tuple[float, float, float]]:
    """(left, right, doubt) of at least a pixel each; frames that share a pixel show the greatest doubt."""
    bars: list[tuple[float, float, float]] = []
    gap = 1.0 if scale.frame_px >= 5 else 0.0
    for frame, doubt in doubts:
        left = scale.x(frame)
        right = scale.x(frame + 1) - gap
        if right < scale.left or left > scale.left + scale.width:
            continue
        if bars and right - bars[-1][0] < 1.0:
            bars[-1] = (bars[-1][0], right, max(bars[-1][2], doubt))
        else:
            bars.append((left, max(right, left + 1.0), doubt))
    return bars


def doubt_colour(doubt: float) -> QColor:
    """Grey at no doubt, amber half way, red from the threshold on."""
    if doubt >= DOUBTFUL:
        return QColor(TOKENS.error)
    low, high = QColor(TOKENS.strong_line), QColor(TOKENS.warning)
    share = min(max(doubt / DOUBTFUL, 0.0), 1.0)
    pairs = ((low.red(), high.red()), (low.green(), high.green()), (low.blue(), high.blue()))
    return QColor(*(round(first + (second - first) * share) for first, second in pairs))


def draw_cuts(painter: QPainter, scale: Scale, cuts: Sequence[int], bottom: float) -> None:
    """Lines where a new shot begins."""
    painter.setPen(QPen(QColor(TOKENS.text), 1, Qt.PenStyle.DashLine))
    for cut in cuts:
        x = scale.x(cut)
        painter.drawLine(QPointF(x, RULER_PX), QPointF(x, bottom))


def draw_in_out(painter: QPainter, scale: Scale, in_out: FrameRange | None, bottom: float) -> None:
    """Shade outside in and out, and a bracket at each in the ruler."""
    if in_out is None:
        return
    left, right = scale.x(in_out.first), scale.x(in_out.last + 1)
    shade = QColor(0, 0, 0, 110)
    painter.fillRect(QRectF(scale.left, 0, max(left - scale.left, 0), bottom), shade)
    painter.fillRect(QRectF(right, 0, max(scale.left + scale.width - right, 0), bottom), shade)
    accent = QColor(TOKENS.accent_hover)
    painter.fillRect(QRectF(left, RULER_PX - 3, right - left, 3), accent)
    for x, inward in ((left, 1), (right, -1)):
        tab = QPolygonF([QPointF(x, RULER_PX - 15), QPointF(x + 7 * inward, RULER_PX - 8), QPointF(x, RULER_PX)])
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(accent)
        painter.drawPolygon(tab)
        painter.setBrush(Qt.BrushStyle.NoBrush)


def draw_playhead(painter: QPainter, scale: Scale, frame: int, label: str, bottom: float) -> None:
    """The line of the playhead with the frame's number in the ruler."""
    x = scale.middle(frame)
    if scale.frame_px >= 4:
        shade = QColor(TOKENS.marker)
        shade.setAlpha(22)
        painter.fillRect(QRectF(scale.x(frame), RULER_PX, scale.frame_px, bottom - RULER_PX), shade)
    painter.fillRect(QRectF(x - 0.75, RULER_PX - 4, 1.5, bottom - RULER_PX + 4), QColor(TOKENS.text))
    width = max(26.0, painter.fontMetrics().horizontalAdvance(label) + 12.0)
    pill = QRectF(min(max(x - width / 2, scale.left), scale.left + scale.width - width), 2, width, RULER_PX - 8)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(TOKENS.text))
    painter.drawRoundedRect(pill, 4, 4)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QColor(TOKENS.field))
    painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, label)
