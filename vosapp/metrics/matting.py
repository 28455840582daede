"""Errors of a soft alpha against the true one.

Rhemann et al., "A Perceptually Motivated Online Benchmark for Image Matting", CVPR 2009: sum of absolute differences,
mean squared error and gradient error. Each is taken over the edge band, where the truth is soft or changes: the rest
of a picture is easy and would drown the difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.core.errors import MaskError

Alpha = NDArray[np.float32]
BoolImage = NDArray[np.bool_]

BAND_PX = 10  # how far the band reaches beyond the soft pixels, as wide as a usual trimap
_SIGMA = 1.4  # of the Gaussian derivative, as the benchmark has it
_SOFT_FROM, _SOFT_TO = 0.02, 0.98  # an 8-bit alpha has noise of a few steps at both ends


@dataclass(frozen=True, slots=True)
class MattingErrors:
    """Errors in the edge band of one frame; lower is better.

    Attributes:
        sad: sum of absolute differences, in thousands of pixels.
        mse: mean squared difference, 0..1.
        gradient: sum of squared differences of the gradient's length, in thousands.
        band_px: number of pixels in the band.
    """

    sad: float
    mse: float
    gradient: float
    band_px: int


def matting_errors(result: Alpha, truth: Alpha, *, band: BoolImage | None = None) -> MattingErrors:
    """Compares two alphas.

    Args:
        result, truth: (height, width) float32 in 0..1.
        band: where to compare, the truth's edge band unless told.

    Raises:
        MaskError: the sizes differ.
    """
    if result.shape != truth.shape or truth.ndim != 2:
        raise MaskError(f"Alphas to compare must have one size, not {result.shape} and {truth.shape}.")
    inside = edge_band(truth) if band is None else band
    count = int(np.count_nonzero(inside))
    if not count:
        return MattingErrors(0.0, 0.0, 0.0, 0)
    difference = (result.astype(np.float64) - truth)[inside]
    steepness = (_gradient(result) - _gradient(truth))[inside]
    return MattingErrors(
        sad=float(np.abs(difference).sum() / 1000),
        mse=float(np.square(difference).mean()),
        gradient=float(np.square(steepness).sum() / 1000),
        band_px=count,
    )


def temporal_error(results: Sequence[Alpha], truths: Sequence[Alpha]) -> float:
    """dtSSD of consecutive frames: how much alpha changes otherwise than the truth does; lower is better.

    Erofeev et al., "Perceptually motivated benchmark for video matting", BMVC 2015: the root mean square of the
    difference between both changes, here in the edge band of either frame, times 100, in the mean over all pairs.

    Raises:
        MaskError: not as many results as truths, or fewer than two.
    """
    if len(results) != len(truths) or len(truths) < 2:
        raise MaskError("A temporal error takes two frames or more, and a truth for each.")
    errors = []
    for (before, now), (true_before, true_now) in zip(pairwise(results), pairwise(truths), strict=True):
        band = edge_band(true_before) | edge_band(true_now)
        wrong = ((now - before) - (true_now - true_before))[band].astype(np.float64)
        errors.append(100 * float(np.sqrt(np.square(wrong).mean())) if wrong.size else 0.0)
    return float(np.mean(errors))


def edge_band(truth: Alpha, width_px: int = BAND_PX) -> BoolImage:
    """Pixels (height, width) within `width_px` of a soft pixel or of the outline."""
    soft = ((truth > _SOFT_FROM) & (truth < _SOFT_TO)).astype(np.uint8)
    solid = (truth >= 0.5).astype(np.uint8)
    edge = cv2.morphologyEx(solid, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_REPLICATE)
    disk = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * width_px + 1, 2 * width_px + 1))
    return np.asarray(cv2.dilate(cv2.bitwise_or(soft, edge), disk) > 0, np.bool_)


def _gradient(alpha: Alpha) -> NDArray[np.float64]:
    """Length of the Gaussian gradient, each filter scaled to unit energy."""
    radius = int(np.ceil(3 * _SIGMA))
    x = np.arange(-radius, radius + 1, dtype=np.float64)
    smooth = np.exp(-(x**2) / (2 * _SIGMA**2))
    slope = -x * smooth
    norm = float(np.sqrt((np.outer(smooth, slope) ** 2).sum()))
    image = alpha.astype(np.float64)
    across = cv2.sepFilter2D(image, cv2.CV_64F, slope / norm, smooth, borderType=cv2.BORDER_REPLICATE)
    down = cv2.sepFilter2D(image, cv2.CV_64F, smooth, slope / norm, borderType=cv2.BORDER_REPLICATE)
    return np.hypot(across, down)
