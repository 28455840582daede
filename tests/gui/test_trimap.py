"""Painting over the edge of a matte with brush, eraser and shapes: seen, exported, undone, stored."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtTest import QTest

from tests.gui.test_mattes import drawn, export_both_ways, panel_of, set_by_key, shown
from tests.gui.window_driver import LEFT, WindowDriver
from vosapp.core.document import MatteSettings
from vosapp.core.trimap import TrimapKind
from vosapp.core.trimap_edits import trimap_image
from vosapp.matte.alpha import alpha_of
from vosapp.presentation.view_state import Tool
from vosapp.video.stills.images import read_image

IN, UNKNOWN, OUT = TrimapKind.INSIDE, TrimapKind.UNKNOWN, TrimapKind.OUTSIDE


def paint(driver: WindowDriver, kind: TrimapKind | None) -> None:
    """Presses a button of the panel's row *Paint*."""
    QTest.mouseClick(panel_of(driver).paint.button(kind), LEFT)


def trimap(driver: WindowDriver, frame: int = 0) -> np.ndarray:
    store, item = driver.workspace.session.editor.store, driver.document.object(1)
    image = trimap_image(store, item.trimap_at(frame), (96, 160))
    return np.zeros((96, 160), np.uint8) if image is None else image


def test_strokes_go_over_the_edge_and_are_in_window_export_and_command(shot: WindowDriver, tmp_path: Path) -> None:
    drawn(shot)
    QTest.mouseClick(panel_of(shot).edge.button("fast"), LEFT)
    set_by_key(shot, "feather_px", "3")
    mask, plain = shot.mask(0).copy(), shown(shot).copy()
    paint(shot, IN)
    shot.drag([(95, 50), (110, 50)])
    paint(shot, OUT)
    shot.drag([(40, 30), (40, 70)])
    paint(shot, UNKNOWN)
    shot.drag([(70, 75), (80, 78)])
    assert np.array_equal(shot.mask(0), mask), "the mask stays as it is"
    painted = trimap(shot)
    assert painted[50, 105] == IN and painted[50, 40] == OUT and painted[77, 78] == UNKNOWN
    assert shot.canvas.trimap.isVisible() and np.array_equal(shot.canvas.trimap.labels, painted)
    seen = shown(shot).copy()
    settings = MatteSettings(edge="fast", feather_px=3)
    assert np.array_equal(seen, alpha_of(mask, settings, shot.canvas.frame, trimap=painted))
    assert seen[50, 105] == 255 > plain[50, 120] and seen[50, 40] == 0 < plain[50, 40]
    export_both_ways(shot, tmp_path)
    for place in ("window", "command"):
        assert np.array_equal(read_image(sorted((tmp_path / place).rglob("00000.png"))[0]), seen), place


def test_the_eraser_and_the_button_take_paint_away_and_each_stroke_is_a_step(shot: WindowDriver) -> None:
    drawn(shot)
    panel = panel_of(shot)
    assert not panel.unpaint_button.isEnabled()
    paint(shot, IN)
    shot.drag([(100, 20), (120, 20)])
    paint(shot, OUT)
    shot.drag([(100, 80), (120, 80)])
    before = trimap(shot)
    shot.trigger("tool.eraser")
    assert panel.paint.button(OUT).isChecked(), "the eraser goes on with the same"
    shot.drag([(100, 20), (100, 21)])
    after = trimap(shot)
    assert not after[20, 100] and after[20, 128] == IN and (after == OUT).sum() == (before == OUT).sum()
    assert shot.view.shot.project.undo_label == "erase edge paint"
    QTest.mouseClick(panel.unpaint_button, LEFT)
    assert not trimap(shot).any() and not panel.unpaint_button.isEnabled()
    shot.trigger("edit.undo")
    shot.trigger("edit.undo")
    assert np.array_equal(trimap(shot), before) and np.array_equal(shot.canvas.trimap.labels, before)


def test_live_strokes_show_what_they_will_give_and_leave_no_trace_when_dropped(shot: WindowDriver) -> None:
    drawn(shot)
    paint(shot, UNKNOWN)
    shot.drag([(120, 30), (125, 35)], lift=False)
    assert shot.canvas.trimap.labels[35, 125] == UNKNOWN and not trimap(shot).any()
    shot.canvas.pen.cancel_gesture()
    assert not shot.canvas.trimap.labels.any()
    shot.drag([(120, 30), (125, 35)], lift=False)
    expected = shot.canvas.trimap.labels.copy()
    shot.lift((125, 35))
    assert np.array_equal(trimap(shot), expected)


def test_shapes_paint_too_and_other_tools_work_on_the_mask(shot: WindowDriver) -> None:
    drawn(shot)
    paint(shot, OUT)
    shot.trigger("tool.box")
    shot.drag([(100, 10), (130, 30)])
    assert (trimap(shot)[12:28, 102:128] == OUT).all() and shot.cell(0).shape is None
    shot.trigger("tool.fill")
    assert panel_of(shot).paint.button(None).isChecked() and shot.canvas.pen.settings.trimap is None
    paint(shot, IN)
    assert shot.view.app.tool is Tool.BRUSH, "a tool that paints"
    shot.trigger("object.matte")
    assert shot.view.shot.trimap_brush is None and not shot.canvas.trimap.isVisible()
    before = shot.mask(0).copy()
    shot.drag([(20, 20), (25, 20)])
    assert (shot.mask(0) & ~before).any(), "with the panel closed the brush paints the mask"


def test_painted_frames_are_marks_of_the_timeline_and_a_frame_without_a_mask_says_so(shot: WindowDriver) -> None:
    drawn(shot)
    paint(shot, IN)
    shot.drag([(100, 20), (120, 20)])
    display = shot.workspace.presenter.display
    assert display is not None and display.timeline.lanes[0].matte_keys == (0,)
    shot.go(5)
    assert not shot.canvas.trimap.labels.any()
    shot.drag([(100, 20), (120, 20)])
    assert "no mask on this frame" in shot.notice and not shot.canvas.trimap.labels.any()
    shot.trigger("go.previous_key")
    assert shot.view.shot.frame_index == 0


def test_paint_is_carried_to_the_next_frames_in_one_step(shot: WindowDriver) -> None:
    drawn(shot)
    for frame in (1, 2, 4):
        shot.go(frame)
        shot.drag([(50, 50), (70, 50)])
    shot.go(0)
    panel = panel_of(shot)
    assert not panel.carry_button.isEnabled(), "nothing is painted"
    paint(shot, IN)
    shot.drag([(60, 44), (66, 56)])
    before = trimap(shot)
    QTest.mouseClick(panel.carry_button, LEFT)
    shot.wait(lambda: "carried" in shot.notice)
    assert "2 frames: 1 to 2" in shot.notice and not trimap(shot, 4).any(), "frame 3 has no mask"
    for frame in (1, 2):
        found = trimap(shot, frame) == IN
        assert found.any() and (found & (before == IN)).sum() > 0.5 * (before == IN).sum()
    assert np.array_equal(trimap(shot), before)
    QTest.mouseClick(panel.carry_button, LEFT)
    shot.wait(lambda: "cannot be carried" in shot.notice)
    shot.trigger("edit.undo")
    assert not trimap(shot, 1).any() and not trimap(shot, 2).any() and np.array_equal(trimap(shot), before)
