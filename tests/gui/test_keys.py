"""Commands get other keys by real key events; a key that is taken is refused; flavours count at once."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.gui.window_driver import WindowDriver
from vosapp.presentation.view_state import Tool
from vosapp.ui.controllers.keys import KeysController
from vosapp.ui.dialogs.keys import KeysDialog

CTRL = Qt.KeyboardModifier.ControlModifier


def open_keys(driver: WindowDriver) -> KeysDialog:
    driver.trigger("edit.keys")
    dialog = driver.workspace.shell.keys.dialog
    assert dialog is not None
    return dialog


def press(dialog: KeysDialog, key: Qt.Key, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    dialog.field.setFocus()
    QTest.keyClick(dialog.field, key, keys)


def click(button: object) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)  # type: ignore[call-overload]


def test_a_command_gets_another_key_that_works_at_once_and_stays(shot: WindowDriver) -> None:
    dialog = open_keys(shot)
    QTest.keyClicks(dialog.search, "eraser")
    assert dialog.current() == "tool.eraser"
    press(dialog, Qt.Key.Key_Y)
    click(dialog.set_button)
    dialog.accept()
    QTest.keyClick(shot.window, Qt.Key.Key_Y)
    assert shot.view.app.tool is Tool.ERASER
    shot.trigger("tool.brush")
    QTest.keyClick(shot.window, Qt.Key.Key_E)
    assert shot.view.app.tool is Tool.BRUSH
    assert "(Y)" in shot.window.commands["tool.eraser"].toolTip()


def test_a_taken_key_is_refused_by_name(shot: WindowDriver) -> None:
    dialog = open_keys(shot)
    dialog.choose("tool.eraser")
    press(dialog, Qt.Key.Key_E, CTRL)
    click(dialog.set_button)
    assert "Export" in dialog.note.text() and "Ctrl+E" in dialog.note.text()
    assert shot.window.commands["tool.eraser"].shortcut().toString() == "E"
    dialog.accept()


def test_keys_are_added_taken_away_and_reset(shot: WindowDriver) -> None:
    dialog = open_keys(shot)
    dialog.choose("tool.hand")
    press(dialog, Qt.Key.Key_Y)
    click(dialog.add_button)
    action = shot.window.commands["tool.hand"]
    assert [one.toString() for one in action.shortcuts()] == ["H", "Y"]
    assert dialog.current() == "tool.hand"
    click(dialog.remove_button)
    assert action.shortcuts() == []
    click(dialog.reset_button)
    assert [one.toString() for one in action.shortcuts()] == ["H"]
    dialog.choose("tool.hand")
    press(dialog, Qt.Key.Key_Y)
    click(dialog.set_button)
    click(dialog.reset_all_button)
    assert [one.toString() for one in action.shortcuts()] == ["H"]
    dialog.accept()


def test_a_flavour_counts_at_once_and_in_the_next_window(shot: WindowDriver) -> None:
    dialog = open_keys(shot)
    dialog.flavour.setCurrentIndex(dialog.flavour.findData("after_effects"))
    dialog.flavour.activated.emit(dialog.flavour.currentIndex())
    dialog.accept()
    shot.go(3)
    QTest.keyClick(shot.window, Qt.Key.Key_PageDown)
    assert shot.view.shot.frame_index == 4
    shot.workspace.viewing.view.set_brush(24)
    shot.click((50, 55))
    assert "Alt+B for backward" in shot.window.status_bar.hint
    shot.workspace.shell.settings.set("keys.flavour", "vosapp")
    assert shot.window.commands["go.next"].shortcuts()[0].toString() == "Right"
    assert isinstance(shot.workspace.shell.keys, KeysController)
