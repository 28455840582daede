"""Steady edges: noise on a still object is averaged away, motion and what changes is followed at once."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import pytest

from vosapp.matte.steady import Moment, steadied

SIZE = (120, 160)


def still(seed: int, shift: int = 0) -> Moment:
    """A disc on a textured ground, with sensor noise and an outline that flickers."""
    rng = np.random.default_rng(seed)
    ground = cv2.GaussianBlur(np.random.default_rng(99).normal(120, 90, (*SIZE, 3)), (0, 0), 2)
    rows, columns = np.mgrid[: SIZE[0], : SIZE[1]]
    inside_px = 30 - np.hypot(rows - 60, columns - 70 - shift)
    wobble = cv2.GaussianBlur(rng.normal(0, 1, SIZE), (0, 0), 2)
    alpha = np.clip((inside_px + wobble * 6) / 3 + 0.5, 0, 1).astype(np.float32)
    share = np.clip(inside_px + 0.5, 0, 1)[..., None]
    picture = np.clip(share * 220 + (1 - share) * ground + rng.normal(0, 4, (*SIZE, 3)), 0, 255)
    return Moment(alpha, picture.astype(np.uint8))


def chatter(alphas: list[np.ndarray]) -> float:
    return float(np.mean([np.abs(after - before).mean() for before, after in pairwise(alphas)]))


def test_flicker_of_a_still_object_is_less_than_half() -> None:
    moments = [still(seed) for seed in range(8)]
    steady = [
        steadied(moments[place], [moments[place + step] for step in (-2, -1, 1, 2)], 1.0) for place in range(2, 6)
    ]
    assert chatter(steady) < 0.5 * chatter([one.alpha for one in moments[2:6]])


def test_what_moves_is_not_averaged() -> None:
    moments = [still(seed, shift=6 * seed) for seed in range(3)]
    result = steadied(moments[1], [moments[0], moments[2]], 1.0)
    assert np.abs(result - moments[1].alpha).mean() < 1e-3


def test_without_strength_or_neighbours_an_alpha_stays_as_it_is() -> None:
    moment, other = still(0), still(1)
    assert steadied(moment, [other], 0.0) is moment.alpha and steadied(moment, [], 1.0) is moment.alpha


def test_far_from_every_edge_nothing_changes() -> None:
    moment, other = still(0), still(1)
    result = steadied(moment, [other], 1.0)
    kernel = np.ones((25, 25))
    far = (cv2.dilate(moment.alpha, kernel) == 0) | (cv2.erode(moment.alpha, kernel) == 1)
    assert np.array_equal(result[far], moment.alpha[far]) and result.min() >= 0 and result.max() <= 1


@pytest.mark.parametrize("full", [False, True])
def test_empty_and_full_mattes_stay(full: bool) -> None:
    flat = Moment(np.full(SIZE, float(full), np.float32), still(0).picture)
    assert np.array_equal(steadied(flat, [flat], 1.0), flat.alpha)
