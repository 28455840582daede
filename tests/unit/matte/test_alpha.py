"""Masks become alpha as the settings say."""

from __future__ import annotations

import numpy as np
import pytest

from vosapp.core.document import MatteSettings
from vosapp.matte.alpha import alpha_of

SQUARE = np.zeros((40, 50), np.bool_)
SQUARE[10:30, 15:35] = True


def test_neutral_settings_change_nothing() -> None:
    alpha = alpha_of(SQUARE, MatteSettings())
    assert alpha.dtype == np.uint8
    assert np.array_equal(alpha == 255, SQUARE)
    assert set(np.unique(alpha)) == {0, 255}


@pytest.mark.parametrize(("grow", "side"), [(2, 24), (-3, 14), (0, 20)])
def test_growing_moves_the_outline(grow: float, side: int) -> None:
    alpha = alpha_of(SQUARE, MatteSettings(grow_px=grow))
    assert np.count_nonzero(alpha[20]) == side


def test_feather_falls_evenly_around_the_outline() -> None:
    row = alpha_of(SQUARE, MatteSettings(feather_px=8))[20].astype(int)
    assert row[25] == 255
    assert row[5] == 0
    assert (np.diff(row[8:25]) >= 0).all()
    assert row[14] + row[15] == 255  # half inside, half outside
    assert np.count_nonzero((row[:25] > 0) & (row[:25] < 255)) == 8


@pytest.mark.parametrize("value", [False, True])
def test_empty_and_full_masks_stay_so(value: bool) -> None:
    mask = np.full((9, 11), value)
    assert (alpha_of(mask, MatteSettings(grow_px=3, feather_px=5)) == (255 if value else 0)).all()
