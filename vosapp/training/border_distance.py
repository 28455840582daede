"""Classes of distance to an object's border: the auxiliary task of S2S++ and HS2S."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

BORDER_PX = 20
_FAR = 255


def class_count(border_px: int = BORDER_PX, bin_px: int = 1) -> int:
    """How many classes there are: 42 for the published setting, two of which no pixel can have."""
    return 2 + 2 * (border_px // bin_px)


def border_classes(
    mask: NDArray[np.uint8], *, border_px: int = BORDER_PX, bin_px: int = 1, as_published: bool = False
) -> NDArray[np.uint8]:
    """The class of every pixel: 0 is background far from the border, the last one the object's inside.

    Between them lie the pixels within `border_px` of the border, in bins of `bin_px`, from far outside to far inside.

    Args:
        mask: (H, W), not zero inside the object.
        border_px: how far from the border the classes reach.
        bin_px: how many pixels of distance share a class.
        as_published: what a mask without a border gets. The authors' distance transform measures to a point outside
            the picture's first corner then, so that a fan of border classes appears there; otherwise every pixel is
            far away.
    """
    inside = np.asarray(mask) > 0
    bins = border_px // bin_px
    distance = _distance(inside, as_published)
    near = (distance >= 1) & (distance <= border_px)
    steps = distance // bin_px
    outer = np.where(near, bins - steps, 0)
    inner = np.where(near, 1 + bins + steps, 1 + 2 * bins)
    return np.where(inside, inner, outer).astype(np.uint8)


def _distance(inside: NDArray[np.bool_], as_published: bool) -> NDArray[np.int64]:
    """Distance of each pixel to the nearest one of the other kind, in whole pixels, at most 255."""
    if inside.all() or not inside.any():
        if not as_published:
            return np.full(inside.shape, _FAR, np.int64)
        rows, columns = np.indices(inside.shape)
        measured = np.sqrt(1.0 + rows**2 + columns**2)
    else:
        measured = sum(
            cv2.distanceTransform(side.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE).astype(np.float64)
            for side in (inside, ~inside)
        )
    return np.asarray(np.minimum(measured, _FAR), np.int64)
