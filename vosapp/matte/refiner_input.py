"""RefinerInput: what the refiner is given of a picture and a mask, and the alphas that it chooses among.

The candidates are the mask feathered by several widths, led by the picture in three ways, ramps along its smoothed
outline, and the *fast* edge. The network says which of them counts where and adds to their mixture, so it begins no
worse than a feather.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.core.mask import BoolImage
from vosapp.matte.edge_planes import EdgePlanes, edge_planes
from vosapp.matte.fast_edge import FastEdge

Floats = NDArray[np.float32]

FEATHERS_PX = (0.8, 1.3, 2.0, 3.0, 4.5, 6.5)  # standard deviations
RAMPS_PX = (1.5, 3.0, 5.0, 9.0)  # widths: what is out of focus or blurred by motion ends there, a Gaussian does not
_OUTLINE_PX = 1.0  # standard deviation by which the outline of a ramp is smoothed: a mask has steps, an object has none
_GUIDED = ((2, 1e-2, 1), (4, 1e-2, 3))  # radius in pixels, smoothness, and which feather the picture leads
_SHRINK = 4  # of the picture in which colours of both sides are looked for: far quicker, a little coarser
_MIXED_WITHIN_PX = 14.0
_FAR_PX = 16.0  # distances beyond are all alike
_CLOSE_PX = 3.0  # the same of the smoothed distance, which tells parts of a pixel
_WIDE_PX = 16.0  # a measured width that the network sees as 1


class RefinerInput(NamedTuple):
    """Input of the refiner for a tile; all float32.

    Attributes:
        planes: (17, H, W), see `_planes`.
        candidates: (14, H, W) alphas in 0..1: the feathers, narrow to wide, those that the picture leads, the ramps,
            the fast edge.
        near: (3, H, W) the object's colour near each pixel, 0..1.
    """

    planes: Floats
    candidates: Floats
    near: Floats


def look(rgb: Floats, mask: BoolImage, unknown: BoolImage | None = None) -> EdgePlanes:
    """Distances and colours around the outline of a mask (H, W) on a picture (H, W, 3) in 0..1.

    `unknown` (H, W) are pixels that the refiner decides however far from the outline.
    """
    return edge_planes(rgb, mask, shrink=_SHRINK, mixed_within_px=_MIXED_WITHIN_PX, unknown=unknown)


def refiner_input(rgb: Floats, mask: BoolImage, edge: EdgePlanes, fast: FastEdge) -> RefinerInput:
    """The input for a picture or a part of one.

    Args:
        rgb: (H, W, 3) in 0..1.
        mask: (H, W).
        edge: what `look` found there.
        fast: the fast edge there.
    """
    solid = mask.astype(np.float32)
    feathers = [cv2.GaussianBlur(solid, (0, 0), width, borderType=cv2.BORDER_REPLICATE) for width in FEATHERS_PX]
    led = [
        np.asarray(np.clip(cv2.ximgproc.guidedFilter(rgb, feathers[which], radius, smoothness), 0, 1), np.float32)
        for radius, smoothness, which in _GUIDED
    ]
    smooth_px = cv2.GaussianBlur(
        np.clip(edge.inside_px, -_FAR_PX, _FAR_PX), (0, 0), _OUTLINE_PX, borderType=cv2.BORDER_REPLICATE
    )
    ramps = [np.clip(smooth_px / np.float32(width) + np.float32(0.5), 0, 1) for width in RAMPS_PX]
    candidates = np.stack([*feathers, *led, edge.mixed, *ramps, fast.alpha]).astype(np.float32)
    planes = _planes(rgb, solid, edge, led, fast)
    planes[16] = np.clip(smooth_px / np.float32(_CLOSE_PX), -1, 1)
    return RefinerInput(
        planes,
        candidates,
        np.ascontiguousarray(edge.front.transpose(2, 0, 1), np.float32),
    )


def _planes(rgb: Floats, solid: Floats, edge: EdgePlanes, led: list[Floats], fast: FastEdge) -> Floats:
    """(17, H, W): picture, mask, distance, both colours less the picture, mixture, led alphas, fast edge.

    The last plane is left to the caller: the distance to the smoothed outline.
    """
    planes = np.empty((17, *solid.shape), np.float32)
    planes[0:3] = (rgb - np.float32(0.5)).transpose(2, 0, 1)
    planes[3] = 2 * solid - 1
    planes[4] = np.clip(edge.inside_px / np.float32(_FAR_PX), -1, 1)
    planes[5:8] = (edge.front - rgb).transpose(2, 0, 1)
    planes[8:11] = (edge.behind - rgb).transpose(2, 0, 1)
    planes[11] = edge.mixed
    planes[12], planes[13] = led
    planes[14], planes[15] = fast.alpha, fast.width_px / np.float32(_WIDE_PX)
    return planes
