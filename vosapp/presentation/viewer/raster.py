"""Rasterises strokes and polygons into boolean arrays, in picture coordinates.

A picture's pixel (column x, row y) covers the square from (x, y) to (x + 1, y + 1); it is inside a shape when its
centre is. That rule has no anti-aliasing and no dependence on the zoom or the screen, so the same gesture gives the
same pixels everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vosapp.core.pen_shape import Combine, PenShape
from vosapp.core.pen_shape import Point as Point

BoolImage = NDArray[np.bool_]

SHORTEST_PX = 1e-3
SMALLEST_RADIUS = 0.5  # a brush of one pixel still hits the pixel under it


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of pixels: left and top inside, right and bottom outside."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """Row and column slices of an array of the picture's size."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def union(self, other: Box) -> Box:
        """The smallest box around both."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


def box_of(points: Sequence[Point], margin: float, shape: tuple[int, int]) -> Box | None:
    """The pixels within `margin` of the points' bounding box that lie in a picture of (height, width), or None."""
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    left, top = max(0, math.floor(min(xs) - margin)), max(0, math.floor(min(ys) - margin))
    right = min(shape[1], math.ceil(max(xs) + margin) + 1)
    bottom = min(shape[0], math.ceil(max(ys) + margin) + 1)
    return Box(left, top, right, bottom) if left < right and top < bottom else None


def add_segment(area: BoolImage, start: Point, end: Point, radii: tuple[float, float]) -> Box | None:
    """Adds one straight piece of a stroke to `area` in place.

    The piece is a capsule whose radius changes evenly from the first to the second (pen pressure).

    Args:
        area: (height, width), changed in place.
        start, end: centres in picture coordinates; may lie outside.
        radii: radius at start and end in picture pixels.

    Returns:
        The box of pixels that may have changed, None when the piece misses the picture.
    """
    first, last = (max(radius, SMALLEST_RADIUS) for radius in radii)
    box = box_of([start, end], max(first, last), area.shape)
    if box is None:
        return None
    xs = np.arange(box.left, box.right, dtype=np.float32) + np.float32(0.5)
    ys = np.arange(box.top, box.bottom, dtype=np.float32)[:, None] + np.float32(0.5)
    dx, dy = end[0] - start[0], end[1] - start[1]
    length_squared = dx * dx + dy * dy
    if length_squared < SHORTEST_PX**2:  # a dab; dividing by less would overflow
        along: NDArray[np.float32] | np.float32 = np.float32(0.0)
    else:
        along = np.clip(((xs - start[0]) * dx + (ys - start[1]) * dy) / length_squared, 0.0, 1.0)
    distance_squared = (xs - start[0] - along * dx) ** 2 + (ys - start[1] - along * dy) ** 2
    radius = first + along * (last - first)
    area[box.slices] |= distance_squared <= radius * radius
    # A tiny brush between four pixel centres would hit none of them.
    column, row = math.floor(end[0]), math.floor(end[1])
    if 0 <= row < area.shape[0] and 0 <= column < area.shape[1]:
        area[row, column] = True
    return box


def stroke_area(points: Sequence[Point], radius: float, shape: tuple[int, int]) -> BoolImage:
    """The pixels of a whole stroke with one radius, as a new array of (height, width)."""
    area = np.zeros(shape, np.bool_)
    ends = points[1:] or points
    for start, end in zip(points, ends, strict=False):
        add_segment(area, start, end, (radius, radius))
    return area


def shape_change(shape: PenShape, combine: Combine, size: tuple[int, int]) -> tuple[BoolImage, bool]:
    """What a shape changes in a mask of (height, width): the pixels, and whether they are taken away.

    To intersect is to take away what lies outside.
    """
    inside = polygon_area(shape.points, size)
    return (~inside, True) if combine is Combine.INTERSECT else (inside, combine is Combine.SUBTRACT)


def polygon_area(points: Sequence[Point], shape: tuple[int, int]) -> BoolImage:
    """The pixels whose centres lie inside a closed polygon (even-odd rule), as a new array of (height, width).

    Every edge toggles, in each row it crosses, the pixel from which on a centre lies right of it; a running
    exclusive-or along the row then gives inside and outside.
    """
    height, width = shape
    toggles = np.zeros((height, width + 1), np.uint8)
    for (x0, y0), (x1, y1) in zip(points, [*points[1:], points[0]], strict=True):
        if y0 == y1:
            continue
        (xa, ya), (xb, yb) = ((x0, y0), (x1, y1)) if y0 < y1 else ((x1, y1), (x0, y0))
        first, last = max(0, math.ceil(ya - 0.5)), min(height, math.ceil(yb - 0.5))
        if first >= last:
            continue
        rows = np.arange(first, last)
        crossing = xa + (rows + 0.5 - ya) * (xb - xa) / (yb - ya)
        columns = np.clip(np.ceil(crossing - 0.5), 0, width).astype(np.intp)
        toggles[rows, columns] ^= 1
    return np.logical_xor.accumulate(toggles[:, :width].view(np.bool_), axis=1)
