"""Textures of the synthetic suite: seeded noise turned into colour."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float32]
Colours = tuple[tuple[int, int, int], ...]


def noise(height: int, width: int, *, cell_px: int, seed: int) -> NDArray[np.float32]:
    """Smooth noise (height, width) in 0..1 whose blobs are about `cell_px` wide."""
    random = np.random.default_rng(seed)
    grid = random.random((height // cell_px + 3, width // cell_px + 3), np.float32)
    size = (grid.shape[1] * cell_px, grid.shape[0] * cell_px)
    return np.asarray(cv2.resize(grid, size, interpolation=cv2.INTER_CUBIC)[:height, :width], np.float32)


@lru_cache(maxsize=32)
def texture(height: int, width: int, seed: int, colours: Colours, coarse_px: int = 48) -> Picture:
    """A painted surface (height, width, 3) float32 in 0..255: patches of the colours, with grain on three scales.

    Args:
        height, width: in pixels.
        seed: makes it; the same seed always makes the same picture.
        colours: RGB, at least two; neighbours in the list lie side by side in the picture.
        coarse_px: size of the largest patches.
    """
    scales = [max(2, coarse_px // divisor) for divisor in (1, 3, 9)]
    layers = [noise(height, width, cell_px=cell, seed=seed * 10 + i) for i, cell in enumerate(scales)]
    value = sum(weight * layer for weight, layer in zip((0.62, 0.25, 0.13), layers, strict=True))
    value = np.clip((value - 0.2) / 0.6, 0, 1)
    table = np.array(colours, np.float32)
    place = np.linspace(0, 1, len(table))
    painted = np.stack([np.interp(value, place, table[:, channel]) for channel in range(3)], axis=-1)
    grain = noise(height, width, cell_px=2, seed=seed * 10 + 7)[..., None] - 0.5
    picture = np.asarray(np.clip(painted + 26 * grain, 0, 255), np.float32)
    picture.flags.writeable = False
    return picture


def sample(picture: Picture, x: NDArray[np.float32], y: NDArray[np.float32]) -> Picture:
    """The picture at places (height, width) in its pixels; beyond its border it goes on mirrored."""
    return np.asarray(cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT), np.float32)
