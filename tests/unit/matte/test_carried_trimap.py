"""What is painted over an edge goes along with the picture, and nowhere where the picture is another one."""

from __future__ import annotations

import cv2
import numpy as np

from vosapp.core.trimap import TrimapKind
from vosapp.matte.carried_trimap import carried_trimap

SHAPE = (160, 240)


def texture(seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(128, 60, (*SHAPE, 3)).astype(np.float32)
    return np.clip(cv2.GaussianBlur(noise, (0, 0), 2.0) * 3 - 256, 0, 255).astype(np.uint8)


def moved(image: np.ndarray, x: float, y: float) -> np.ndarray:
    return cv2.warpAffine(image, np.array([[1, 0, x], [0, 1, y]], np.float64), SHAPE[::-1], flags=cv2.INTER_NEAREST)


def painted() -> np.ndarray:
    trimap = np.zeros(SHAPE, np.uint8)
    trimap[60:80, 80:120] = TrimapKind.UNKNOWN
    trimap[80:100, 80:120] = TrimapKind.INSIDE
    trimap[60:100, 130:150] = TrimapKind.OUTSIDE
    return trimap


def test_paint_moves_as_the_picture_does() -> None:
    before, trimap = texture(1), painted()
    found = carried_trimap(trimap, before, moved(before, 7, -4))
    expected = moved(trimap, 7, -4)
    assert (found[expected > 0] == expected[expected > 0]).mean() > 0.9
    assert np.count_nonzero(found[expected == 0]) < 0.05 * np.count_nonzero(expected)


def test_nothing_is_said_where_the_picture_is_another_one() -> None:
    before, trimap = texture(1), painted()
    assert np.count_nonzero(carried_trimap(trimap, before, texture(2))) < 0.25 * np.count_nonzero(trimap)
    half = moved(before, 3, 0)
    half[:, 120:] = texture(2)[:, 120:]
    found = carried_trimap(trimap, before, half)
    assert (found[85:95, 90:110] == TrimapKind.INSIDE).all() and not (found[:, 135:] > 0).mean() > 0.02
