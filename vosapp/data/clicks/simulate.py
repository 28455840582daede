"""Where a patient user would click next: in the middle of the largest error (the protocol of Sofiiuk and others)."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

BoolImage = NDArray[np.bool_]


class Click(NamedTuple):
    """A place in pixels, and whether it lies on the object."""

    x: int
    y: int
    is_inside: bool


def next_click(truth: BoolImage, found: BoolImage, random: np.random.Generator | None = None) -> Click | None:
    """The click that a user would make next; None where nothing is wrong.

    The largest of all missing and all surplus pieces is meant by its widest place: the pixel of an error that lies
    farthest from its border, the picture's border included.

    Args:
        truth: (height, width) the object.
        found: the mask so far.
        random: where given, any place at least half as far from the error's border, as a hurried user would.
    """
    missing, surplus = _depth(truth & ~found), _depth(found & ~truth)
    is_inside = bool(missing.max() > surplus.max())
    depth = missing if is_inside else surplus
    if depth.max() <= 0:
        return None
    if random is None:
        y, x = np.unravel_index(int(depth.argmax()), depth.shape)
    else:
        places = np.argwhere(depth >= 0.5 * depth.max())
        y, x = places[int(random.integers(len(places)))]
    return Click(int(x), int(y), is_inside)


def _depth(error: BoolImage) -> NDArray[np.float32]:
    """Distance of each wrong pixel to the nearest right one."""
    bordered = np.pad(error.astype(np.uint8), 1)
    return np.asarray(cv2.distanceTransform(bordered, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[1:-1, 1:-1], np.float32)
