"""What a pixel looks like: its colour and the texture around it, as a short vector. Nothing is learnt here."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.video.source import RgbImage

Features = NDArray[np.float32]

_SCALES_PX = (1.5, 4.0)
_LAB_CENTRE = np.array([128, 128, 128], np.float32)
_LAB_SPREAD = np.array([50, 18, 18], np.float32)  # typical spread of L, a, b on footage: about unit variance after
_GRADIENT_GAIN = 3.0
_SPREAD_GAIN = 2.0

FEATURE_COUNT = 3 + len(_SCALES_PX) * (3 + 2 + 3)
CONTEXT_PX = 24  # a pixel's features depend on the picture no farther away than this


def pixel_features(rgb: RgbImage) -> Features:
    """(height, width, FEATURE_COUNT) float32 of an RGB picture, each value mostly within -2..2.

    Per pixel: Lab colour; and at each of two scales the colour around it, the strength of horizontal and of vertical
    edges, and how far the colour spreads.
    """
    lab = np.asarray((cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB) - _LAB_CENTRE) / _LAB_SPREAD, np.float32)
    parts: list[NDArray[np.float32]] = [lab]
    for scale in _SCALES_PX:
        smooth = _blurred(lab, scale)
        light = np.ascontiguousarray(smooth[..., 0])
        edges = [np.abs(np.asarray(cv2.Sobel(light, cv2.CV_32F, *axis), np.float32)) for axis in ((1, 0), (0, 1))]
        parts.append(smooth)
        parts += [np.float32(_GRADIENT_GAIN) * _blurred(edge, 1.5 * scale)[..., None] for edge in edges]
        spread = np.sqrt(_blurred(np.square(lab - smooth), 1.5 * scale))
        parts.append(np.asarray(_SPREAD_GAIN * spread, np.float32))
    return np.concatenate(parts, axis=-1)


def _blurred(image: NDArray[np.float32], sigma_px: float) -> NDArray[np.float32]:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma_px), np.float32)
