"""The *fast* edge: as wide as the picture shows it to be, along its own edges. Needs no network.

How wide an edge is, is measured from the colours on both sides: where they mix over a long way the edge is soft. The
mask feathered by that width then goes through a guided filter (He, Sun and Tang, "Guided image filtering", ECCV
2010), which lets alpha follow hair and fur in the picture.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.core.mask import BoolImage
from vosapp.matte.edge_planes import EdgePlanes, edge_planes

Floats = NDArray[np.float32]

_NARROWEST_PX, _WIDEST_PX = 1.2, 16.0
_STRETCH_PX = 31  # of outline over which a width is measured
_REACH_PX = 8.0  # from the outline, within which colours count as the edge's
_BEYOND_PX = 6.0  # further out: what mixes there is texture, and is taken off
_GAIN = 8.0  # a linear edge of a width mixes to a sixth of it; colours hide some of it
_SHARP, _SOFT = (3, 1e-2), (4, 1e-2)  # radius in pixels and smoothness of the guided filter
_SOFT_FROM_PX = 8.0  # width at which the second of them takes over
_FAINT = 0.01  # alpha that a filter leaves where there is none, at both ends
_FADE_PX = 4.0  # over which the edge goes over into the mask


def fast_edge(rgb: Floats, mask: BoolImage, band_px: float = 0.0) -> Floats:
    """The alpha (H, W) 0..1 of a mask (H, W) on a picture (H, W, 3) in 0..1.

    Args:
        rgb, mask: the picture and the mask.
        band_px: how far from the outline alpha may differ from the mask; 0 follows the measured width.
    """
    planes = edge_planes(rgb, mask, shrink=4)
    width_px = edge_width(planes)
    soft = np.asarray(np.clip(planes.inside_px / width_px + np.float32(0.5), 0, 1), np.float32)
    sharp_filtered, soft_filtered = (
        cv2.ximgproc.guidedFilter(rgb, soft, radius, smoothness) for radius, smoothness in (_SHARP, _SOFT)
    )
    share = np.clip(width_px / np.float32(_SOFT_FROM_PX) - np.float32(0.5), 0, 1)
    alpha = sharp_filtered + share * (soft_filtered - sharp_filtered)
    alpha = (alpha - np.float32(_FAINT)) / np.float32(1 - 2 * _FAINT)
    reach = np.float32(band_px) if band_px > 0 else width_px + np.float32(_FADE_PX)
    near = np.clip((reach - np.abs(planes.inside_px)) / np.float32(_FADE_PX), 0, 1)
    return np.asarray(np.clip(near * alpha + (1 - near) * mask, 0, 1), np.float32)


def edge_width(planes: EdgePlanes) -> Floats:
    """(H, W) how wide the edge is nearby, in pixels, from how far the colours of both sides mix across it."""
    away = np.abs(planes.inside_px)
    mixing = planes.mixed * (1 - planes.mixed)
    near = away < _REACH_PX
    further = ~near & (away < _REACH_PX + _BEYOND_PX)
    texture = _over(mixing * further) / (_over(further.astype(np.float32)) + np.float32(1e-6))
    found = np.maximum(_over(mixing * near) - _over(near.astype(np.float32)) * texture, 0)
    length = _over((away < 1).astype(np.float32)) / 2  # one pixel on either side of the outline
    return np.asarray(np.clip(_GAIN * found / (length + np.float32(1e-4)), _NARROWEST_PX, _WIDEST_PX), np.float32)


def _over(values: Floats) -> Floats:
    size = (_STRETCH_PX, _STRETCH_PX)
    return np.asarray(cv2.blur(cv2.blur(values, size), size), np.float32)
