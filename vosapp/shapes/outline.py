"""Outlines of a mask as closed polygons, and the distance to them.

Coordinates are (x, y) in pixels with the corner of the picture at (0, 0), so that the first pixel's centre is at
(0.5, 0.5): what programs with shapes count in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vosapp.core.mask import BoolImage

Points = NDArray[np.float64]

# Sigma of the blur under the contour, in pixels: takes the stairs of a binary mask away (about half a pixel high)
# without moving an edge that is straight over three pixels. Corners of a square lose 0.2 px.
_BLUR_PX = 0.7
_FINER = 4  # times as fine a polygon is filled


@dataclass(frozen=True, slots=True)
class Outline:
    """One closed line around a part of a mask, or around a hole in it.

    Attributes:
        points: (n, 2) x and y, without the first point again at the end; the mask lies to the left as y points down.
        is_hole: whether it bounds a hole.
    """

    points: Points
    is_hole: bool

    @property
    def area_px(self) -> float:
        """Area within, in square pixels."""
        return abs(signed_area(self.points))


def outlines(mask: BoolImage, least_area_px: float = 0.0) -> list[Outline]:
    """The outlines of a mask, the largest first.

    Args:
        mask: (height, width).
        least_area_px: smaller parts and holes are left out.
    """
    if not mask.any():
        return []
    top, left, crop = _cropped(mask)
    import contourpy  # the window lists the formats of shapes at its start; it loads neither of these
    import cv2

    soft = cv2.GaussianBlur(crop.astype(np.float32), (0, 0), _BLUR_PX)
    lines = contourpy.contour_generator(z=soft, line_type=contourpy.LineType.Separate).lines(0.5)
    found = []
    for line in lines:
        points = np.asarray(line, np.float64)[:-1] + np.array([left + 0.5, top + 0.5])
        if len(points) >= 4 and abs(signed_area(points)) >= least_area_px:
            hole = signed_area(points) < 0
            found.append(Outline(points[::-1] if hole else points, is_hole=hole))
    return sorted(found, key=lambda outline: -outline.area_px)


def signed_area(points: Points) -> float:
    """Area of a polygon in square pixels; negative when it runs the other way round."""
    x, y = points[:, 0], points[:, 1]
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y) / 2)


def resampled(points: Points, spacing_px: float) -> Points:
    """A closed polygon with points at equal distances along it, about `spacing_px` apart; at least 16."""
    closed = np.vstack([points, points[:1]])
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(closed, axis=0).T))])
    count = max(16, round(float(along[-1]) / spacing_px))
    at = np.arange(count) * along[-1] / count
    return np.column_stack([np.interp(at, along, closed[:, 0]), np.interp(at, along, closed[:, 1])])


@dataclass(frozen=True, slots=True)
class DistanceMap:
    """Distances in pixels to one polygon's line, for points within a margin around it.

    Attributes:
        values: (height, width) at pixel centres.
        origin: x and y of its corner in the picture.
    """

    values: NDArray[np.float32]
    origin: tuple[int, int]

    def at(self, points: Points) -> Points:
        """Distance of each of (n, 2) points to the line; of a point beyond the map, that of its border at least."""
        x = np.clip(points[:, 0] - self.origin[0] - 0.5, 0, self.values.shape[1] - 1).astype(np.float32)
        y = np.clip(points[:, 1] - self.origin[1] - 0.5, 0, self.values.shape[0] - 1).astype(np.float32)
        import cv2

        signed = cv2.remap(self.values, x[None], y[None], cv2.INTER_LINEAR)[0]
        beyond = np.hypot(points[:, 0] - self.origin[0] - 0.5 - x, points[:, 1] - self.origin[1] - 0.5 - y)
        return np.asarray(np.abs(signed) + beyond, np.float64)


def distance_map(points: Points, margin_px: int = 12) -> DistanceMap:
    """The distance map of a closed polygon.

    Args:
        points: (n, 2).
        margin_px: how far the map reaches beyond the polygon.
    """
    left, top = np.floor(points.min(axis=0)).astype(int) - margin_px
    right, bottom = np.ceil(points.max(axis=0)).astype(int) + margin_px
    inside = filled(points - (left, top), (int(bottom - top), int(right - left)))
    solid = (inside >= 0.5).astype(np.uint8)
    import cv2

    within = cv2.distanceTransform(solid, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    without = cv2.distanceTransform(1 - solid, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    # The line runs between two pixels, half a pixel from the centre of either.
    signed = np.asarray(np.where(solid > 0, within - 0.5, 0.5 - without), np.float32)
    return DistanceMap(signed, (int(left), int(top)))


def filled(points: Points, shape: tuple[int, int]) -> NDArray[np.float32]:
    """A closed polygon as coverage (height, width) in 0..1, even-odd, with soft edges.

    OpenCV fills every pixel that the line touches: drawn in quarter pixels that is an eighth too much, not a half.
    """
    picture = np.zeros(shape, np.float32)
    left, top = np.clip(np.floor(points.min(axis=0)).astype(int) - 1, 0, (shape[1], shape[0]))
    right, bottom = np.clip(np.ceil(points.max(axis=0)).astype(int) + 1, 0, (shape[1], shape[0]))
    if left >= right or top >= bottom:
        return picture
    fine = np.zeros(((bottom - top) * _FINER, (right - left) * _FINER), np.uint8)
    fixed = np.round(((points - (left, top)) * _FINER - 0.5) * 16).astype(np.int32)  # from pixel centres, in sixteenths
    import cv2

    cv2.fillPoly(fine, [fixed], 255, cv2.LINE_8, 4)
    size = (int(right - left), int(bottom - top))
    picture[top:bottom, left:right] = cv2.resize(fine, size, interpolation=cv2.INTER_AREA) / np.float32(255)
    return picture


def _cropped(mask: BoolImage) -> tuple[int, int, BoolImage]:
    """A mask's surroundings with a margin of empty pixels, and where its corner lies in the picture."""
    margin = 4
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    part = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return int(rows[0]) - margin, int(columns[0]) - margin, np.pad(part, margin)
