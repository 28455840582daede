"""Draws marks into planes."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.engine.select.marks import Stroke


def draw_stroke(plane: NDArray[np.uint8], stroke: Stroke, *, radius_px: int) -> None:
    """Draws a stroke, whose points are pixels of the plane, as 255."""
    points = np.rint(np.array(stroke.points)).astype(np.int32)
    for x, y in points[[0, -1]]:
        cv2.circle(plane, (int(x), int(y)), radius_px, 255, -1)
    if len(points) > 1:
        cv2.polylines(plane, [points], False, 255, 2 * radius_px + 1)
