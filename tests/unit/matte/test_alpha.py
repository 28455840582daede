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


@pytest.mark.parametrize("settings", [MatteSettings(6, 9), MatteSettings(-2, 0), MatteSettings(0, 31)])
@pytest.mark.parametrize("corner", [(0, 0), (7, 9), (17, 22)])
def test_only_the_surroundings_are_looked_at_and_the_alpha_is_the_same(
    settings: MatteSettings, corner: tuple[int, int]
) -> None:
    top, left = corner
    mask = np.zeros((30, 40), np.bool_)
    mask[top : top + 13, left : left + 18] = True
    mask[top + 4 : top + 7, left + 5 : left + 9] = False
    y, x = np.nonzero(mask)
    from_inside = np.hypot(*(np.indices(mask.shape)[:, :, :, None] - np.stack([y, x])[:, None, None])).min(-1)
    y, x = np.nonzero(~mask)
    from_outside = np.hypot(*(np.indices(mask.shape)[:, :, :, None] - np.stack([y, x])[:, None, None])).min(-1)
    inside_px = np.where(mask, from_outside - 0.5, 0.5 - from_inside) + settings.grow_px
    ramp = inside_px / settings.feather_px + 0.5 if settings.feather_px else inside_px > 0
    expected = np.clip(ramp, 0, 1) * 255
    assert np.abs(alpha_of(mask, settings).astype(float) - expected).max() <= 1
