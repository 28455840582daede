"""Distances from pixels to the outline of a mask."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.core.mask import BoolImage


def distance_to_outline(mask: BoolImage) -> NDArray[np.float32]:
    """Signed distance in pixels (height, width) from pixel centres to the outline of a mask: positive inside.

    Where the mask is empty or full there is no outline: the distance is then very large.
    """
    solid = mask.astype(np.uint8)
    inside = cv2.distanceTransform(solid, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    outside = cv2.distanceTransform(1 - solid, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    # The outline runs between two pixels, half a pixel from the centre of either.
    return np.asarray(np.where(mask, inside - 0.5, 0.5 - outside), np.float32)
