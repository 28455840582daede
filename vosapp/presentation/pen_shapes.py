"""Shapes drawn with the pen: polygon, lasso, box and ellipse, and the ones whose points can still be moved.

A shape changes the mask as soon as it is closed. It is remembered with the cells before and after, for as long as the
clip is open: where the cell after still stands, a point that is moved takes the shape back and puts it in anew.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from vosapp.core.document import Cell, Document, ObjectId

Point = tuple[float, float]

REMEMBERED = 500  # shapes of a clip; the oldest can no longer be moved
_ELLIPSE_POINTS, _ELLIPSE_HANDLES = 96, 8


class Combine(enum.Enum):
    """What a shape does with the mask."""

    ADD = "add"
    SUBTRACT = "subtract"
    INTERSECT = "intersect"


@dataclass(frozen=True, slots=True)
class PenShape:
    """A closed outline.

    Attributes:
        points: (x, y) in pixels of the picture, in their order.
        handles: indices of the points that can be taken hold of, rising.
        is_freehand: drawn as a lasso, whose many handles would be in the way of the next one.
    """

    points: tuple[Point, ...]
    handles: tuple[int, ...]
    is_freehand: bool = False

    def handle_at(self, point: Point, reach_px: float) -> int:
        """Place of the nearest handle within some picture pixels of a point, -1 for none."""
        distances = [math.dist(self.points[index], point) for index in self.handles]
        nearest = min(range(len(distances)), key=distances.__getitem__, default=-1)
        return nearest if nearest >= 0 and distances[nearest] <= reach_px else -1

    def with_handle_at(self, place: int, point: Point) -> PenShape:
        """With one handle at another place. The points between it and its neighbours follow, the nearer the more."""
        index, count = self.handles[place], len(self.points)
        by = point[0] - self.points[index][0], point[1] - self.points[index][1]
        points = list(self.points)
        points[index] = point
        for way in (-1, 1):
            neighbour = self.handles[(place + way) % len(self.handles)]
            between = (way * (neighbour - index) - 1) % count  # how many points lie between the two
            for step in range(1, between + 1):
                share = 1 - step / (between + 1)
                weight = share * share * (3 - 2 * share)
                x, y = self.points[(index + way * step) % count]
                points[(index + way * step) % count] = (x + weight * by[0], y + weight * by[1])
        return replace(self, points=tuple(points))

    def without_handle(self, place: int) -> PenShape:
        """Without one handle: its neighbours are joined by a straight line. The last three stay."""
        if len(self.handles) <= 3:
            return self
        first, last = (self.handles[(place + way) % len(self.handles)] for way in (-1, 1))
        count = len(self.points)
        gone = {(first + step) % count for step in range(1, (last - first) % count)}
        kept = [index for index in range(count) if index not in gone]
        place_of = {index: new for new, index in enumerate(kept)}
        handles = tuple(place_of[index] for index in self.handles if index in place_of)
        return replace(self, points=tuple(self.points[index] for index in kept), handles=handles)

    def with_handle_on(self, point: Point, reach_px: float) -> tuple[PenShape, int]:
        """With one handle more where the line passes within some picture pixels of a point, and its place.

        The shape as it is, and -1, where the line is further away.
        """
        ends = zip(self.points, (*self.points[1:], self.points[0]), strict=True)
        nearest = [_nearest_on(start, end, point) for start, end in ends]
        index = min(range(len(nearest)), key=lambda i: math.dist(nearest[i], point))
        if math.dist(nearest[index], point) > reach_px:
            return self, -1
        points = (*self.points[: index + 1], nearest[index], *self.points[index + 1 :])
        handles = sorted([handle + (handle > index) for handle in self.handles] + [index + 1])
        return replace(self, points=points, handles=tuple(handles)), handles.index(index + 1)

    def moved(self, dx: float, dy: float) -> PenShape:
        """The whole shape moved by picture pixels."""
        return replace(self, points=tuple((x + dx, y + dy) for x, y in self.points))


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


def _nearest_on(start: Point, end: Point, point: Point) -> Point:
    """The point of a straight piece that is nearest to a point."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    along = ((point[0] - start[0]) * dx + (point[1] - start[1]) * dy) / max(dx * dx + dy * dy, 1e-9)
    along = min(max(along, 0.0), 1.0)
    return start[0] + along * dx, start[1] + along * dy


def _evened(start: Point, end: Point) -> Point:
    dx, dy = end[0] - start[0], end[1] - start[1]
    side = max(abs(dx), abs(dy))
    return start[0] + math.copysign(side, dx), start[1] + math.copysign(side, dy)


@dataclass(frozen=True, slots=True)
class DrawnShape:
    """A shape that is in a mask.

    Attributes:
        object_id, frame_index: whose mask.
        shape, combine: what was drawn, and what it does.
        before, after: what stood on the frame before it, None for nothing, and stands since.
    """

    object_id: ObjectId
    frame_index: int
    shape: PenShape
    combine: Combine
    before: Cell | None
    after: Cell


def with_drawn(known: tuple[DrawnShape, ...], drawn: DrawnShape) -> tuple[DrawnShape, ...]:
    """With one shape more; the oldest is forgotten where there are too many."""
    return (*known, drawn)[-REMEMBERED:]


def shape_at(
    known: tuple[DrawnShape, ...], document: Document, object_id: ObjectId, frame_index: int
) -> DrawnShape | None:
    """The shape that was the last change of an object on a frame, None where something else was."""
    cell = document.cell(object_id, frame_index) if any(o.id == object_id for o in document.objects) else None
    if cell is None:
        return None
    here = (one for one in reversed(known) if (one.object_id, one.frame_index) == (object_id, frame_index))
    return next((one for one in here if one.after == cell), None)
