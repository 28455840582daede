"""The row of the timeline that shows how large an object's predictions are and how far they moved."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from itertools import pairwise

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from vosapp.core.document import Colour, Finding
from vosapp.presentation.text.doubt_words import mask_words
from vosapp.presentation.timeline.lanes import Findings, Lane
from vosapp.presentation.timeline.scale import Scale
from vosapp.ui.theme import TOKENS
from vosapp.ui.timeline.paint import Row, with_alpha

MEASURES_PX = 30
_CORNERS = 2000  # of a curve


def draw_measures(painter: QPainter, scale: Scale, row: Row, findings: Findings, colour: Colour) -> None:
    """Area of an object's predictions as a filled curve, and how far each moved as a line, each up to its greatest.

    A jump of either is a step in its curve.
    """
    first, last = scale.first_visible() - 1, scale.last_visible() + 1
    seen = findings[bisect_left(findings, first, key=_frame) : bisect_right(findings, last, key=_frame)]
    most = max((finding.area_px for _, finding in findings), default=0)
    if not seen or not most:
        return
    bottom, tall = row.top + row.height - 3, row.height - 8
    outline = [QPointF(scale.middle(frame), bottom - tall * found.area_px / most) for frame, found in _thinned(seen)]
    ends = QPointF(outline[-1].x(), bottom), QPointF(outline[0].x(), bottom)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(with_alpha(colour, 0.35))
    painter.drawPolygon(QPolygonF([*outline, *ends]))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(with_alpha(colour, 0.9), 1.2))
    painter.drawPolyline(QPolygonF(outline))
    moved = _moved(seen)
    farthest = max((way for _, way in moved), default=0.0)
    if farthest > 0:
        painter.setPen(QPen(QColor(TOKENS.text), 1, Qt.PenStyle.DotLine))
        way_px = [QPointF(scale.middle(frame), bottom - tall * way / farthest) for frame, way in moved]
        painter.drawPolyline(QPolygonF(way_px))


def _frame(one: tuple[int, Finding]) -> int:
    return one[0]


def _thinned(findings: Findings) -> Findings:
    """So many of the findings that a curve through them has a corner for each pixel at most."""
    return findings[:: max(1, len(findings) // _CORNERS)]


def _moved(findings: Findings) -> list[tuple[int, float]]:
    """How far the centre moved on each frame whose neighbour is known as well, in pixels."""
    ways = [
        (after, math.dist(there.centre, here.centre))
        for (before, here), (after, there) in pairwise(findings)
        if after == before + 1 and here.centre is not None and there.centre is not None
    ]
    return ways[:: max(1, len(ways) // _CORNERS)]


def words_of(lane: Lane, frame: int) -> str:
    """What runs noted of an object's mask on a frame, in words."""
    findings = dict(lane.findings)
    return mask_words(dict(lane.doubts).get(frame), findings.get(frame), findings.get(frame - 1))
