"""Where an object should be: a box that moves steadily, so that what hides behind a pole can be found again."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float]

_MOMENTUM = 0.7
_WHOLE = 0.8  # share of the usual area from which a mask says where the object is and how large
_SLOWING = 0.9


@dataclass(frozen=True, slots=True)
class Extent:
    """The place of an object, in pixels of the working picture.

    Attributes:
        centre: (x, y).
        radius: half (width, height).
        motion: (x, y) a frame, the camera's taken off.
        area_px: its usual area: that of the last whole sight of it.
    """

    centre: Point
    radius: Point
    motion: Point
    area_px: float

    def moved(self, camera: Point) -> Extent:
        """One frame on, with the camera's motion (x, y) between the frames."""
        centre = tuple(c + m + k for c, m, k in zip(self.centre, self.motion, camera, strict=True))
        return replace(self, centre=(centre[0], centre[1]))

    def seen(self, mask: NDArray[np.bool_], before: Extent, camera: Point) -> Extent:
        """This expectation corrected by what was found on the frame.

        Args:
            mask: (height, width) what was found.
            before: the extent of the frame before.
            camera: motion (x, y) of the camera between the frames.
        """
        found = extent_of(mask)
        if found is None:
            return replace(self, motion=(self.motion[0] * _SLOWING, self.motion[1] * _SLOWING))
        share = min(1.0, found.area_px / self.area_px)
        if share <= _WHOLE:
            pull = 0.5 * share
            centre = _mix(self.centre, found.centre, pull)
            return replace(self, centre=centre, area_px=0.99 * self.area_px + 0.01 * found.area_px)
        step = tuple(f - b - k for f, b, k in zip(found.centre, before.centre, camera, strict=True))
        return Extent(
            centre=found.centre,
            radius=_mix(self.radius, found.radius, 0.2),
            motion=_mix((step[0], step[1]), self.motion, _MOMENTUM),
            area_px=max(found.area_px, 0.95 * self.area_px + 0.05 * found.area_px),
        )

    def distance(self, top: int, left: int, height: int, width: int) -> NDArray[np.float32]:
        """(height, width) float32 for a window of the working picture: 0 at the centre, 1 on the box's edge."""
        x = np.abs(np.arange(left, left + width, dtype=np.float32) - self.centre[0]) / self.radius[0]
        y = np.abs(np.arange(top, top + height, dtype=np.float32) - self.centre[1]) / self.radius[1]
        return np.asarray(np.maximum(y[:, None], x[None, :]), np.float32)


def extent_of(mask: NDArray[np.bool_]) -> Extent | None:
    """The extent of a resting object; None when fewer than eight pixels of it are to be seen."""
    rows, columns = np.nonzero(mask)
    if len(rows) < 8:
        return None
    # One pixel in a hundred may lie astray on either side.
    (left, right), (top, bottom) = np.percentile(columns, [1, 99]), np.percentile(rows, [1, 99])
    return Extent(
        centre=(float(left + right) / 2, float(top + bottom) / 2),
        radius=(float(right - left) / 2 + 2, float(bottom - top) / 2 + 2),
        motion=(0.0, 0.0),
        area_px=float(len(rows)),
    )


def _mix(first: Point, second: Point, share: float) -> Point:
    return (1 - share) * first[0] + share * second[0], (1 - share) * first[1] + share * second[1]
