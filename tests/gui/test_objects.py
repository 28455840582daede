"""Objects that hide each other, go and come back, get cleaned up, and have room in a small window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QSize, Qt

from tests.gui.window_driver import WindowDriver
from vosapp.ui.dialogs.clean_up import CleanUpDialog

ALT = Qt.KeyboardModifier.AltModifier


def test_clean_up_fills_small_holes_and_takes_specks_away_in_one_step(shot: WindowDriver) -> None:
    shot.workspace.viewing.view.set_brush(40)
    shot.drag([(40, 50), (100, 50)])
    shot.workspace.viewing.view.set_brush(6)
    shot.drag([(60, 50)], keys=ALT)
    shot.drag([(140, 80)])
    before = shot.mask(0)
    shot.trigger("edit.clean_up_sizes")
    dialog = shot.window.findChild(CleanUpDialog)
    assert dialog is not None and dialog.fill.isEnabled()
    dialog.holes.setValue(2)
    dialog.specks.setValue(2)
    assert not dialog.fill.isEnabled() and not dialog.remove.isEnabled()
    shot.trigger("edit.clean_up")
    assert np.array_equal(shot.mask(0), before) and "is that small" in shot.notice
    dialog.holes.setValue(12)
    shot.qtbot.mouseClick(dialog.fill, Qt.MouseButton.LeftButton)
    assert shot.mask(0)[50, 60] and shot.mask(0)[80, 140]  # a size each: the speck stays
    shot.trigger("edit.undo")
    assert dialog.fill.isEnabled()
    dialog.specks.setValue(12)
    dialog.accept()
    assert shot.workspace.session.settings.get("tool.holes_px", float) == 12
    shot.trigger("edit.clean_up")
    assert shot.mask(0)[50, 60] and not shot.mask(0)[80, 140]
    assert shot.view.shot.project.undo_label == "clean up"
    shot.trigger("edit.undo")
    assert np.array_equal(shot.mask(0), before)


def test_a_stroke_behind_another_object_says_why_it_is_not_seen(shot: WindowDriver) -> None:
    shot.workspace.viewing.view.set_brush(30)
    shot.drag([(40, 50), (100, 50)])
    shot.trigger("object.add")
    shot.drag([(130, 80)])
    assert shot.view.shot.notice is None, "in plain sight"
    shot.drag([(50, 50), (90, 50)])
    assert shot.notice == "Object 2 lies behind Object 1, which hides most of that stroke."
    shot.window.notice.button.click()
    assert [item.id for item in shot.document.objects] == [2, 1] and shot.view.shot.notice is None
    shot.drag([(50, 50), (90, 50)])
    assert shot.view.shot.notice is None


def test_an_object_that_comes_back_is_the_active_one_again(shot: WindowDriver) -> None:
    shot.drag([(40, 50)])
    shot.trigger("object.add")
    shot.drag([(100, 50)])
    for _ in range(2):
        shot.trigger("edit.undo")
    assert [item.id for item in shot.document.objects] == [1]
    for _ in range(2):
        shot.trigger("edit.redo")
    active = shot.workspace.session.active
    assert active is not None and active.id == 2, "what is painted next goes where the last stroke went"


def test_deleting_the_only_object_shown_shows_the_others(shot: WindowDriver) -> None:
    shot.drag([(40, 50)])
    shot.trigger("object.add")
    shot.drag([(100, 50)])
    shot.trigger("object.solo")
    assert not shot.view.shot.shows(1)
    shot.trigger("object.delete")
    assert shot.view.shot.shows(1)


def test_the_window_fits_a_small_screen(
    driver: WindowDriver, clip_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vosapp.models.weights.own_weights_dir", lambda: tmp_path / "nowhere")
    small = QSize(1280, 720)
    driver.window.resize(small)
    assert driver.window.size() == small
    driver.open(clip_path)
    driver.trigger("object.suggest")  # which says at length how to get a network
    assert driver.window.size() == small
    driver.trigger("propagate.cancel")
    for _ in range(3):
        driver.trigger("object.add")
    driver.drag([(50, 50)])
    least = driver.window.minimumSizeHint()
    assert driver.window.size() == small and least.width() <= 1280 and least.height() <= 700


@pytest.mark.parametrize("command", ["object.select_2", "edit.undo"])
def test_a_stroke_goes_to_the_object_that_it_was_begun_on(shot: WindowDriver, command: str) -> None:
    shot.drag([(40, 50)])
    shot.trigger("object.add")
    shot.drag([(100, 50)])
    first = shot.mask(0, 1)
    if command == "object.select_2":
        shot.trigger("object.select_1")
    mine = shot.workspace.session.active
    assert mine is not None
    shot.drag([(60, 80)], lift=False)
    shot.trigger(command)
    if command == "edit.undo":
        shot.trigger(command)  # after its stroke the object itself
    shot.mouse(QEvent.Type.MouseMove, (65, 80))
    shot.lift((65, 80))
    painted = [one.id for one in shot.document.objects if shot.mask(0, one.id)[80, 60]]
    if command == "edit.undo":
        assert np.array_equal(shot.mask(0, 1), first)
        assert len(painted) == 1 and painted != [1], "an object of its own"
    else:
        assert painted == [mine.id]
