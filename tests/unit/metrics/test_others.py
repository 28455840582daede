"""Instability, matting errors, rank correlation and transfer error on cases with known answers."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from vosapp.core.errors import MaskError
from vosapp.metrics.contours import trace
from vosapp.metrics.matting import edge_band, matting_errors
from vosapp.metrics.ranks import rank_correlation, separation
from vosapp.metrics.stability import pair_instability, sequence_instability
from vosapp.metrics.transfer import transfer_error


def disk(centre: tuple[int, int] = (40, 40), radius: int = 20) -> np.ndarray:
    return cv2.circle(np.zeros((80, 80), np.uint8), centre, radius, 1, -1) != 0


def test_a_moved_shape_is_stabler_than_a_changed_one() -> None:
    star = disk() & ~disk((52, 40), 8)
    moved = np.roll(star, (3, -4), axis=(0, 1))
    assert pair_instability(star, star) == 0
    assert pair_instability(star, moved) < 1e-3 < pair_instability(star, disk())


def test_an_empty_mask_has_no_instability() -> None:
    assert math.isnan(pair_instability(disk(), np.zeros((80, 80), np.bool_)))
    assert math.isnan(sequence_instability([disk()] * 3))


def test_a_ring_has_two_outlines_that_close() -> None:
    contours = trace(disk() & ~disk(radius=8))
    assert len(contours) == 2
    assert all(np.array_equal(c[0], c[-1]) for c in contours)


def test_matting_errors_of_a_known_difference() -> None:
    truth = np.zeros((60, 60), np.float32)
    truth[:, 30:] = 1
    result = truth.copy()
    result[:, 25:30] = 0.5
    errors = matting_errors(result, truth)
    assert errors.sad == pytest.approx(60 * 5 * 0.5 / 1000)
    assert errors.mse == pytest.approx(60 * 5 * 0.25 / errors.band_px)
    assert errors.gradient > 0


def test_matting_errors_outside_the_band_do_not_count() -> None:
    truth = np.zeros((60, 60), np.float32)
    truth[:, 30:] = 1
    result = truth.copy()
    result[:, :10] = 1
    assert matting_errors(result, truth).sad == 0
    everywhere = matting_errors(result, truth, band=np.ones((60, 60), np.bool_))
    assert everywhere.sad == pytest.approx(0.6)


def test_the_gradient_error_sees_sharpness_that_the_difference_hardly_does() -> None:
    truth = cv2.GaussianBlur(disk().astype(np.float32), (0, 0), 2)
    sharp, shifted = disk().astype(np.float32), np.roll(truth, 1, axis=1)
    assert matting_errors(sharp, truth).gradient > 3 * matting_errors(shifted, truth).gradient


def test_an_alpha_without_edges_has_no_errors() -> None:
    flat = np.zeros((20, 20), np.float32)
    assert not edge_band(flat).any()
    assert matting_errors(flat, flat).band_px == 0


def test_alphas_of_two_sizes_are_refused() -> None:
    with pytest.raises(MaskError, match="one size"):
        matting_errors(np.zeros((4, 5), np.float32), np.zeros((5, 4), np.float32))


def test_rank_correlation() -> None:
    assert rank_correlation([1, 2, 3, 4], [10, 20, 30, 400]) == pytest.approx(1)
    assert rank_correlation([1, 2, 3, 4], [4, 3, 2, 1]) == pytest.approx(-1)
    assert rank_correlation([1, 1, 2, 2], [1, 2, 1, 2]) == pytest.approx(0)
    assert math.isnan(rank_correlation([1, 1], [1, 2]))
    assert math.isnan(rank_correlation([1], [1]))
    with pytest.raises(ValueError, match="2 and 3"):
        rank_correlation([1, 2], [1, 2, 3])


def test_separation_is_the_share_of_pairs_in_the_right_order() -> None:
    assert separation([0.1, 0.2, 0.8, 0.9], [False, False, True, True]) == 1
    assert separation([0.9, 0.2, 0.8, 0.1], [False, False, True, True]) == pytest.approx(1 / 4)
    assert separation([0.5, 0.5], [True, False]) == pytest.approx(1 / 2)
    assert math.isnan(separation([0.5, 0.5], [False, False]))


def test_transfer_error_may_exceed_one_and_needs_an_object() -> None:
    truth = np.zeros((10, 10), np.bool_)
    assert math.isnan(transfer_error(~truth, truth))
    truth[0, :4] = True
    assert transfer_error(truth, truth) == 0
    assert transfer_error(~truth, truth) == 25
