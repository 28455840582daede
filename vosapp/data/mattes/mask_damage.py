"""Masks as they come to a refiner: true, smoothed and shifted as a propagated one is, or coarse."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
BoolImage = NDArray[np.bool_]


def _drawn_field(size_px: int, cells: int, amount: float, random: np.random.Generator) -> Floats:
    """(size, size, 2) smooth shifts in pixels with a standard deviation of about `amount`."""
    coarse = random.normal(0, amount, (cells, cells, 2)).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (size_px, size_px), interpolation=cv2.INTER_CUBIC), np.float32)


def moved(image: Floats, field: Floats) -> Floats:
    """An image (H, W) or (H, W, C) sampled at each pixel plus a field (H, W, 2)."""
    height, width = field.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return np.asarray(
        cv2.remap(image, x + field[..., 0], y + field[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE),
        np.float32,
    )


def as_given(alpha: Floats, random: np.random.Generator, *, true_masks: float) -> BoolImage:
    """The mask (H, W) of an alpha (H, W): this share of times the true one, else damaged as a network leaves it.

    A network's mask comes from a smaller grid, is smooth, and its outline strays by a pixel or two, at times by more.
    """
    if random.random() < true_masks:
        return np.asarray(alpha >= 0.5, np.bool_)
    size = alpha.shape[0]
    wander = float(np.exp(random.normal(0.0, 0.6)))  # pixels
    field = _drawn_field(size, int(random.integers(4, 12)), wander, random)
    grid = random.uniform(1.0, 4.0)
    small = cv2.resize(moved(alpha, field), None, fx=1 / grid, fy=1 / grid, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), random.uniform(0.4, 1.5))
    back = cv2.resize(small, (size, size), interpolation=cv2.INTER_LINEAR)
    return np.asarray(back >= np.clip(random.normal(0.5, 0.1), 0.2, 0.8), np.bool_)
