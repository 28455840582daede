"""Flow follows a known motion, warping uses it, and the round trip finds what it cannot know."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from vosapp.optical_flow import dense_flow, is_consistent, round_trip_error, warp


def texture(height: int, width: int, seed: int = 3) -> NDArray[np.uint8]:
    noise = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    smooth = cv2.GaussianBlur(noise, (0, 0), 2.5).astype(np.float32)
    return np.asarray(np.clip((smooth - 128) * 6 + 128, 0, 255), np.uint8)


def test_a_shift_is_found_and_undone() -> None:
    large = texture(140, 200)
    first, second = large[10:130, 20:180], large[7:127, 25:185]  # content moves by (-5, +3)
    flow = dense_flow(first, second)
    inner = flow[20:-20, 20:-20]
    assert np.abs(np.median(inner, axis=(0, 1)) - [-5, 3]).max() < 0.2
    back = warp(second, flow, outside=None)
    assert np.abs(back[20:-20, 20:-20].astype(int) - first[20:-20, 20:-20]).mean() < 4


def test_large_pictures_get_their_flow_at_a_smaller_size_in_full_pixels() -> None:
    large = cv2.resize(texture(300, 500), (2000, 1200), interpolation=cv2.INTER_CUBIC)
    flow = dense_flow(large[:, 40:], large[:, :-40])
    assert flow.shape == (1200, 1960, 2)
    assert abs(float(np.median(flow[200:-200, 200:-200, 0])) - 40) < 1


@pytest.mark.parametrize("size", [(1, 1), (5, 40), (31, 31), (33, 70)])
def test_pictures_of_any_size_have_a_flow(size: tuple[int, int]) -> None:
    picture = texture(*size)
    assert dense_flow(picture, picture).shape == (*size, 2)


def test_what_appears_is_inconsistent() -> None:
    still = texture(120, 160)
    moved = still.copy()
    patch = texture(40, 40, seed=9)
    still[40:80, 40:80] = patch
    moved[40:80, 56:96] = patch
    there, back = dense_flow(moved, still), dense_flow(still, moved)
    good = is_consistent(there, back)
    assert good[:30].mean() > 0.95
    assert good[45:75, 42:54].mean() < 0.5  # uncovered ground: it was hidden before
    error = round_trip_error(there, back)
    assert error[45:75, 42:54].mean() > 4 * error[:30].mean()


def test_warping_beyond_the_border_gives_what_was_asked() -> None:
    image = np.ones((10, 12), np.float32)
    flow = np.zeros((10, 12, 2), np.float32)
    flow[..., 0] = 100
    assert warp(image, flow).max() == 0
    assert warp(image, flow, outside=None).min() == 1
