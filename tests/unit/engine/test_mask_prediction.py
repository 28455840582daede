"""Doubt follows the probabilities; what was found gives way to what was given."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vosapp.engine.mask_prediction import doubt_of, mask_prediction

IMAGES = arrays(np.float32, (5, 7), elements=st.floats(0, 1, width=32))


def test_doubt_of_certain_lost_and_blurred_masks() -> None:
    sure = np.zeros((20, 20), np.float32)
    sure[5:15, 5:15] = 1
    assert doubt_of(sure) == 0
    assert doubt_of(np.zeros((20, 20), np.float32)) == 1
    blurred = np.where(sure > 0, np.float32(0.7), np.float32(0.3))
    assert 0.2 < doubt_of(0.9 * sure) + 0.1 < doubt_of(blurred) < 1


def test_a_faint_haze_is_not_doubt() -> None:
    sure = np.full((100, 100), 0.01, np.float32)
    sure[5:15, 5:15] = 1
    assert doubt_of(sure) == 0


@settings(deadline=None)
@given(IMAGES)
def test_doubt_is_a_share(probability: np.ndarray) -> None:
    assert 0 <= doubt_of(probability) <= 1


@settings(deadline=None)
@given(IMAGES, IMAGES)
def test_the_sum_stays_within_one(found: np.ndarray, noise: np.ndarray) -> None:
    trusted = (noise > 0.5).astype(np.float32)
    prediction = mask_prediction({1: found}, {2: trusted})
    assert prediction.probabilities[2] is trusted
    assert (prediction.probabilities[1] + trusted).max() <= 1
    np.testing.assert_array_equal(prediction.probabilities[1][trusted == 0], found[trusted == 0])
