"""From a mask to the alpha of a matte: grown or shrunk, with a soft edge."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from vosapp.core.document import MatteSettings
from vosapp.core.mask import BoolImage

Alpha = NDArray[np.uint8]


def is_neutral(settings: MatteSettings) -> bool:
    """Whether these settings leave a mask as it is."""
    return settings.grow_px == 0 and settings.feather_px == 0


def alpha_of(mask: BoolImage, settings: MatteSettings) -> Alpha:
    """The alpha (height, width) uint8 of a mask, 255 inside; exactly 0 and 255 with neutral settings.

    The outline moves outward by `grow_px`; across it alpha falls linearly over `feather_px`, half on either side.
    An empty mask stays empty and a full one full.
    """
    if is_neutral(settings) or not mask.any() or mask.all():
        return np.where(mask, np.uint8(255), np.uint8(0))
    part = _surroundings(mask, math.ceil(max(settings.grow_px, 0.0) + settings.feather_px / 2) + 2)
    alpha = np.zeros(mask.shape, np.uint8)
    alpha[part] = _edge(mask[part], settings)
    return alpha


def _surroundings(mask: BoolImage, margin_px: int) -> tuple[slice, slice]:
    """Rows and columns of a mask that is not empty, with a margin: nothing beyond them changes what is within."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    top, left = max(0, int(rows[0]) - margin_px), max(0, int(columns[0]) - margin_px)
    return slice(top, int(rows[-1]) + margin_px + 1), slice(left, int(columns[-1]) + margin_px + 1)


def _edge(mask: BoolImage, settings: MatteSettings) -> Alpha:
    """The alpha of a mask by the distance of each pixel to the outline."""
    inside_px = _distance_to_outline(mask) + settings.grow_px
    if settings.feather_px <= 0:
        return np.where(inside_px > 0, np.uint8(255), np.uint8(0))
    ramp = np.clip(inside_px / settings.feather_px + 0.5, 0, 1)
    return np.asarray(np.round(ramp * 255), np.uint8)


def _distance_to_outline(mask: BoolImage) -> NDArray[np.float32]:
    """Signed distance in pixels from pixel centres to the outline: positive inside."""
    import cv2

    solid = mask.astype(np.uint8)
    inside = cv2.distanceTransform(solid, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    outside = cv2.distanceTransform(1 - solid, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    # The outline runs between two pixels, half a pixel from the centre of either.
    return np.asarray(np.where(mask, inside - 0.5, 0.5 - outside), np.float32)
