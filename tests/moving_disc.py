"""A textured disc that moves while the shutter is open: pictures whose alpha is known, for tests and figures."""

from __future__ import annotations

import cv2
import numpy as np

SHAPE = (260, 380)
RADIUS = 60


def moving_disc(blur_px: float, texture: float = 8.0) -> tuple[np.ndarray, np.ndarray]:
    """A textured disc that moves to the right by so much while the shutter is open: picture 0..1, and its alpha."""
    rng = np.random.default_rng(7)
    height, width = SHAPE
    behind = np.array([90.0, 110.0, 130.0]) + _texture(rng, (height, width), texture)
    own = np.array([200.0, 160.0, 120.0]) + _texture(rng, (height, 2 * width), texture)
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    alpha, light, steps = np.zeros(SHAPE, np.float32), np.zeros((*SHAPE, 3), np.float32), 33
    for share in np.linspace(-0.5, 0.5, steps):
        x = 190 + share * blur_px
        covered = np.clip(RADIUS - np.hypot(columns - x, rows - 130) + 0.5, 0, 1)
        shifted = np.array([[1, 0, x - 380], [0, 1, 0]], np.float32)
        seen = cv2.warpAffine(own.astype(np.float32), shifted, (width, height), borderMode=cv2.BORDER_REFLECT)
        alpha += covered / steps
        light += covered[..., None] * seen / steps
    picture = light + (1 - alpha[..., None]) * behind + rng.normal(0, 2, light.shape)
    return (np.clip(picture, 0, 255) / 255).astype(np.float32), alpha


def _texture(rng: np.random.Generator, shape: tuple[int, int], levels: float) -> np.ndarray:
    waves = cv2.GaussianBlur(rng.normal(0, 1, (*shape, 3)).astype(np.float32), (0, 0), 5)
    return np.asarray(waves * (levels / waves.std()))
