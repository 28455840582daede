"""Menus of the right button with a real mouse, and the fill tool."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtWidgets import QMenu

from tests.gui.window_driver import WindowDriver

ALT = Qt.KeyboardModifier.AltModifier
RIGHT = Qt.MouseButton.RightButton


def menu(shot: WindowDriver) -> QMenu:
    found = [one for one in shot.window.findChildren(QMenu) if one.isVisible()]
    assert len(found) == 1
    return found[0]


def close(shot: WindowDriver) -> None:
    menu(shot).close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def entry(shot: WindowDriver, text: str) -> QAction:
    return next(action for action in menu(shot).actions() if action.text() == text)


def ask(shot: WindowDriver, at: QPoint) -> None:
    """Asks the timeline for its menu, as the window system does after a right click."""
    timeline = shot.window.timeline
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, timeline.mapToGlobal(at))
    QCoreApplication.sendEvent(timeline, event)


def test_a_right_click_on_the_picture_opens_a_menu_and_paints_nothing(shot: WindowDriver) -> None:
    shot.drag([(60, 50)])
    before = shot.document
    shot.drag([(60, 50)], button=RIGHT)
    assert shot.document is before
    entry(shot, "Delete mask here").trigger()
    close(shot)
    assert shot.cell(0) is None


def test_every_tool_but_select_has_the_menu(shot: WindowDriver) -> None:
    for tool in ("brush", "eraser", "polygon", "box", "ellipse", "fill", "scribble", "hand"):
        shot.trigger(f"tool.{tool}")
        shot.drag([(60, 50)], button=RIGHT)
        assert entry(shot, "Make anchor") is shot.window.commands["edit.anchor"]
        close(shot)


def test_the_menu_key_opens_it_whatever_the_tool(shot: WindowDriver) -> None:
    shot.trigger("tool.select")
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(1, 1), QPoint(1, 1))
    QCoreApplication.sendEvent(shot.canvas.viewport(), event)
    assert entry(shot, "Fit in window").isEnabled()
    close(shot)


def test_the_object_under_the_pointer_can_be_worked_on(shot: WindowDriver) -> None:
    shot.drag([(40, 50)])
    shot.trigger("object.add")
    shot.drag([(120, 50)])
    shot.drag([(40, 50)], button=RIGHT)
    entry(shot, "Work on Object 1").trigger()
    close(shot)
    assert shot.view.shot.active_object == 1
    shot.drag([(40, 50)], button=RIGHT)
    assert not any(action.text().startswith("Work on") for action in menu(shot).actions())
    close(shot)


def test_a_right_click_on_the_timeline_goes_to_the_frame_and_its_object(shot: WindowDriver) -> None:
    shot.drag([(40, 50)])
    shot.trigger("object.add")
    timeline = shot.window.timeline
    lane = next(y for y in range(timeline.height()) if (found := timeline.lane_at(y)) and found.object_id == 1)
    ask(shot, QPoint(round(timeline.scale.x(5)) + 1, lane + 4))
    shot.wait(lambda: shot.view.shot.picture_index == 5)
    assert shot.view.shot.active_object == 1
    entry(shot, "Set in").trigger()
    close(shot)
    assert shot.document.in_out is not None and shot.document.in_out.first == 5


def test_a_right_click_on_a_lanes_name_is_about_the_object(shot: WindowDriver) -> None:
    shot.drag([(40, 50)])
    timeline = shot.window.timeline
    lane = next(y for y in range(timeline.height()) if timeline.lane_at(y))
    ask(shot, QPoint(30, lane + 4))
    entry(shot, "Show").trigger()
    close(shot)
    assert 1 in shot.view.shot.hidden


def test_fill_closes_a_hole_and_alt_removes_a_part(shot: WindowDriver) -> None:
    shot.trigger("tool.box")
    shot.drag([(30, 30), (60, 50), (90, 70)])
    shot.drag([(50, 40), (60, 50), (70, 60)], keys=ALT)
    shot.drag([(110, 40), (115, 45), (130, 60)])
    shot.qtbot.keyClick(shot.canvas, Qt.Key.Key_U)
    shot.click((60, 50))
    assert shot.mask(0)[50, 60] and shot.view.shot.project.undo_label == "fill"
    shot.click((120, 50), keys=ALT)
    assert not shot.mask(0)[50, 120] and shot.mask(0)[50, 40]
    before = shot.document
    shot.click((10, 10))
    assert shot.document is before and "no hole" in shot.notice
