"""The transform tool with a real mouse: move, scale, turn, take, drop."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import Qt

from tests.gui.window_driver import WindowDriver
from vosapp.presentation.placement import Placement, placed_mask
from vosapp.presentation.viewer.raster import polygon_area

SHIFT = Qt.KeyboardModifier.ShiftModifier
SHAPE = (96, 160)


def box(left: float, top: float, right: float, bottom: float) -> np.ndarray:
    return polygon_area([(left, top), (right, top), (right, bottom), (left, bottom)], SHAPE)


def differing(found: np.ndarray, wanted: np.ndarray) -> float:
    return float(np.count_nonzero(found != wanted) / wanted.sum())


def press(shot: WindowDriver, key: Qt.Key) -> None:
    shot.qtbot.keyClick(shot.canvas, key)
    shot.settle()


def placement(shot: WindowDriver) -> Placement:
    found = shot.canvas.pen.transform.placement
    assert found is not None
    return found


@pytest.fixture
def held(shot: WindowDriver) -> WindowDriver:
    """A box in the mask and the transform tool in hand."""
    shot.trigger("tool.box")
    shot.drag([(40, 40), (60, 50), (80, 60)])
    press(shot, Qt.Key.Key_T)
    return shot


def test_a_drag_moves_the_mask_when_enter_takes_it(held: WindowDriver) -> None:
    before = held.mask(0)
    held.drag([(60, 50), (70, 55), (80, 60)])
    assert held.view.shot.transforming and np.array_equal(held.mask(0), before)
    held.drag([(80, 60), (90, 60), (100, 60)])  # once more: both are one step
    press(held, Qt.Key.Key_Return)
    assert differing(held.mask(0), box(80, 50, 120, 70)) < 0.08
    assert held.view.shot.project.undo_label == "transform" and not held.view.shot.transforming
    held.trigger("edit.undo")
    assert np.array_equal(held.mask(0), before)


def test_esc_puts_the_mask_back(held: WindowDriver) -> None:
    before = held.document
    held.drag([(60, 50), (80, 60)])
    press(held, Qt.Key.Key_Escape)
    assert held.document is before and not placement(held).is_changed and not held.view.shot.transforming


def test_a_corner_scales_and_the_one_across_stays(held: WindowDriver) -> None:
    corner = placement(held).handle(4)
    held.drag([corner, (90, 65), (120, 80)])
    press(held, Qt.Key.Key_Return)
    assert differing(held.mask(0), box(40, 40, 120, 80)) < 0.05
    side = placement(held).handle(3)
    held.drag([side, (100, 60), (80, 60)])
    press(held, Qt.Key.Key_Return)
    assert differing(held.mask(0), box(40, 40, 80, 80)) < 0.06


def test_shift_lets_a_corner_change_both_sides(held: WindowDriver) -> None:
    held.drag([placement(held).handle(4), (90, 65), (100, 90)], keys=SHIFT)
    press(held, Qt.Key.Key_Return)
    assert differing(held.mask(0), box(40, 40, 100, 90)) < 0.05


def test_the_round_handle_turns_in_steps_with_shift(held: WindowDriver) -> None:
    start = held.canvas.pen.transform.item.turn_handle()
    held.drag([start, (80, 30), (90, 52)], keys=SHIFT)
    assert placement(held).angle == pytest.approx(math.pi / 2)
    press(held, Qt.Key.Key_Return)
    assert differing(held.mask(0), box(50, 30, 70, 70)) < 0.06


def test_another_frame_takes_what_was_dragged(held: WindowDriver) -> None:
    held.drag([(60, 50), (80, 50)])
    held.go(3)
    assert differing(held.mask(0), box(60, 40, 100, 60)) < 0.06
    assert held.canvas.pen.transform.placement is None  # nothing stands on that frame
    held.go(0)
    assert not placement(held).is_changed


def test_a_mask_that_became_another_one_drops_the_drag(held: WindowDriver) -> None:
    held.drag([(60, 50), (80, 50)])
    held.trigger("edit.undo")
    assert not held.view.shot.transforming and not held.document.objects


def test_a_prediction_keeps_its_base_below_the_change(held: WindowDriver) -> None:
    held.trigger("propagate.forward")
    held.finish_run()
    held.go(2)
    before = held.cell(2)
    middle = placement(held).middle
    held.drag([middle, (middle[0] + 10, middle[1]), (middle[0] + 20, middle[1])])
    press(held, Qt.Key.Key_Return)
    after = held.cell(2)
    assert before is not None and after is not None and after.base == before.base and after.is_painted


def test_a_placement_of_whole_pixels_moves_pixels_exactly() -> None:
    mask = np.zeros(SHAPE, np.bool_)
    mask[10:30, 20:50] = np.random.default_rng(0).random((20, 30)) > 0.5
    moved = placed_mask(mask, Placement((20, 10, 50, 30), by=(7, -3)))
    assert np.array_equal(moved[7:27, 27:57], mask[10:30, 20:50]) and moved.sum() == mask.sum()
    assert np.array_equal(placed_mask(mask, Placement((20, 10, 50, 30))), mask)
