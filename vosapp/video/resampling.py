"""Brings samples from one grid of pixels to another."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def resampled(samples: NDArray[Any], size: tuple[int, int]) -> NDArray[Any]:
    """Samples (height, width, ...) on a grid of `size`; shrinking takes the mean of what a pixel covers."""
    import cv2  # the window starts without it

    height, width = size
    if samples.shape[:2] == size:
        return samples
    shrinks = height <= samples.shape[0] and width <= samples.shape[1]
    way = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(np.ascontiguousarray(samples), (width, height), interpolation=way))


def resampled_mask(mask: NDArray[np.bool_], size: tuple[int, int]) -> NDArray[np.bool_]:
    """A mask (height, width) on another grid: inside where at least half of a pixel is."""
    return np.asarray(resampled(mask.astype(np.float32), size) >= 0.5)
