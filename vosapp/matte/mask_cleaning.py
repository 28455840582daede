"""Small faults of a mask taken away: holes filled, specks removed."""

from __future__ import annotations

import math

import cv2
import numpy as np

from vosapp.core.mask import BoolImage


def fill_holes(mask: BoolImage, largest_px: float) -> BoolImage:
    """A mask (height, width) without holes smaller than a disc of this diameter. What touches the border is no hole."""
    if largest_px <= 0 or mask.all():
        return mask
    small = _small_parts(~mask, largest_px, connectivity=4, keep_border=True)
    return np.asarray(mask | small, np.bool_)


def remove_specks(mask: BoolImage, largest_px: float) -> BoolImage:
    """A mask (height, width) without parts smaller than a disc of this diameter. Its largest part always stays."""
    if largest_px <= 0 or not mask.any():
        return mask
    small = _small_parts(mask, largest_px, connectivity=8, keep_border=False)
    return np.asarray(mask & ~small, np.bool_)


def _small_parts(mask: BoolImage, largest_px: float, *, connectivity: int, keep_border: bool) -> BoolImage:
    count, parts, facts, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=connectivity)
    areas = facts[:, cv2.CC_STAT_AREA]
    small = areas < math.pi / 4 * largest_px**2
    small[0] = False  # what is not in the mask
    if keep_border:
        left, top = facts[:, cv2.CC_STAT_LEFT], facts[:, cv2.CC_STAT_TOP]
        right, bottom = left + facts[:, cv2.CC_STAT_WIDTH], top + facts[:, cv2.CC_STAT_HEIGHT]
        small &= (left > 0) & (top > 0) & (right < mask.shape[1]) & (bottom < mask.shape[0])
    elif count > 1:
        small[1 + int(np.argmax(areas[1:]))] = False
    return np.asarray(small[parts], np.bool_)
