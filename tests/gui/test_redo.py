"""A run after a correction: only the frames around it, the others as they were, the playhead where it is."""

from __future__ import annotations

import pytest

from tests.gui.window_driver import WindowDriver
from vosapp.core.timeline import Direction
from vosapp.presentation.view_state import Reach


@pytest.fixture
def corrected(shot: WindowDriver) -> WindowDriver:
    """Anchors on frames 0, 3 and 9 of 12, everything else predicted, and a correction painted on frame 6."""
    shot.workspace.viewing.view.set_brush(24)
    shot.workspace.networks.runs.choose_direction(Direction.BOTH)
    shot.click((50, 55))
    shot.workspace.networks.runs.start()
    shot.finish_run()
    for frame in (3, 9):
        shot.go(frame)
        shot.trigger("edit.anchor")
        shot.workspace.networks.runs.start()
        shot.finish_run()
    shot.go(6)
    shot.click((100, 20))
    return shot


def test_a_redo_touches_the_frames_between_the_next_barriers_and_the_playhead_stays(corrected: WindowDriver) -> None:
    before = dict(corrected.document.object(1).cells)
    corrected.workspace.networks.runs.start()
    corrected.finish_run()
    after = corrected.document.object(1).cells
    assert corrected.view.shot.frame_index == 6
    assert [frame for frame in range(12) if after[frame] != before[frame]] == [4, 5, 6, 7, 8]
    assert after[6].is_anchor and 6 in after[5].sources and 6 in after[7].sources
    assert "Propagated 4 frames" in corrected.notice or corrected.notice == ""


def test_the_frames_made_anew_are_those_of_a_whole_run_with_the_same_anchors(corrected: WindowDriver) -> None:
    corrected.workspace.networks.runs.start()
    corrected.finish_run()
    redone = {frame: corrected.mask(frame).copy() for frame in range(4, 9)}
    corrected.workspace.networks.runs.choose_reach(Reach.ALL)
    corrected.workspace.networks.runs.start()
    corrected.finish_run()
    assert all((corrected.mask(frame) == redone[frame]).all() for frame in redone)


def test_one_undo_takes_the_redo_back(corrected: WindowDriver) -> None:
    before = {frame: corrected.mask(frame).copy() for frame in range(12)}
    corrected.workspace.networks.runs.start()
    corrected.finish_run()
    corrected.trigger("edit.undo")
    assert all((corrected.mask(frame) == before[frame]).all() for frame in range(12))


def test_undo_and_redo_go_to_the_frame_they_change(shot: WindowDriver) -> None:
    shot.go(3)
    shot.drag([(50, 50)])
    shot.go(9)
    shot.trigger("edit.undo")
    shot.wait(lambda: shot.view.shot.picture_index == 3)
    assert "Undone: paint, on frame 3" in shot.notice
    shot.go(7)
    shot.trigger("edit.redo")
    assert shot.view.shot.frame_index == 3 and "Done again: paint, on frame 3" in shot.notice
    shot.workspace.session.dismiss()
    shot.trigger("edit.undo")
    assert shot.view.shot.frame_index == 3 and shot.notice == "", "what is seen here needs no words"


def test_undoing_a_run_that_reaches_here_stays_here(shot: WindowDriver) -> None:
    shot.drag([(50, 50)])
    shot.trigger("propagate.forward")
    shot.finish_run()
    shot.go(6)
    shot.trigger("edit.undo")
    assert shot.view.shot.frame_index == 6
    shot.trigger("edit.undo")
    assert shot.view.shot.frame_index == 0
