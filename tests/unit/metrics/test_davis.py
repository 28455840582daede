"""J and F on masks with known answers: odd sizes, empty, full, touching the frame edge."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from vosapp.core.errors import MaskError
from vosapp.metrics.davis import boundary_f, boundary_map, jaccard, summarise, tolerance_px

masks = hnp.arrays(np.bool_, st.tuples(st.integers(1, 24), st.integers(1, 24)))


def brute_f(a: np.ndarray, b: np.ndarray, radius: int) -> float:
    """F from its definition: every outline pixel against every other, no dilation."""
    points_a, points_b = np.argwhere(boundary_map(a)), np.argwhere(boundary_map(b))
    if not len(points_a) or not len(points_b):
        return float(len(points_a) == len(points_b))
    near = ((points_a[:, None] - points_b[None]) ** 2).sum(axis=2) <= radius**2
    precision, recall = near.any(axis=1).mean(), near.any(axis=0).mean()
    return float(2 * precision * recall / (precision + recall)) if precision + recall else 0.0


@given(masks, st.integers(1, 5))
@settings(max_examples=60, deadline=None)
def test_f_equals_its_definition_by_brute_force(mask: np.ndarray, radius: int) -> None:
    other = np.roll(mask, (1, 2), axis=(0, 1)) ^ (np.arange(mask.shape[1]) % 5 == 0)
    assert boundary_f(mask, other, bound_th=radius) == pytest.approx(brute_f(mask, other, radius), abs=1e-12)


@given(masks)
@settings(max_examples=40, deadline=None)
def test_scores_are_symmetric_and_one_for_equal_masks(mask: np.ndarray) -> None:
    other = ~mask
    assert jaccard(mask, mask) == boundary_f(mask, mask) == 1
    assert jaccard(mask, other) == jaccard(other, mask) == 0
    assert boundary_f(mask, other) == boundary_f(other, mask)


def test_a_full_mask_has_no_outline_and_matches_an_empty_one() -> None:
    full, empty = np.ones((9, 7), np.bool_), np.zeros((9, 7), np.bool_)
    assert not boundary_map(full).any()
    assert boundary_f(full, empty) == 1
    assert jaccard(full, empty) == 0


def test_values_other_than_one_are_inside() -> None:
    mask = np.zeros((6, 6), np.uint8)
    mask[2:4, 2:4] = 200
    assert jaccard(mask, mask != 0) == 1
    assert boundary_f(mask, mask // 7) == 1


@pytest.mark.parametrize(("shape", "radius"), [((64, 64), 1), ((96, 160), 2), ((480, 854), 8), ((1080, 1920), 18)])
def test_tolerance_grows_with_the_picture(shape: tuple[int, int], radius: int) -> None:
    assert tolerance_px(shape) == radius


def test_a_tolerance_of_broken_pixels_is_refused() -> None:
    with pytest.raises(ValueError, match=r"whole, not 4\.5"):
        tolerance_px((10, 10), 4.5)


def test_masks_of_two_sizes_are_refused() -> None:
    with pytest.raises(MaskError, match="one size"):
        jaccard(np.zeros((4, 5), np.bool_), np.zeros((5, 4), np.bool_))
    with pytest.raises(MaskError, match="one size"):
        boundary_f(np.zeros((4, 5), np.bool_), np.zeros((4, 5), np.bool_), void=np.zeros((2, 2), np.bool_))


def test_statistics_of_a_falling_curve() -> None:
    values = [1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3]
    summary = summarise(values)
    assert summary.mean == pytest.approx(0.65)
    assert summary.recall == pytest.approx(5 / 8)
    assert summary.decay == pytest.approx(np.mean(values[:3]) - np.mean(values[-3:]))


def test_statistics_of_nothing_are_not_a_number() -> None:
    summary = summarise([])
    assert math.isnan(summary.mean)
    assert math.isnan(summary.recall)
    assert math.isnan(summary.decay)
