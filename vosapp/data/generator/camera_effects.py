"""CameraEffects: light, colour, focus, noise and compression of a generated shot."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class CameraEffects:
    """Settings of one shot.

    Attributes:
        blur_px: focus.
        noise: standard deviation in grey levels.
        quality: of JPEG compression, or None.
        flicker: how much the light changes from frame to frame.
    """

    blur_px: float
    noise: float
    quality: int | None
    flicker: float


def draw_camera_effects(random: np.random.Generator) -> CameraEffects:
    """How a shot looks."""
    return CameraEffects(
        blur_px=abs(random.normal(0, 0.7)) if random.random() < 0.4 else 0.0,
        noise=abs(random.normal(0, 5)) if random.random() < 0.5 else 0.0,
        quality=int(random.integers(25, 90)) if random.random() < 0.4 else None,
        flicker=random.choice([0.01, 0.04]),
    )


def recoloured(rgb: Rgb, random: np.random.Generator, amount: float) -> Rgb:
    """Gain, offset and gamma for each channel through one table; amount 1 is strong."""
    levels = np.arange(256, dtype=np.float32)[:, None] / 255
    common, each = random.normal(0, 0.16 * amount), random.normal(0, 0.05 * amount, 3)
    gamma = np.exp(random.normal(0, 0.2 * amount))
    table = np.clip((levels**gamma) * np.exp(common + each) + random.normal(0, 0.04 * amount), 0, 1) * 255
    return np.asarray(cv2.LUT(rgb, table.astype(np.uint8)[None]), np.uint8)


def with_camera_effects(rgb: Rgb, effects: CameraEffects, random: np.random.Generator) -> Rgb:
    """One frame as the camera of this shot sees it."""
    result = recoloured(rgb, random, effects.flicker)
    if effects.blur_px > 0.3:
        result = np.asarray(cv2.GaussianBlur(result, (0, 0), effects.blur_px), np.uint8)
    if effects.noise > 0:
        noise = random.standard_normal(rgb.shape, np.float32) * np.float32(effects.noise)
        result = np.clip(result + noise, 0, 255).astype(np.uint8)
    if effects.quality is not None:
        _, data = cv2.imencode(".jpg", result, [cv2.IMWRITE_JPEG_QUALITY, effects.quality])
        result = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
    return result
