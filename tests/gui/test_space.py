"""The space bar with real keys: a tap plays, held it moves the picture. And the other end of a tablet's pen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QInputDevice, QKeyEvent, QPointingDevice, QPointingDeviceUniqueId, QTabletEvent
from PySide6.QtWidgets import QLineEdit

from tests.gui.window_driver import WindowDriver
from vosapp.ui.space_key import TAP_MS

SPACE = Qt.Key.Key_Space


def hold(shot: WindowDriver) -> None:
    shot.qtbot.keyPress(shot.canvas, SPACE)


def let_go(shot: WindowDriver, *, after_ms: int = 0) -> None:
    event = QKeyEvent(QEvent.Type.KeyRelease, SPACE, Qt.KeyboardModifier.NoModifier)
    event.setTimestamp(after_ms)  # events that Qt's test functions make are all of the time 0
    QCoreApplication.sendEvent(shot.canvas, event)


def test_a_tap_plays_and_another_one_stops(shot: WindowDriver) -> None:
    hold(shot)
    assert shot.view.shot.playback.speed == 0  # not before it is let go
    let_go(shot, after_ms=TAP_MS)
    assert shot.view.shot.playback.speed == 1
    shot.qtbot.keyClick(shot.canvas, SPACE)
    assert shot.view.shot.playback.speed == 0


def test_held_it_moves_the_picture_and_paints_and_plays_nothing(shot: WindowDriver) -> None:
    centre = shot.canvas.camera.centre
    hold(shot)
    assert shot.canvas.viewport().cursor().shape() is Qt.CursorShape.OpenHandCursor
    shot.drag([(60, 60), (70, 60)])
    let_go(shot)
    assert shot.canvas.camera.centre[0] < centre[0]
    assert not shot.document.objects and shot.view.shot.playback.speed == 0
    assert shot.canvas.viewport().cursor().shape() is Qt.CursorShape.CrossCursor
    shot.drag([(60, 60)])
    assert shot.document.objects


def test_held_long_without_moving_it_does_nothing(shot: WindowDriver) -> None:
    hold(shot)
    let_go(shot, after_ms=TAP_MS + 1)
    assert shot.view.shot.playback.speed == 0


def test_a_stroke_that_goes_on_is_not_disturbed(shot: WindowDriver) -> None:
    shot.drag([(40, 50), (60, 50)], lift=False)
    hold(shot)
    shot.mouse(QEvent.Type.MouseMove, (80, 50), button=Qt.MouseButton.NoButton)
    shot.lift((80, 50))
    let_go(shot, after_ms=TAP_MS + 1)
    assert shot.mask(0)[50, 75]


def test_a_window_that_is_left_lets_go(shot: WindowDriver, monkeypatch: pytest.MonkeyPatch) -> None:
    hold(shot)
    monkeypatch.setattr(shot.window, "isActiveWindow", lambda: False)
    QCoreApplication.sendEvent(shot.window, QEvent(QEvent.Type.ActivationChange))
    shot.drag([(60, 60)])
    assert shot.document.objects


def test_in_a_field_it_is_a_letter(shot: WindowDriver) -> None:
    field = shot.window.transport.findChildren(QLineEdit)[0]
    field.setFocus()
    shot.qtbot.keyClick(field, SPACE)
    assert shot.view.shot.playback.speed == 0


@pytest.mark.parametrize("tool", ["tool.brush", "tool.eraser"])
def test_the_other_end_of_the_pen_erases(shot: WindowDriver, tool: str) -> None:
    shot.workspace.viewing.view.set_brush(20)
    shot.drag([(40, 50), (100, 50)])
    shot.trigger(tool)
    touch(shot, (70, 50), QPointingDevice.PointerType.Eraser)
    assert not shot.mask(0)[50, 70]
    assert shot.mask(0)[50, 45] and shot.view.shot.project.undo_label == "erase"
    shot.trigger("tool.brush")
    touch(shot, (70, 50), QPointingDevice.PointerType.Pen)
    assert shot.mask(0)[50, 70]


def touch(driver: WindowDriver, point: tuple[float, float], end: QPointingDevice.PointerType) -> None:
    """Touches the picture with one end of a tablet's pen."""
    device = QPointingDevice(
        "pen",
        1,
        QInputDevice.DeviceType.Stylus,
        end,
        QInputDevice.Capability.Position | QInputDevice.Capability.Pressure,
        1,
        1,
        "",
        QPointingDeviceUniqueId(),
    )
    at, none, left = driver.canvas.to_view(point), Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    for kind in (QEvent.Type.TabletPress, QEvent.Type.TabletRelease):
        event = QTabletEvent(kind, device, at, at, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, none, left, left)
        QCoreApplication.sendEvent(driver.canvas.viewport(), event)
