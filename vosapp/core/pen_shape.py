"""Shapes of the pen, polygon, lasso, box and ellipse, as values whose points can be moved, and as parts of a mask."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass, replace

from vosapp.core.mask import Digest

Point = tuple[float, float]

MAX_POINTS = 5_000  # of a shape that is kept with its mask; longer lassos change the mask and are forgotten
FARTHEST_PX = float(2**20)  # of a point from the picture


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

    def storable(self) -> PenShape:
        """As projects hold it, with points at thousandths of a pixel. To be taken before the shape changes a mask."""
        return replace(self, points=tuple((_storable(x), _storable(y)) for x, y in self.points))


@dataclass(frozen=True, slots=True)
class DrawnShape:
    """A shape that is in a mask, with what stood there before it: enough to take it back and put it in anew.

    Attributes:
        shape, combine: what was drawn, and what it does.
        base: of an anchor: digest of its mask before the shape, None where there was none.
        added, removed: of a prediction: digests of its paint layer before the shape.
    """

    shape: PenShape
    combine: Combine = Combine.ADD
    base: Digest | None = None
    added: Digest | None = None
    removed: Digest | None = None

    @property
    def digests(self) -> tuple[Digest, ...]:
        """The masks that it needs."""
        return tuple(one for one in (self.base, self.added, self.removed) if one is not None)


def _storable(number: float) -> float:
    return round(min(max(float(number), -FARTHEST_PX), FARTHEST_PX), 3)


def _nearest_on(start: Point, end: Point, point: Point) -> Point:
    """The point of a straight piece that is nearest to a point."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    along = ((point[0] - start[0]) * dx + (point[1] - start[1]) * dy) / max(dx * dx + dy * dy, 1e-9)
    along = min(max(along, 0.0), 1.0)
    return start[0] + along * dx, start[1] + along * dy
