"""Placement: how a mask is moved, scaled and turned, and what dragging its handles makes of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from vosapp.core.mask import BoolImage

Point = tuple[float, float]

SMALLEST_SCALE, LARGEST_SCALE = 0.02, 50.0
TURN_STEP = math.radians(15)
# Handles by where they lie in the box, as shares of its sides from the middle.
HANDLES: tuple[Point, ...] = ((-1, -1), (0, -1), (1, -1), (1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0))


@dataclass(frozen=True, slots=True)
class Placement:
    """A box of pixels after it was scaled and turned about its middle, and moved.

    Attributes:
        box: left, top, right, bottom in picture pixels, as it was.
        by: pixels that the middle was moved by.
        scale: across and down, along the sides of the box.
        angle: in radians, clockwise on the screen.
    """

    box: tuple[float, float, float, float]
    by: Point = (0.0, 0.0)
    scale: tuple[float, float] = (1.0, 1.0)
    angle: float = 0.0

    @property
    def is_changed(self) -> bool:
        """Whether anything was moved."""
        return (self.by, self.scale, self.angle) != ((0.0, 0.0), (1.0, 1.0), 0.0)

    @property
    def middle(self) -> Point:
        """Where the middle of the box is now."""
        x, y = self._old_middle
        return x + self.by[0], y + self.by[1]

    @property
    def _old_middle(self) -> Point:
        left, top, right, bottom = self.box
        return (left + right) / 2, (top + bottom) / 2

    def handle(self, place: int) -> Point:
        """Where one of `HANDLES` is now."""
        return self._placed(HANDLES[place])

    def _placed(self, shares: Point) -> Point:
        x, y = self._arm(shares)
        turned = _turned((x * self.scale[0], y * self.scale[1]), self.angle)
        return self.middle[0] + turned[0], self.middle[1] + turned[1]

    def _arm(self, shares: Point) -> Point:
        """From the middle to a point of the box as it was."""
        left, top, right, bottom = self.box
        return shares[0] * (right - left) / 2, shares[1] * (bottom - top) / 2

    def holds(self, point: Point) -> bool:
        """Whether a picture point lies in the box as it is now."""
        x, y = _turned((point[0] - self.middle[0], point[1] - self.middle[1]), -self.angle)
        across, down = self._arm((1, 1))
        return abs(x) <= across * self.scale[0] and abs(y) <= down * self.scale[1]

    def moved(self, dx: float, dy: float) -> Placement:
        """Moved by picture pixels."""
        return replace(self, by=(self.by[0] + dx, self.by[1] + dy))

    def turned_to(self, start: Point, end: Point, *, in_steps: bool) -> Placement:
        """Turned about the middle as far as the pointer went round it, in whole steps if wanted."""
        first, last = (math.atan2(p[1] - self.middle[1], p[0] - self.middle[0]) for p in (start, end))
        angle = self.angle + last - first
        return replace(self, angle=round(angle / TURN_STEP) * TURN_STEP if in_steps else angle)

    def scaled_to(self, place: int, point: Point, *, freely: bool) -> Placement:
        """Scaled so that a handle comes to a picture point and the one across stays.

        Args:
            place: of the handle.
            point: where it is dragged.
            freely: a corner changes both sides by themselves; else they keep their ratio.
        """
        shares = HANDLES[place]
        across = (-shares[0], -shares[1])
        fixed = self._placed(across)
        wanted = _turned((point[0] - fixed[0], point[1] - fixed[1]), -self.angle)
        arm = self._arm(shares)
        before = 2 * arm[0] * self.scale[0], 2 * arm[1] * self.scale[1]
        if all(shares) and not freely:
            ratio = (wanted[0] * before[0] + wanted[1] * before[1]) / max(before[0] ** 2 + before[1] ** 2, 1e-9)
            scale = _clamped(self.scale[0] * ratio), _clamped(self.scale[1] * ratio)
        else:
            scale = (
                _clamped(wanted[0] / (2 * arm[0])) if arm[0] else self.scale[0],
                _clamped(wanted[1] / (2 * arm[1])) if arm[1] else self.scale[1],
            )
        changed = replace(self, scale=scale)
        now = changed._placed(across)
        return changed.moved(fixed[0] - now[0], fixed[1] - now[1])

    def matrix(self) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
        """The affine map from where picture points were to where they are, two rows."""
        cos, sin = math.cos(self.angle), math.sin(self.angle)
        a, b, c, d = cos * self.scale[0], -sin * self.scale[1], sin * self.scale[0], cos * self.scale[1]
        (x, y), (to_x, to_y) = self._old_middle, self.middle
        return (a, b, to_x - a * x - b * y), (c, d, to_y - c * x - d * y)


def placed_mask(mask: BoolImage, placement: Placement) -> BoolImage:
    """A mask (height, width) after it was placed; what leaves the picture is gone."""
    import cv2  # not at the start of the window

    matrix = np.array(placement.matrix())
    matrix[:, 2] += matrix[:, :2] @ (0.5, 0.5) - 0.5  # from points to the middles of pixels
    levels = mask.astype(np.uint8) * np.uint8(255)
    moved = cv2.warpAffine(levels, matrix, (mask.shape[1], mask.shape[0]), flags=cv2.INTER_LINEAR)
    return np.asarray(moved >= 128, np.bool_)


def _turned(point: Point, angle: float) -> Point:
    cos, sin = math.cos(angle), math.sin(angle)
    return point[0] * cos - point[1] * sin, point[0] * sin + point[1] * cos


def _clamped(scale: float) -> float:
    return min(max(scale, SMALLEST_SCALE), LARGEST_SCALE)
