"""Operations on an edge that is soft already: moved, feathered, its levels set."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_RAMP_SIGMA = math.sqrt(12)  # a linear ramp of a width spreads as a Gaussian of this part of it


def ramp(inside_px: Floats, within_px: float, beyond_px: float) -> Floats:
    """Alpha 0..1 by the distance to the outline: 0.5 on it, 1 from `within_px` inside, 0 from `beyond_px` outside."""
    inner = _part(inside_px, within_px)
    outer = _part(-inside_px, beyond_px)
    return np.asarray(np.where(inside_px > 0, 0.5 + inner, 0.5 - outer), np.float32)


def _part(distance_px: Floats, width_px: float) -> Floats:
    if width_px <= 0:
        return np.asarray(np.where(distance_px > 0, np.float32(0.5), np.float32(0)), np.float32)
    return np.asarray(np.clip(distance_px / np.float32(2 * width_px), 0, 0.5), np.float32)


def grown(alpha: Floats, by_px: float) -> Floats:
    """An alpha whose edge is moved outward, or inward where `by_px` is negative; parts of a pixel count."""
    if by_px == 0:
        return alpha
    change = cv2.dilate if by_px > 0 else cv2.erode
    whole, rest = int(abs(by_px)), abs(by_px) % 1
    near = np.asarray(change(alpha, _disc(whole)), np.float32)
    if rest == 0:
        return near
    far = np.asarray(change(alpha, _disc(whole + 1)), np.float32)
    return np.asarray(near + np.float32(rest) * (far - near), np.float32)


def _disc(radius_px: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius_px + 1,) * 2), np.uint8)


def feathered(alpha: Floats, within_px: float, beyond_px: float) -> Floats:
    """An alpha with a wider edge: `within_px` of more softness towards the inside, `beyond_px` outwards."""
    result = alpha
    if within_px > 0:
        result = np.minimum(result, _blurred(alpha, 2 * within_px))
    if beyond_px > 0:
        result = np.where(alpha < 0.5, np.maximum(result, _blurred(alpha, 2 * beyond_px)), result)
    return np.asarray(result, np.float32)


def _blurred(alpha: Floats, width_px: float) -> Floats:
    return np.asarray(cv2.GaussianBlur(alpha, (0, 0), width_px / _RAMP_SIGMA), np.float32)


def levelled(alpha: Floats, black: float, white: float, gamma: float) -> Floats:
    """An alpha whose `black` becomes 0 and whose `white` becomes 1; above 1, `gamma` makes what is between denser."""
    if (black, white, gamma) == (0.0, 1.0, 1.0):
        return alpha
    spread = np.clip((alpha - np.float32(black)) / np.float32(max(white - black, 1e-3)), 0, 1)
    return np.asarray(spread ** np.float32(1 / max(gamma, 1e-2)), np.float32)
