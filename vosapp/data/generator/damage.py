"""Masks damaged as drifting predictions are: shifted, swollen, with parts lost and background or neighbours caught."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.uint8]


def damaged(mask: Mask, neighbour: Mask, random: np.random.Generator) -> Mask:
    """A mask (height, width, uint8) after one to three kinds of damage.

    Args:
        mask: the true one.
        neighbour: another object's, into which the damage may leak.
        random: draws.
    """
    left, top, across, down = cv2.boundingRect((mask > 127).astype(np.uint8))
    if across < 2 or down < 2:
        return mask
    size = float((across * down) ** 0.5)
    result = mask
    kinds = random.choice(6, size=int(random.integers(1, 4)), replace=False, p=[0.24, 0.17, 0.24, 0.2, 0.09, 0.06])
    for kind in kinds:
        if kind == 0:
            result = _with_blobs(result, mask, size, random)
        elif kind == 1:
            result = _resized(result, size, random)
        elif kind == 2:
            result = _with_holes(result, mask, size, random)
        elif kind == 3:
            result = _shifted(result, size, random)
        elif kind == 4:
            result = np.maximum(result, (neighbour * random.uniform(0.4, 1.0)).astype(np.uint8))
        else:
            result = _shrunk_to_part(result, (left, top, across, down), random)
    blur = random.uniform(0, 0.05) * size
    return np.asarray(cv2.GaussianBlur(result, (0, 0), blur), np.uint8) if blur > 0.4 else result


def _edge_points(mask: Mask, count: int, random: np.random.Generator) -> NDArray[np.int64]:
    """(count, 2) points (x, y) on the outline."""
    inside = (mask > 127).astype(np.uint8)
    core = np.asarray(cv2.erode(inside, np.ones((3, 3), np.uint8)), np.uint8)
    edge = np.argwhere(inside > core)
    return np.asarray(edge[random.integers(len(edge), size=count)][:, ::-1], np.int64)


def _blobs(mask: Mask, size: float, random: np.random.Generator) -> Mask:
    drawn = np.zeros_like(mask)
    for x, y in _edge_points(mask, int(random.integers(1, 4)), random):
        axes = (max(1, int(random.uniform(0.05, 0.3) * size)), max(1, int(random.uniform(0.05, 0.3) * size)))
        value = int(random.uniform(130, 255))
        cv2.ellipse(drawn, (int(x), int(y)), axes, random.uniform(0, 180), 0, 360, value, -1)
    return drawn


def _with_blobs(mask: Mask, true: Mask, size: float, random: np.random.Generator) -> Mask:
    return np.asarray(np.maximum(mask, _blobs(true, size, random)), np.uint8)


def _with_holes(mask: Mask, true: Mask, size: float, random: np.random.Generator) -> Mask:
    return np.asarray(np.minimum(mask, 255 - _blobs(true, size, random)), np.uint8)


def _resized(mask: Mask, size: float, random: np.random.Generator) -> Mask:
    reach = max(1, round(random.uniform(0.01, 0.08) * size))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    change = cv2.dilate if random.random() < 0.5 else cv2.erode
    return np.asarray(change(mask, kernel), np.uint8)


def _shifted(mask: Mask, size: float, random: np.random.Generator) -> Mask:
    height, width = mask.shape
    growth = float(np.exp(random.normal(0, 0.06)))
    turn = np.asarray(cv2.getRotationMatrix2D((width / 2, height / 2), random.normal(0, 4), growth), np.float64)
    turn[:, 2] += random.normal(0, 0.07, 2) * size
    return np.asarray(cv2.warpAffine(mask, turn, (width, height)), np.uint8)


def _shrunk_to_part(mask: Mask, box: tuple[int, int, int, int], random: np.random.Generator) -> Mask:
    """Only one side of the object is left."""
    left, top, across, down = box
    angle = random.uniform(0, 2 * np.pi)
    y, x = np.mgrid[: mask.shape[0], : mask.shape[1]]
    along = ((x - left) / across - 0.5) * np.cos(angle) + ((y - top) / down - 0.5) * np.sin(angle)
    return np.where(along > random.uniform(-0.3, 0.15), mask, 0).astype(np.uint8)
