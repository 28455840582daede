"""The memory strip: which anchors an engine is shown, muted, removed, gone to; and objects that are locked."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListWidget

from tests.gui.window_driver import WindowDriver

ANCHORS = (0, 4, 8)


@pytest.fixture
def anchored(shot: WindowDriver) -> WindowDriver:
    """Anchors on three frames and predictions between them; stands on frame 2."""
    for frame in ANCHORS:
        shot.go(frame)
        shot.drag([(50 + frame, 50)])
    shot.go(0)
    shot.trigger("propagate.both")
    shot.finish_run()
    shot.go(2)
    return shot


def cards(driver: WindowDriver) -> QListWidget:
    return driver.window.strip.list


def texts(driver: WindowDriver) -> list[str]:
    return [cards(driver).item(place).text().replace("\n", ": ") for place in range(cards(driver).count())]


def click(driver: WindowDriver, place: int, *, twice: bool = False) -> None:
    at = cards(driver).visualItemRect(cards(driver).item(place)).center()
    QTest.mouseClick(cards(driver).viewport(), Qt.MouseButton.LeftButton, pos=at)
    if twice:
        QTest.mouseDClick(cards(driver).viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_the_strip_says_what_a_run_to_this_frame_uses(anchored: WindowDriver) -> None:
    anchored.trigger("view.memory")
    assert anchored.window.strip.isVisible()
    assert texts(anchored) == ["0: made this", "4: made this", "8: used"]
    assert anchored.window.strip._counter.text() == "3 of 3 anchors used"
    anchored.go(6)
    anchored.trigger("mark.cut")
    assert texts(anchored) == ["8: made this"], "nothing is carried across a cut"
    anchored.wait(lambda: not anchored.workspace.viewing.thumbnails.task.is_running)


def test_a_muted_anchor_is_not_shown_to_engines_and_stays(anchored: WindowDriver) -> None:
    before = anchored.mask(4)
    anchored.trigger("view.memory")
    assert not anchored.window.commands["memory.mute"].isEnabled()
    click(anchored, 1)
    assert anchored.view.shot.frame_index == 2, "the strip is about the frame shown"
    anchored.trigger("memory.mute")
    assert anchored.window.commands["memory.mute"].isChecked()
    assert texts(anchored)[1] == "4: muted"
    stale = anchored.document.objects[0].stale()
    assert set(stale) == {1, 2, 3, 5, 6, 7}, "what came from it is to be made anew"
    anchored.go(0)
    anchored.trigger("propagate.both")
    anchored.finish_run()
    assert all(4 not in anchored.document.objects[0].cells[frame].sources for frame in (1, 2, 3, 5, 6, 7))
    assert np.array_equal(anchored.mask(4), before) and 4 in anchored.document.objects[0].anchors()
    anchored.trigger("memory.mute")
    assert anchored.document.objects[0].muted == ()
    anchored.trigger("edit.undo")
    assert anchored.document.objects[0].muted == (4,)


def test_a_removed_anchor_is_gone_and_its_mute_with_it(anchored: WindowDriver) -> None:
    anchored.trigger("view.memory")
    click(anchored, 2)
    anchored.trigger("memory.mute")
    anchored.trigger("memory.remove")
    assert anchored.cell(8) is None and anchored.document.objects[0].muted == ()
    assert not anchored.window.commands["memory.remove"].isEnabled()
    assert [text.split(":")[0] for text in texts(anchored)] == ["0", "4"]


def test_going_to_an_anchor(anchored: WindowDriver) -> None:
    anchored.trigger("view.memory")
    click(anchored, 2, twice=True)
    assert anchored.view.shot.frame_index == 8
    click(anchored, 0)
    anchored.trigger("memory.go")
    assert anchored.view.shot.frame_index == 0


def test_a_locked_object_is_left_alone_by_tools_and_runs(anchored: WindowDriver) -> None:
    anchored.go(0)
    before = dict(anchored.document.objects[0].cells)
    anchored.trigger("object.lock")
    assert anchored.window.commands["object.lock"].isChecked()
    anchored.drag([(20, 20)])
    assert dict(anchored.document.objects[0].cells) == before, "the brush does nothing"
    commands = anchored.window.commands
    assert not any(commands[one].isEnabled() for one in ("edit.delete", "object.delete", "edit.paste", "edit.approve"))
    assert "is locked" in commands["edit.delete"].toolTip()
    display = anchored.workspace.presenter.display
    assert display is not None and "locked" in display.propagate.summary
    assert display.objects[0].here.startswith("locked") and display.timeline.lanes[0].locked
    anchored.trigger("object.add")
    anchored.drag([(20, 70)])
    anchored.trigger("propagate.forward")
    anchored.finish_run()
    assert dict(anchored.document.objects[0].cells) == before and len(anchored.document.objects[1].cells) == 12
    anchored.workspace.editing.objects.pick(1)
    anchored.trigger("object.lock")
    anchored.drag([(20, 20)])
    assert anchored.cell(0) != before[0]
