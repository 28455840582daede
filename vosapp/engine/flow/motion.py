"""What moves with the ground does not belong to an object that moves on its own."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.optical_flow import Flow, pixel_grid

_STEP_PX = 8  # distance of the points that the ground's motion is fitted to
_FEWEST_POINTS = 20
_FEWEST_PIXELS = 30
_RANSAC_PX = 1.0
_BINS = 21
_FLOOR = 0.03  # share of all motions that is taken as possible on either side
_LIMIT = 2.0
_FOR_SHARE = 0.1  # motion says little for the object: flow runs over its outline, so the ground beside it moves too


def motion_evidence(flow: Flow, moved: NDArray[np.float32], window: tuple[slice, slice]) -> NDArray[np.float32]:
    """Log-odds of being inside from how pixels move, (height, width) of the window, -2 to 0.2.

    The ground's motion is an affine map fitted outside the object; what differs from it is compared with how it is
    spread inside and outside the moved mask. Where both move alike, or either is too small to tell, zeros.

    Args:
        flow: (height, width, 2) of the working picture to the frame before, in its pixels.
        moved: (height, width) the object's mask, moved to this frame.
        window: rows and columns to look at.
    """
    part = moved[window]
    inside = cv2.erode((part > 0.5).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    outside = part < 0.1
    ground = _ground_motion(flow, moved)
    if ground is None or min(np.count_nonzero(inside), np.count_nonzero(outside)) < _FEWEST_PIXELS:
        return np.zeros(part.shape, np.float32)
    origin = np.array([window[1].start, window[0].start], np.float32)
    places = pixel_grid(*part.shape) + origin
    own = flow[window] - (places @ ground[:, :2].T + ground[:, 2] - places)
    reach = max(1.0, 1.5 * float(np.percentile(np.abs(own[inside]), 90)))
    codes = np.round((np.tanh(own / reach) + 1) / 2 * (_BINS - 1)).astype(np.intp)
    cells = codes[..., 1] * _BINS + codes[..., 0]
    floor = _FLOOR / _BINS
    ratio = np.log((_spread(cells[inside]) + floor) / (_spread(cells[outside]) + floor))[cells]
    ratio = np.clip(ratio, -_LIMIT, _LIMIT)
    return np.asarray(np.where(ratio < 0, ratio, _FOR_SHARE * ratio), np.float32)


def _ground_motion(flow: Flow, moved: NDArray[np.float32]) -> NDArray[np.float32] | None:
    """The (2, 3) affine map of most points outside the object to the frame before; None when there are too few."""
    height, width = moved.shape
    points = pixel_grid(height, width)[_STEP_PX // 2 :: _STEP_PX, _STEP_PX // 2 :: _STEP_PX].reshape(-1, 2)
    columns, rows = points.astype(np.intp).T
    points = points[moved[rows, columns] < 0.1]
    if len(points) < _FEWEST_POINTS:
        return None
    columns, rows = points.astype(np.intp).T
    found, _ = cv2.estimateAffine2D(
        points, points + flow[rows, columns], method=cv2.RANSAC, ransacReprojThreshold=_RANSAC_PX, maxIters=200
    )
    return None if found is None else np.asarray(found, np.float32)


def _spread(cells: NDArray[np.intp]) -> NDArray[np.float32]:
    """How often each of the `_BINS` x `_BINS` motions occurs, smoothed, adding up to 1."""
    counts = np.bincount(cells, minlength=_BINS * _BINS).astype(np.float32).reshape(_BINS, _BINS)
    smooth = np.asarray(cv2.GaussianBlur(counts, (0, 0), 1.0), np.float32)
    return np.asarray(smooth.ravel() / smooth.sum(), np.float32)
