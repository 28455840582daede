"""Cuts: looked for in new clips in the background; what the user says of them stands."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.clips import make_clip
from tests.gui.window_driver import WindowDriver
from tests.unit.video.test_cuts import SIZE, pan

CUTS = (9, 15)


@pytest.fixture(scope="module")
def shots_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip of three shots."""
    pictures = [*pan(1, 9), *pan(2, 6), *pan(3, 9)]
    path = tmp_path_factory.mktemp("cuts") / "shots.mp4"
    return make_clip(path, frames=len(pictures), size=SIZE, content=pictures.__getitem__, indexed=False)


@pytest.fixture
def new(driver: WindowDriver) -> WindowDriver:
    """A window that looks for cuts in new clips."""
    driver.workspace.session.settings.set("video.find_cuts", True)
    return driver


def searched(driver: WindowDriver) -> WindowDriver:
    driver.wait(lambda: driver.view.shot.cuts_sought is True)
    return driver


def press(driver: WindowDriver, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    driver.window.activateWindow()
    QTest.keyClick(driver.canvas, key, modifier)


def test_a_new_clip_is_looked_through(new: WindowDriver, shots_path: Path) -> None:
    new.open(shots_path)
    searched(new)
    assert new.document.cuts == CUTS
    assert "2 cuts found" in new.notice and "9, 15" in new.notice
    display = new.workspace.presenter.display
    assert display is not None and display.timeline.cuts_text == "2 cuts"
    press(new, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ShiftModifier)
    assert new.view.shot.frame_index == 9
    press(new, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ShiftModifier)
    assert new.view.shot.frame_index == 15
    press(new, Qt.Key.Key_PageUp, Qt.KeyboardModifier.ShiftModifier)
    assert new.view.shot.frame_index == 9


def test_a_run_stops_at_what_was_found(new: WindowDriver, shots_path: Path) -> None:
    new.open(shots_path)
    searched(new)
    new.drag([(50, 40)])
    new.trigger("propagate.forward")
    new.finish_run()
    assert set(new.document.objects[0].cells) == set(range(9))


def test_what_was_taken_away_does_not_come_back(new: WindowDriver, shots_path: Path) -> None:
    new.open(shots_path)
    searched(new)
    new.go(9)
    press(new, Qt.Key.Key_M)
    assert new.document.cuts == (15,) and new.document.not_cuts == (9,)
    new.go(3)
    press(new, Qt.Key.Key_M)  # and what was set by hand stays
    new.trigger("mark.find_cuts")
    searched(new)
    assert new.document.cuts == (3, 15)
    new.go(9)
    press(new, Qt.Key.Key_M)
    assert new.document.cuts == (3, 9, 15) and new.document.not_cuts == ()
    new.trigger("mark.clear_cuts")
    assert new.document.cuts == () and new.document.not_cuts == (3, 9, 15)
    new.trigger("mark.find_cuts")
    searched(new)
    assert new.document.cuts == () and not new.window.commands["mark.clear_cuts"].isEnabled()


def test_finding_is_one_step_that_leaves_what_can_be_redone(new: WindowDriver, shots_path: Path) -> None:
    new.workspace.session.settings.set("video.find_cuts", False)
    new.open(shots_path)
    new.drag([(50, 40)])
    new.trigger("edit.undo")
    new.trigger("mark.find_cuts")
    searched(new)
    assert new.document.cuts == CUTS and not new.document.objects
    new.trigger("edit.redo")
    assert new.document.cuts == CUTS and len(new.document.objects) == 1
    new.trigger("edit.undo")
    assert new.window.commands["edit.undo"].text() == "Undo find 2 cuts"
    new.trigger("edit.undo")
    assert new.document.cuts == ()


def test_a_project_that_was_searched_is_not_searched_again(new: WindowDriver, shots_path: Path, tmp_path: Path) -> None:
    new.open(shots_path)
    searched(new)
    new.trigger("edit.undo")
    new.answers.path = tmp_path / "shots.vosapp"
    new.trigger("file.save")
    new.close_clip()
    new.open(tmp_path / "shots.vosapp")
    assert new.document.cuts == () and new.view.shot.cuts_sought is True and new.view.shot.cut_search is None


def test_a_search_that_was_broken_off_goes_on_at_the_next_opening(
    new: WindowDriver, shots_path: Path, tmp_path: Path
) -> None:
    new.open(shots_path)
    new.drag([(50, 40)])
    new.answers.path = tmp_path / "shots.vosapp"
    new.trigger("file.save")
    new.workspace.session.set(shot=replace(new.view.shot, cuts_sought=False))
    new.close_clip()
    new.open(tmp_path / "shots.vosapp")
    searched(new)
    assert set(CUTS) <= set(new.document.cuts)


def test_cuts_wait_until_a_run_has_ended(new: WindowDriver, shots_path: Path) -> None:
    new.workspace.session.settings.set("video.find_cuts", False)
    new.open(shots_path)
    editor = new.workspace.session.editor
    token = editor.begin_run("a run")
    new.trigger("mark.find_cuts")
    searched(new)
    assert new.document.cuts == ()
    editor.end_run(token)
    assert new.document.cuts == CUTS


def test_one_shot_is_told_only_when_it_was_asked_for(new: WindowDriver, tmp_path: Path) -> None:
    pictures = [np.full((*SIZE, 3), 90, np.uint8)] * 6
    still = tmp_path / "still.mp4"
    new.open(make_clip(still, frames=6, size=SIZE, content=pictures.__getitem__, indexed=False))
    searched(new)
    assert new.document.cuts == () and new.notice == "" and not new.workspace.session.editor.can_undo
    new.trigger("mark.find_cuts")
    searched(new)
    new.wait(lambda: "No cuts" in new.notice)
