"""Makes the pen's shapes: polygon, lasso, box and ellipse."""

from __future__ import annotations

import math
from collections.abc import Sequence

from vosapp.core.pen_shape import PenShape, Point

_ELLIPSE_POINTS, _ELLIPSE_HANDLES = 96, 8


def polygon(corners: Sequence[Point]) -> PenShape:
    """A shape that goes through corners, each with a handle."""
    return PenShape(tuple(corners), tuple(range(len(corners))))


def lasso(points: Sequence[Point], tolerance_px: float) -> PenShape:
    """A shape drawn freehand. Every point stays; those that a line with a tolerance needs have handles."""
    import cv2  # not at the start of the window
    import numpy as np

    line = np.asarray(points, np.float32)
    kept = cv2.approxPolyDP(line[:, None], tolerance_px, True)[:, 0]
    handles = sorted({int(np.flatnonzero((line == one).all(axis=1))[0]) for one in kept})
    return PenShape(tuple(points), tuple(handles), is_freehand=True)


def box(start: Point, end: Point, *, even: bool = False) -> PenShape:
    """A box between two corners; with `even` all sides are as long as the longer one."""
    (x0, y0), (x1, y1) = start, _evened(start, end) if even else end
    return polygon(((x0, y0), (x1, y0), (x1, y1), (x0, y1)))


def ellipse(start: Point, end: Point, *, even: bool = False) -> PenShape:
    """The ellipse in a box; with `even` a circle."""
    (x0, y0), (x1, y1) = start, _evened(start, end) if even else end
    turns = [2 * math.pi * i / _ELLIPSE_POINTS for i in range(_ELLIPSE_POINTS)]
    middle, radii = ((x0 + x1) / 2, (y0 + y1) / 2), (abs(x1 - x0) / 2, abs(y1 - y0) / 2)
    points = tuple((middle[0] + radii[0] * math.cos(t), middle[1] + radii[1] * math.sin(t)) for t in turns)
    return PenShape(points, tuple(range(0, _ELLIPSE_POINTS, _ELLIPSE_POINTS // _ELLIPSE_HANDLES)))


def _evened(start: Point, end: Point) -> Point:
    dx, dy = end[0] - start[0], end[1] - start[1]
    side = max(abs(dx), abs(dy))
    return start[0] + math.copysign(side, dx), start[1] + math.copysign(side, dy)
