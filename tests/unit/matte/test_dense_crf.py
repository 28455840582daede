"""The lattice filters like a Gaussian, and the field built on it moves outlines to edges."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from vosapp.matte.dense_crf import CrfSettings, refine_by_crf
from vosapp.matte.lattice import build_lattice


@pytest.mark.parametrize("dimensions", [1, 2, 3, 5])
def test_lattice_filters_like_a_gaussian(dimensions: int) -> None:
    random = np.random.default_rng(dimensions)
    features = (random.random((800, dimensions)) * 4).astype(np.float32)
    values = random.random(800, np.float32)
    lattice = build_lattice(features)
    np.testing.assert_allclose(lattice.weights.sum(axis=0), 1, atol=1e-5)
    assert lattice.weights.min() >= -1e-5
    apart = np.square(features[:, None] - features[None]).sum(axis=-1)
    exact = np.exp(-apart / 2)
    wanted = exact @ values / exact.sum(axis=1)
    got = lattice.filter(values) / lattice.filter(np.ones(800, np.float32))
    assert np.abs(got - wanted).max() < 0.08
    assert np.abs(got - wanted).mean() < 0.01
    assert np.corrcoef(got, wanted)[0, 1] > 0.95


def test_points_far_apart_do_not_meet() -> None:
    features = np.array([[0, 0], [50, 50]], np.float32)
    lattice = build_lattice(features)
    found = lattice.filter(np.array([1, 0], np.float32))
    assert found[0] > 0.1
    assert found[1] == 0


def _scene() -> tuple[NDArray[np.uint8], NDArray[np.bool_], NDArray[np.bool_]]:
    """A picture with two discs on a grey ground, a little noisy, and where the discs are."""
    rows, columns = np.mgrid[:80, :120]
    first = np.hypot(rows - 40, columns - 40) < 20
    second = np.hypot(rows - 40, columns - 84) < 20
    picture = np.full((80, 120, 3), 90, np.float32)
    picture[first] = (180, 60, 40)
    picture[second] = (40, 80, 190)
    noisy = picture + np.random.default_rng(0).normal(0, 4, picture.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8), first, second


def _soft(mask: NDArray[np.bool_], shift: int) -> NDArray[np.float32]:
    """The mask moved to the right and blurred: the outline is wrong by `shift` pixels."""
    moved = np.roll(mask.astype(np.float32), shift, axis=1)
    return np.asarray(0.9 * cv2.GaussianBlur(moved, (0, 0), 2), np.float32)


def _iou(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> float:
    return float((a & b).sum() / (a | b).sum())


def test_outlines_move_to_the_edges() -> None:
    rgb, first, second = _scene()
    given = np.stack([_soft(first, 4), _soft(second, -4)])
    refined = refine_by_crf(rgb, given)
    assert refined.shape == given.shape
    assert refined.sum(axis=0).max() <= 1 + 1e-5
    for truth, before, after in zip((first, second), given, refined, strict=True):
        assert _iou(before >= 0.5, truth) < 0.85
        assert _iou(after >= 0.5, truth) > 0.95


def test_no_ties_change_nothing() -> None:
    rgb, first, _ = _scene()
    given = _soft(first, 4)[None]
    settings = CrfSettings(near_weight=0, alike_weight=0)
    np.testing.assert_allclose(refine_by_crf(rgb, given, settings), given, atol=1e-4)


def test_far_from_the_objects_nothing_is_touched() -> None:
    rgb = np.zeros((300, 400, 3), np.uint8)
    given = np.zeros((1, 300, 400), np.float32)
    given[0, 10:20, 10:20] = 0.9
    refined = refine_by_crf(rgb, given, CrfSettings(alike_px=10))
    assert refined[0, 12:18, 12:18].min() > 0
    assert not refined[0, 100:].any()


def test_an_empty_picture_stays_empty() -> None:
    nothing = np.zeros((2, 20, 30), np.float32)
    np.testing.assert_array_equal(refine_by_crf(np.zeros((20, 30, 3), np.uint8), nothing), nothing)
