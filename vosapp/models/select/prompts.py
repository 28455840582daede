"""What the user marked, as planes for the select network: clicks and strokes inside and outside, a box, a mask."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.uint8]
FloatImage = NDArray[np.float32]

PLANES = 10
DISK_PX = 4  # radius that a click is drawn with, at the network's resolution
# How far a click is felt, as shares of the picture's side: its neighbourhood, and the object.
_REACHES = (0.05, 0.2)


@dataclass(frozen=True, slots=True)
class Prompts:
    """What is known of one object on one picture (height, width).

    Attributes:
        inside, outside: uint8, nonzero where the user marked the object and what is not the object.
        box: uint8, nonzero inside the box that was drawn around the object; None without one.
        previous: float32 in 0..1, the mask that is corrected; None without one.
    """

    inside: Plane
    outside: Plane
    box: Plane | None = field(default=None)
    previous: FloatImage | None = field(default=None)

    def planes(self) -> FloatImage:
        """(10, height, width): marks, closeness to them at two reaches, box and mask with whether there is one."""
        empty = np.zeros(self.inside.shape, np.float32)
        marks = [(plane > 0).astype(np.float32) for plane in (self.inside, self.outside)]
        closeness = [near for plane in (self.inside, self.outside) for near in _closeness(plane)]
        box = empty if self.box is None else (self.box > 0).astype(np.float32)
        previous = empty if self.previous is None else self.previous
        given = [np.full_like(empty, float(part is not None)) for part in (self.box, self.previous)]
        return np.stack([*marks, *closeness, box, previous, *given])


def draw_click(plane: Plane, x: float, y: float) -> None:
    """Draws a click at a place in pixels into a plane of marks."""
    cv2.circle(plane, (round(x), round(y)), DISK_PX, 255, -1)


def _closeness(plane: Plane) -> list[FloatImage]:
    """1 on the marks, falling with the distance from them; 0 everywhere without marks."""
    if not plane.any():
        return [np.zeros(plane.shape, np.float32)] * len(_REACHES)
    away = cv2.distanceTransform((plane == 0).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_3)
    side = max(plane.shape)
    return [np.exp(-away / (reach * side)).astype(np.float32) for reach in _REACHES]
