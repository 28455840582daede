"""steadied: an alpha that does not flicker, from those of the frames around it, moved along the optical flow.

Where the picture of a frame around does not look like this one after it was moved, or where something moves, its
alpha does not count: what really changes is followed at once. Nothing is carried from frame to frame, so a frame is
the same whichever was made before it, and window and export agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.optical_flow import Flow, FlowEstimator, GreyImage, grey, warp
from vosapp.video.source import RgbImage

Floats = NDArray[np.float32]

_MARGIN_PX = 48  # of picture around the edge, for the flow
_ALIKE_LEVELS = 3.0  # by which moved pictures may differ, after averaging over:
_ALIKE_PX = 5
_STILL_PX = 0.5  # of motion up to which frames count: flow is too coarse to average sharp edges that move further
_NEAR_PX = 25  # within which the fastest point decides: flow beside a moving edge may be that of what is behind it
_EDGE_PX = 9  # how far from a soft pixel of any frame alpha may change


@dataclass(frozen=True, slots=True)
class Moment:
    """Alpha (height, width) 0..1 and picture (height, width, 3) uint8 of a frame."""

    alpha: Floats
    picture: RgbImage


def steadied(now: Moment, around: Sequence[Moment], strength: float) -> Floats:
    """The alpha (height, width) of a frame, averaged with those of others along the flow.

    Args:
        now: the frame.
        around: of the frames before and after.
        strength: 0 leaves it as it is, 1 lets every frame count alike.
    """
    part = _part(now, around) if strength > 0 and around else None
    if part is None:
        return now.alpha
    here = grey(now.picture[part])
    flows = FlowEstimator()
    total, weight = now.alpha[part].copy(), np.ones(here.shape, np.float32)
    for other in around:
        there = grey(other.picture[part])
        flow = flows.flow(here, there)
        moved = np.asarray(warp(there, flow, outside=None))
        share = np.float32(strength) * _alikeness(here, moved) * _stillness(flow)
        total += share * warp(other.alpha[part], flow, outside=None)
        weight += share
    result = now.alpha.copy()
    changeable = _edge(now.alpha[part])
    result[part] = np.where(changeable, total / weight, result[part])
    return result


def _alikeness(here: GreyImage, moved: GreyImage) -> Floats:
    """0..1: how much two pictures agree around each pixel, noise left aside."""
    difference = cv2.blur(here.astype(np.float32) - moved.astype(np.float32), (_ALIKE_PX, _ALIKE_PX))
    return np.asarray(np.exp(-np.square(difference / np.float32(_ALIKE_LEVELS))), np.float32)


def _stillness(flow: Flow) -> Floats:
    """0..1: how little moves around each pixel between two frames."""
    moved_px = cv2.dilate(cv2.magnitude(flow[..., 0], flow[..., 1]), np.ones((_NEAR_PX, _NEAR_PX), np.uint8))
    return np.asarray(np.exp(-np.square(moved_px / np.float32(_STILL_PX))), np.float32)


def _part(now: Moment, around: Sequence[Moment]) -> tuple[slice, slice] | None:
    """Rows and columns around all that is neither in nor out on any frame; None where there is no edge."""
    soft = _edge(now.alpha)
    for moment in around:
        soft = soft | _edge(moment.alpha)
    rows, columns = np.flatnonzero(soft.any(axis=1)), np.flatnonzero(soft.any(axis=0))
    if not len(rows):
        return None
    top, left = max(0, int(rows[0]) - _MARGIN_PX), max(0, int(columns[0]) - _MARGIN_PX)
    return slice(top, int(rows[-1]) + _MARGIN_PX + 1), slice(left, int(columns[-1]) + _MARGIN_PX + 1)


def _edge(alpha: Floats) -> NDArray[np.bool_]:
    """Pixels near one that is neither 0 nor 1, or near the outline of a hard mask."""
    solid = np.asarray(np.round(alpha * 255), np.uint8)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * _EDGE_PX + 1, 2 * _EDGE_PX + 1))
    return np.asarray(cv2.dilate(solid, kernel) != cv2.erode(solid, kernel), np.bool_)
