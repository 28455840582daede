"""Edits over ranges of frames, each one step with a name, and cuts."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.window_driver import WindowDriver
from vosapp.core.document import Origin
from vosapp.core.timeline import FrameRange
from vosapp.ui.dialogs.move import MoveDialog
from vosapp.ui.dialogs.range import RangeDialog


@pytest.fixture
def run(shot: WindowDriver) -> WindowDriver:
    """An anchor on frame 0 and predictions on the others, shifted by 3 pixels a frame."""
    shot.drag([(50, 50)])
    shot.trigger("propagate.forward")
    shot.finish_run()
    return shot


def test_masks_of_a_range_are_copied_and_pasted_as_one_step(run: WindowDriver) -> None:
    source = [run.mask(frame) for frame in (2, 3, 4)]
    run.answers.frames = FrameRange(2, 4)
    run.trigger("edit.copy_range")
    assert "3 masks copied" in run.notice
    run.trigger("object.add")
    run.go(7)
    run.trigger("edit.paste")
    assert run.view.shot.project.undo_label == "paste 3 masks"
    cells = run.document.object(2).cells
    assert list(cells) == [7, 8, 9] and all(cell.origin is Origin.DRAWN for cell in cells.values())
    assert all(np.array_equal(run.mask(7 + place, 2), mask) for place, mask in enumerate(source))
    run.trigger("edit.undo")
    assert not run.document.object(2).cells


def test_paint_over_predictions_is_dropped_or_folded_in(run: WindowDriver) -> None:
    made = {frame: run.mask(frame) for frame in (2, 3)}
    for frame in made:
        run.go(frame)
        run.drag([(120, 20), (130, 20)])
    run.answers.frames = FrameRange(0, 2)
    run.trigger("edit.drop_paint")
    assert np.array_equal(run.mask(2), made[2]) and run.mask(3)[20, 125]
    run.answers.frames = FrameRange(0, 11)
    run.trigger("edit.fold_paint")
    cell = run.cell(3)
    assert cell is not None and cell.is_anchor and run.mask(3)[20, 125]
    assert run.document.objects[0].anchors() == [0, 3]
    before = run.document
    run.trigger("edit.drop_paint")
    assert run.document is before and "painted over" in run.notice
    run.trigger("edit.undo")
    run.trigger("edit.undo")
    assert run.mask(2)[20, 125]


def test_copied_masks_outlive_what_they_were_copied_from(run: WindowDriver) -> None:
    kept = run.mask(3)
    run.go(3)
    run.trigger("edit.copy")
    run.answers.frames = FrameRange(0, 11)
    run.trigger("edit.delete_range")
    run.go(11)
    run.trigger("edit.paste")
    assert run.view.shot.project.undo_label == "paste mask"
    assert np.array_equal(run.mask(11), kept)


def test_a_range_without_masks_says_so(run: WindowDriver) -> None:
    run.answers.frames = FrameRange(2, 4)
    run.trigger("edit.delete_range")
    run.trigger("edit.copy_range")
    assert "no mask on these frames" in run.notice


def test_masks_are_moved_in_time_and_stay_what_they_are(run: WindowDriver) -> None:
    first, second = run.mask(1), run.mask(2)
    run.answers.move = (FrameRange(1, 2), 6, 1)
    run.trigger("edit.move_range")
    assert run.view.shot.project.undo_label == "move masks"
    assert run.cell(1) is None and run.cell(2) is None
    assert np.array_equal(run.mask(7), first) and np.array_equal(run.mask(8), second)
    cell = run.cell(7)
    assert cell is not None and cell.origin is Origin.PREDICTED
    run.trigger("edit.undo")
    assert np.array_equal(run.mask(1), first)


def test_masks_are_moved_to_another_object(run: WindowDriver) -> None:
    moved = run.mask(5)
    run.trigger("object.add")
    run.workspace.editing.objects.pick(1)
    run.answers.move = (FrameRange(5, 5), 0, 2)
    run.trigger("edit.move_range")
    assert run.cell(5) is None and np.array_equal(run.mask(5, 2), moved)


def test_the_move_dialog_counts_and_refuses_what_does_nothing(run: WindowDriver) -> None:
    confirmed: list[tuple[FrameRange, int, int]] = []
    dialog = MoveDialog(run.document, run.document.object(1), FrameRange(2, 4), here=2, parent=run.window)
    dialog.confirmed.connect(lambda *chosen: confirmed.append(chosen))
    assert not dialog.button.isEnabled(), "they are there already"
    dialog.goal.setValue(11)
    assert dialog.button.isEnabled() and "1 mask is moved. 2 would lie outside" in dialog._note.text()
    dialog.goal.setValue(8)
    assert "3 masks are moved" in dialog._note.text()
    run.qtbot.mouseClick(dialog.button, Qt.MouseButton.LeftButton)
    assert confirmed == [(FrameRange(2, 4), 6, 1)]


def test_absence_is_declared_and_taken_back(run: WindowDriver) -> None:
    assert not run.window.commands["edit.present_range"].isEnabled()
    run.answers.frames = FrameRange(4, 8)
    run.trigger("edit.absent_range")
    assert run.view.shot.project.undo_label == "mark absent"
    assert [frame for frame in range(12) if run.document.object(1).is_absent(frame)] == [4, 5, 6, 7, 8]
    run.answers.frames = FrameRange(5, 6)
    run.trigger("edit.present_range")
    assert run.view.shot.project.undo_label == "mark present"
    assert [frame for frame in range(12) if run.document.object(1).is_absent(frame)] == [4, 7, 8]
    run.trigger("edit.undo")
    run.trigger("edit.undo")
    assert run.cell(5) is not None


def test_a_cut_stops_a_run_and_is_a_step(shot: WindowDriver) -> None:
    shot.drag([(50, 50)])
    shot.go(6)
    shot.trigger("mark.cut")
    assert shot.document.cuts == (6,) and shot.view.shot.project.undo_label == "mark cut"
    assert shot.window.commands["mark.cut"].isChecked()
    shot.go(0)
    assert not shot.window.commands["mark.cut"].isEnabled(), "frame 0 begins a shot anyway"
    shot.trigger("propagate.forward")
    shot.finish_run()
    assert list(shot.document.object(1).cells) == [0, 1, 2, 3, 4, 5]
    shot.go(6)
    shot.trigger("mark.cut")
    assert shot.document.cuts == () and shot.view.shot.project.undo_label == "take cut back"


def test_in_and_out_are_steps(shot: WindowDriver) -> None:
    shot.go(3)
    shot.trigger("mark.in")
    shot.go(8)
    shot.trigger("mark.out")
    assert shot.document.in_out == FrameRange(3, 8) and shot.view.shot.project.undo_label == "set in and out"
    shot.trigger("mark.clear")
    assert shot.document.in_out is None and shot.view.shot.project.undo_label == "clear in and out"
    shot.trigger("edit.undo")
    assert shot.document.in_out == FrameRange(3, 8)
    shot.trigger("edit.undo")
    assert shot.document.in_out == FrameRange(3, 11)


def test_a_range_is_asked_for_in_the_numbers_of_the_source(qtbot: QtBot) -> None:
    dialog = RangeDialog("Delete masks", "Delete", FrameRange(10, 20), frame_count=30, first_number=1001)
    qtbot.addWidget(dialog)
    answers: list[FrameRange] = []
    dialog.confirmed.connect(answers.append)
    assert (dialog.first.value(), dialog.last.value()) == (1011, 1021)
    dialog.whole_end.click()
    dialog.whole_start.click()
    dialog.button.click()
    assert answers == [FrameRange(0, 29)]
