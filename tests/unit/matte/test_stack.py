"""Every element of the matte stack: what it does, and that neutral values leave all as it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vosapp.core.document import MatteSettings
from vosapp.core.errors import MaskError
from vosapp.matte.alpha import alpha_of
from vosapp.matte.mask_cleaning import fill_holes, remove_specks
from vosapp.matte.outline import distance_to_outline
from vosapp.matte.settings_facts import is_neutral, needs_picture
from vosapp.matte.soft_edge import feathered, grown, levelled, ramp

SQUARE = np.zeros((60, 70), np.bool_)
SQUARE[20:40, 25:45] = True


def soft_square() -> np.ndarray:
    return ramp(distance_to_outline(SQUARE), 2.0, 2.0)


def test_neutral_elements_give_back_what_they_get() -> None:
    alpha = soft_square()
    assert is_neutral(MatteSettings()) and not needs_picture(MatteSettings())
    assert fill_holes(SQUARE, 0) is SQUARE and remove_specks(SQUARE, 0) is SQUARE
    assert grown(alpha, 0) is alpha and feathered(alpha, 0, 0) is alpha and levelled(alpha, 0.0, 1.0, 1.0) is alpha
    assert np.array_equal(ramp(distance_to_outline(SQUARE), 0, 0) == 1, SQUARE)


def test_small_holes_are_filled_and_large_ones_and_bays_stay() -> None:
    mask = SQUARE.copy()
    mask[25:28, 30:33] = False  # 9 pixels
    mask[30:38, 34:42] = False  # 64 pixels
    mask[20:22, 27:29] = False  # open to the outside
    filled = fill_holes(mask, 5)
    assert filled[25:28, 30:33].all() and not filled[30:38, 34:42].any() and not filled[20:22, 27:29].any()
    assert fill_holes(mask, 10)[30:38, 34:42].all()


def test_specks_go_and_the_largest_part_stays_however_small() -> None:
    mask = SQUARE.copy()
    mask[3:6, 3:6] = True
    assert np.array_equal(remove_specks(mask, 5), SQUARE)
    assert np.array_equal(remove_specks(mask, 500), SQUARE)


def test_parts_of_a_pixel_count_when_growing() -> None:
    areas = [float(alpha_of(SQUARE, MatteSettings(grow_px=g, feather_px=2)).sum()) / 255 for g in (0, 0.25, 0.5, 1.0)]
    assert areas == sorted(areas) and areas[1] - areas[0] > 10
    soft = soft_square()
    assert soft.sum() < grown(soft, 0.5).sum() < grown(soft, 1.0).sum()
    assert grown(soft, -0.5).sum() < soft.sum()


def test_a_feather_can_lie_on_one_side() -> None:
    inside = alpha_of(SQUARE, MatteSettings(feather_in_px=4))
    assert not inside[~SQUARE].any() and (inside[SQUARE] < 255).any()
    outside = alpha_of(SQUARE, MatteSettings(feather_out_px=4))
    assert (outside[SQUARE] == 255).all() and (outside[~SQUARE] > 0).any()


def test_smoothing_takes_teeth_off_and_keeps_straight_edges() -> None:
    teeth = SQUARE.copy()
    teeth[19, 25:45:2] = True
    smooth = alpha_of(teeth, MatteSettings(smooth_px=2)) > 127
    row = smooth[19, 28:42]
    assert row.all() or not row.any()
    assert np.array_equal(smooth[25:35], SQUARE[25:35])


def test_levels_move_both_ends_and_the_middle() -> None:
    alpha = np.array([[0.0, 0.1, 0.5, 0.9, 1.0]], np.float32)
    assert levelled(alpha, 0.1, 0.9, 1.0) == pytest.approx(np.array([[0, 0, 0.5, 1, 1]]), abs=1e-6)
    assert levelled(alpha, 0.0, 1.0, 2.0)[0, 2] > 0.7


def picture_of(alpha: np.ndarray) -> np.ndarray:
    """A yellow object on a blue ground."""
    front, behind = np.array([230, 200, 40.0]), np.array([20, 40, 160.0])
    return np.rint(alpha[..., None] * front + (1 - alpha[..., None]) * behind).astype(np.uint8)


@pytest.mark.parametrize("width", [2.0, 12.0])
def test_a_refined_edge_is_as_wide_as_the_picture_shows(width: float) -> None:
    truth = ramp(distance_to_outline(SQUARE), width / 2, width / 2)
    alpha = alpha_of(SQUARE, MatteSettings(edge="fast"), picture_of(truth)) / 255
    wrong = ramp(distance_to_outline(SQUARE), 7 - width / 2, 7 - width / 2)
    assert np.abs(alpha - truth).sum() < 0.6 * np.abs(wrong - truth).sum()
    assert np.abs(alpha - truth).sum() < np.abs(SQUARE - truth).sum()


def test_far_from_the_outline_a_refined_edge_is_the_mask() -> None:
    noise = np.random.default_rng(4).integers(0, 255, (*SQUARE.shape, 3), np.uint8)
    alpha = alpha_of(SQUARE, MatteSettings(edge="fast", band_px=4), noise)
    far = np.abs(distance_to_outline(SQUARE)) > 5
    assert np.array_equal(alpha[far] == 255, SQUARE[far]) and set(np.unique(alpha[far])) <= {0, 255}


@pytest.mark.parametrize(
    "settings",
    [
        MatteSettings(edge="fast"),
        MatteSettings(edge="fast", grow_px=2.5, feather_px=6),
        MatteSettings(smooth_px=3, feather_px=4),
    ],
)
def test_only_the_surroundings_are_looked_at(settings: MatteSettings) -> None:
    """The same object in a larger picture has the same alpha."""
    picture = picture_of(ramp(distance_to_outline(SQUARE), 3, 3))
    around = ((150, 170), (150, 130))
    large = np.pad(picture, (*around, (0, 0)), mode="edge")
    alpha = alpha_of(np.pad(SQUARE, around), settings, large)
    larger = np.pad(
        alpha_of(np.pad(SQUARE, 100), settings, np.pad(picture, ((100, 100), (100, 100), (0, 0)), mode="edge")),
        ((50, 70), (50, 30)),
    )
    assert np.abs(alpha.astype(int) - larger).max() <= 1


def test_a_refined_edge_needs_the_picture_it_belongs_to() -> None:
    settings = replace(MatteSettings(), edge="fast")
    for picture in (None, np.zeros((5, 5, 3), np.uint8)):
        with pytest.raises(MaskError, match="picture"):
            alpha_of(SQUARE, settings, picture)


@pytest.mark.parametrize("value", [False, True])
def test_empty_and_full_masks_need_no_picture(value: bool) -> None:
    mask = np.full((9, 11), value)
    assert (alpha_of(mask, MatteSettings(edge="fast")) == (255 if value else 0)).all()
