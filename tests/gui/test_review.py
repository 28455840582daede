"""The review strip: doubtful frames by doubt, approved, mended or passed over with mouse and keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.gui.window_driver import WindowDriver
from vosapp.core import edits
from vosapp.core.document import Finding
from vosapp.presentation.view_state import Tool

DOUBTS = {1: 0.2, 2: 0.7, 3: 0.9, 4: 0.6, 5: 0.1, 8: 0.55, 10: 0.95}


@pytest.fixture
def doubtful(shot: WindowDriver) -> WindowDriver:
    """An anchor on frame 0 and predictions with these doubts."""
    shot.drag([(50, 50)])
    mask = shot.workspace.session.editor.mask(1, 0)
    assert mask is not None
    document = shot.document
    for frame, doubt in DOUBTS.items():
        document = edits.predict(
            document,
            shot.workspace.session.editor.store,
            1,
            frame,
            mask,
            engine="flow",
            sources=(0,),
            doubt=doubt,
            finding=Finding(("area",) if frame == 10 else ()),
        )
    shot.workspace.session.editor.apply("predictions", document)
    return shot


def titles(driver: WindowDriver) -> list[str]:
    cards = driver.window.strip.list
    return [cards.item(place).text().split("\n")[0] for place in range(cards.count())]


def press(driver: WindowDriver, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
    driver.window.activateWindow()
    driver.canvas.setFocus()
    QTest.keyClick(driver.canvas, key, modifiers)


ALT = Qt.KeyboardModifier.AltModifier


def test_suspects_stand_in_the_order_of_their_doubt(doubtful: WindowDriver) -> None:
    assert not doubtful.window.strip.isVisible()
    press(doubtful, Qt.Key.Key_R, ALT)
    strip = doubtful.window.strip
    assert strip.isVisible() and titles(doubtful) == ["10", "3  (2–4)", "8"]
    assert doubtful.view.shot.frame_index == 10, "the most doubtful one is shown"
    assert strip._counter.text() == "1 of 3 · 5 frames"
    assert "area jumped" in strip.list.item(0).text()
    doubtful.wait(lambda: not doubtful.workspace.viewing.thumbnails.task.is_running)
    picture = strip.list.item(0).icon().pixmap(96, 54).toImage()
    assert len({picture.pixel(x, y) for x in range(0, 90, 5) for y in range(0, 50, 5)}) > 10, "a picture, no plate"
    press(doubtful, Qt.Key.Key_R, ALT)
    assert not strip.isVisible() and not doubtful.window.commands["view.review"].isChecked()


def test_clicking_a_card_goes_there(doubtful: WindowDriver) -> None:
    doubtful.trigger("view.review")
    cards = doubtful.window.strip.list
    place = cards.visualItemRect(cards.item(2)).center()
    QTest.mouseClick(cards.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert doubtful.view.shot.frame_index == 8
    assert cards.currentRow() == 2


def test_approving_goes_on_and_counts_down(doubtful: WindowDriver) -> None:
    doubtful.trigger("view.review")
    press(doubtful, Qt.Key.Key_Return, ALT)
    cell = doubtful.cell(10)
    assert cell is not None and cell.locked and doubtful.view.shot.frame_index == 3
    assert titles(doubtful) == ["3  (2–4)", "8"]
    press(doubtful, Qt.Key.Key_Return, ALT | Qt.KeyboardModifier.ShiftModifier)
    assert [frame for frame, one in doubtful.document.objects[0].cells.items() if one.locked] == [2, 3, 4, 10]
    assert doubtful.view.shot.frame_index == 8 and titles(doubtful) == ["8"]
    doubtful.trigger("edit.undo")
    assert titles(doubtful) == ["3  (2–4)", "8"], "a stretch is one step"
    doubtful.trigger("edit.redo")
    doubtful.go(8)
    press(doubtful, Qt.Key.Key_Return, ALT)
    assert doubtful.window.strip._counter.text() == "No frame is doubtful"
    assert titles(doubtful) == ["1", "5"], "the least sure ones remain"


def test_next_goes_round_by_doubt(doubtful: WindowDriver) -> None:
    seen = []
    for _ in range(4):
        press(doubtful, Qt.Key.Key_Right, ALT)
        seen.append(doubtful.view.shot.frame_index)
    assert seen == [10, 3, 8, 10]


def test_fixing_takes_the_brush_and_what_was_painted_leaves_the_list_as_an_anchor(doubtful: WindowDriver) -> None:
    doubtful.trigger("tool.hand")
    doubtful.trigger("view.review")
    doubtful.trigger("review.fix")
    assert doubtful.view.app.tool is Tool.BRUSH and doubtful.view.shot.active_object == 1
    doubtful.wait(lambda: doubtful.view.shot.picture_index == 10)
    doubtful.drag([(90, 60)])
    doubtful.trigger("edit.anchor")
    assert titles(doubtful) == ["3  (2–4)", "8"]


def test_nothing_to_review(shot: WindowDriver) -> None:
    shot.trigger("view.review")
    assert shot.window.strip._counter.text() == "Nothing left to review"
    blocked = ("review.next", "review.approve", "review.approve_range", "review.fix")
    assert not any(shot.window.commands[action_id].isEnabled() for action_id in blocked)


def test_a_locked_object_is_not_reviewed_and_not_approved(doubtful: WindowDriver) -> None:
    store, mask = doubtful.workspace.session.editor.store, doubtful.workspace.session.editor.mask(1, 0)
    assert mask is not None
    document, other = edits.add_object(doubtful.document)
    document = edits.set_mask(document, store, other, 0, mask)
    for frame in (10, 11):
        document = edits.predict(document, store, other, frame, mask, engine="flow", sources=(0,), doubt=0.8)
    doubtful.workspace.session.editor.apply("another", edits.set_locked(document, 1, True))
    doubtful.trigger("view.review")
    assert titles(doubtful) == ["10  (10–11)"], "the user is done with the locked one"
    press(doubtful, Qt.Key.Key_Return, ALT | Qt.KeyboardModifier.ShiftModifier)
    assert [frame for frame, one in doubtful.document.object(other).cells.items() if one.locked] == [10, 11]
    assert not any(one.locked for one in doubtful.document.object(1).cells.values())
    assert doubtful.notice == "Object 1 is locked and stays as it is. Object > Lock unlocks it."
    doubtful.go(3)
    action = doubtful.window.commands["review.approve"]
    assert not action.isEnabled() and "Object 1 is locked" in action.toolTip()
