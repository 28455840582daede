"""Region similarity J, boundary measure F and their statistics, as the DAVIS benchmark defines them.

Perazzi et al., "A Benchmark Dataset and Evaluation Methodology for Video Object Segmentation", CVPR 2016, and
Pont-Tuset et al., "The 2017 DAVIS Challenge on Video Object Segmentation". The values equal those of the official
programs, oddities included; the oddities are named where they happen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.core.errors import MaskError

BoolImage = NDArray[np.bool_]
AnyImage = NDArray[np.bool_] | NDArray[np.uint8]

BOUND_TH = 0.008  # boundary tolerance as a share of the image diagonal
RECALL_ABOVE = 0.5
DECAY_BINS = 4


@dataclass(frozen=True, slots=True)
class Summary:
    """Statistics of one object's values over its frames.

    Attributes:
        mean: mean over the frames, NaN left out.
        recall: share of frames above 0.5; NaN counts as not above.
        decay: mean of the first quarter minus mean of the last; positive when quality falls.
    """

    mean: float
    recall: float
    decay: float


def jaccard(result: AnyImage, truth: AnyImage, *, void: AnyImage | None = None) -> float:
    """Region similarity J: shared pixels over pixels in either mask, 0..1.

    Args:
        result, truth: (height, width); everything that is not zero is inside.
        void: pixels that count for nothing.

    Returns:
        J; 1 when both masks are empty.
    """
    a, b = _pair(result, truth, void)
    union = cv2.countNonZero(cv2.bitwise_or(a, b))
    return cv2.countNonZero(cv2.bitwise_and(a, b)) / union if union else 1.0


def boundary_f(result: AnyImage, truth: AnyImage, *, void: AnyImage | None = None, bound_th: float = BOUND_TH) -> float:
    """Boundary measure F: how well the outlines agree within a tolerance, 0..1.

    F = 2 P R / (P + R), where P is the share of the result's outline that lies near the truth's, R the reverse.

    Args:
        result, truth: (height, width); everything that is not zero is inside.
        void: pixels that are emptied in both masks before their outlines are taken.
        bound_th: tolerance as a share of the image diagonal, or in whole pixels from 1 up.

    Returns:
        F. Both outlines empty gives 1, one of them 0. A mask that fills the picture has no outline, so a full
        against an empty mask scores 1: so does the official program.
    """
    a, b = _pair(result, truth, void)
    outline_a, outline_b = _outline(a), _outline(b)
    count_a, count_b = cv2.countNonZero(outline_a), cv2.countNonZero(outline_b)
    if not count_a or not count_b:
        return 1.0 if count_a == count_b else 0.0
    radius_px = tolerance_px(a.shape, bound_th)
    precision = _count_near(outline_a, outline_b, radius_px) / count_a
    recall = _count_near(outline_b, outline_a, radius_px) / count_b
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def boundary_map(mask: AnyImage) -> BoolImage:
    """The outline of a mask, one pixel wide and half a pixel up and left, as (height, width).

    A pixel belongs to it when it differs from its right, lower or lower right neighbour; the last row looks only
    to the right, the last column only down, the last pixel nowhere. An object has no outline along the frame edge.
    """
    return _outline(_binary(mask)).view(np.bool_)


def tolerance_px(shape: tuple[int, ...], bound_th: float = BOUND_TH) -> int:
    """The tolerance of F in whole pixels for a picture of (height, width): 8 at 480p, 18 at 1080p."""
    if bound_th >= 1:
        if bound_th != int(bound_th):
            raise ValueError(f"a boundary tolerance in pixels must be whole, not {bound_th}")
        return int(bound_th)
    return math.ceil(bound_th * math.hypot(shape[0], shape[1]))


def summarise(values: Sequence[float] | NDArray[np.float64], *, as_published: bool = False) -> Summary:
    """Mean, recall and decay of one object's values in the order of its frames.

    The quarters of the decay share their end frames. The official program keeps the positions of the quarters in
    8 bits, so that they wrap and the decay becomes NaN from 256 frames on; DAVIS has no clip that long.

    Args:
        values: one value a frame; NaN where there is none.
        as_published: keep the positions in 8 bits, to compare with numbers of the official program.
    """
    x = np.asarray(values, np.float64)
    if x.size == 0:
        return Summary(math.nan, math.nan, math.nan)
    ends = np.round(np.linspace(1, x.size, DECAY_BINS + 1) + 1e-10).astype(np.int64)
    starts = ends - 1
    if as_published:
        starts, ends = starts % 256, ends % 256
    first, last = x[starts[0] : ends[1]], x[starts[-2] : ends[-1]]
    return Summary(
        mean=_mean(x),
        recall=float(np.count_nonzero(x > RECALL_ABOVE)) / x.size,
        decay=_mean(first) - _mean(last),
    )


def _mean(x: NDArray[np.float64]) -> float:
    known = x[~np.isnan(x)]
    return float(known.mean()) if known.size else math.nan


def _binary(mask: AnyImage) -> NDArray[np.uint8]:
    if mask.ndim != 2 or 0 in mask.shape:
        raise MaskError(f"A mask needs two dimensions of at least one pixel, not {mask.shape}.")
    return np.ascontiguousarray(mask != 0).view(np.uint8)


def _pair(result: AnyImage, truth: AnyImage, void: AnyImage | None) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    a, b = _binary(result), _binary(truth)
    if a.shape != b.shape or (void is not None and void.shape != a.shape):
        raise MaskError(f"Masks to compare must have one size, not {result.shape} and {truth.shape}.")
    if void is not None:
        counts = 1 - _binary(void)
        a, b = a * counts, b * counts
    return a, b


def _outline(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    outline = np.zeros_like(mask)
    down, right = mask[:-1] ^ mask[1:], mask[:, :-1] ^ mask[:, 1:]
    outline[:-1] |= down
    outline[:, :-1] |= right
    outline[:-1, :-1] |= mask[:-1, :-1] ^ mask[1:, 1:]
    return outline


@lru_cache(maxsize=8)
def _disk(radius_px: int) -> NDArray[np.uint8]:
    y, x = np.ogrid[-radius_px : radius_px + 1, -radius_px : radius_px + 1]
    return np.asarray(x * x + y * y <= radius_px * radius_px, np.uint8)


def _count_near(points: NDArray[np.uint8], outline: NDArray[np.uint8], radius_px: int) -> int:
    """How many pixels of `points` lie within the radius of a pixel of `outline`."""
    # Only the part of the picture where the outline lies can hold near points: cropping makes it several times quicker.
    left, top, width, height = cv2.boundingRect(outline)
    rows = slice(max(top - radius_px, 0), top + height + radius_px)
    columns = slice(max(left - radius_px, 0), left + width + radius_px)
    grown = cv2.dilate(outline[rows, columns], _disk(radius_px), borderType=cv2.BORDER_CONSTANT, borderValue=0)
    return cv2.countNonZero(cv2.bitwise_and(grown, points[rows, columns]))
