"""The doubt of hybrid: every sign raises it, and it stays a share."""

from __future__ import annotations

import math

import numpy as np
import pytest

from vosapp.engine.hybrid.doubt import doubt_of, signs


def disc(softness: float) -> np.ndarray:
    """A disc of radius 30 whose edge is so many pixels soft."""
    y, x = np.mgrid[:100, :100].astype(np.float32)
    distance = np.hypot(x - 50, y - 50)
    return np.clip((30 - distance) / softness + 0.5, 0, 1).astype(np.float32)


def test_every_sign_raises_the_doubt() -> None:
    sharp, soft = disc(2), disc(12)
    base = doubt_of(signs(0.1, 3, sharp))
    assert base < doubt_of(signs(0.2, 3, sharp))
    assert base < doubt_of(signs(0.1, 30, sharp))
    assert base < doubt_of(signs(0.1, 3, soft))


@pytest.mark.parametrize("own", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("mask", [np.zeros((8, 8), np.float32), np.ones((8, 8), np.float32), disc(60)])
def test_the_doubt_is_a_share(own: float, mask: np.ndarray) -> None:
    for frames in (0, 1, 10_000):
        assert 0 < doubt_of(signs(own, frames, mask)) < 1


def test_the_share_of_undecided_pixels_does_not_depend_on_the_size() -> None:
    small = disc(4)
    large = np.kron(small, np.ones((4, 4), np.float32))
    assert math.isclose(signs(0.1, 1, small).undecided, signs(0.1, 1, large).undecided, abs_tol=0.05)
