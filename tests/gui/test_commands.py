"""Every command of the registry: bound, free of conflicts, in its menu, on the F1 sheet, harmless in every state."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QMessageBox, QPushButton

from tests.gui.window_driver import WindowDriver
from vosapp.core.timeline import FrameRange
from vosapp.presentation.action_tables.spec import ActionSpec
from vosapp.presentation.actions import ACTIONS, BY_ID, MENUS
from vosapp.ui.dialogs.shortcuts import ShortcutSheet, sheet_lines

# Closing the program is tested where something is at stake; the demo shot is another clip, and has its own test.
HARMLESS = [spec.id for spec in ACTIONS if spec.id not in ("file.quit", "help.demo")]


def test_every_command_is_bound(driver: WindowDriver) -> None:
    unbound = [spec.id for spec in ACTIONS if not driver.window.commands[spec.id].receivers("2triggered(bool)")]
    assert not unbound


def test_every_shortcut_is_one_that_qt_knows(driver: WindowDriver) -> None:
    for spec in ACTIONS:
        keys = driver.window.commands[spec.id].shortcuts()
        assert len(keys) == len(spec.keys) and all(not key.isEmpty() for key in keys), spec.id


def test_qt_sees_no_ambiguous_shortcut(driver: WindowDriver) -> None:
    seen: dict[str, str] = {}
    for spec in ACTIONS:
        for key in driver.window.commands[spec.id].shortcuts():
            text = key.toString(QKeySequence.SequenceFormat.PortableText)
            assert text not in seen, f"{text}: {spec.id} and {seen[text]}"
            seen[text] = spec.id


def test_the_menus_hold_every_command_that_names_one(driver: WindowDriver) -> None:
    menus = {action.text(): action.menu() for action in driver.window.menuBar().actions()}
    assert tuple(menus) == MENUS
    for spec in ACTIONS:
        if spec.menu:
            assert driver.window.commands[spec.id] in menus[spec.menu].actions()


def test_the_sheet_shows_every_key(driver: WindowDriver) -> None:
    driver.trigger("help.shortcuts")
    sheet = driver.window.findChild(ShortcutSheet)
    assert sheet is not None
    sheet.close()
    for spec in ACTIONS:
        if spec.keys and spec.menu:
            texts = [text for _, text in sheet_lines(spec.menu)]
            assert spec.text.rstrip("…") in texts


@pytest.mark.parametrize("state", ["start page", "clip", "masks"])
def test_no_command_fails_in_any_state(driver: WindowDriver, clip_path: object, state: str) -> None:
    """Enabled commands do what they do; greyed ones must be greyed, not broken."""
    if state != "start page":
        driver.open(clip_path)  # type: ignore[arg-type]
    if state == "masks":
        prepare_masks(driver)
    driver.answers.frames = FrameRange(1, 2)
    for action_id in HARMLESS:
        if driver.window.commands[action_id].isEnabled() and action_id != "file.close":
            driver.window.commands[action_id].trigger()
            close_dialogs(driver)
            driver.wait(lambda: not driver.workspace.networks.runs.is_running)
            error = driver.view.shot.notice
            assert error is None or "program" not in error.text, f"{action_id}: {error}"
    driver.workspace.viewing.playback.stop()


def test_commands_without_effect_are_greyed(driver: WindowDriver, clip_path: object) -> None:
    commands = driver.window.commands
    for action_id in ("edit.undo", "tool.brush", "go.next", "propagate.forward", "file.export", "file.save"):
        assert not commands[action_id].isEnabled(), action_id
    driver.open(clip_path)  # type: ignore[arg-type]
    assert commands["tool.brush"].isEnabled() and not commands["propagate.forward"].isEnabled()
    driver.drag([(50, 50)])
    assert commands["propagate.forward"].isEnabled() and commands["edit.undo"].isEnabled()
    assert commands["edit.undo"].text() == "Undo paint"


@pytest.mark.parametrize(
    ("key", "action_id"),
    [(Qt.Key.Key_P, "tool.brush"), (Qt.Key.Key_E, "tool.eraser"), (Qt.Key.Key_G, "tool.polygon")],
)
def test_keys_reach_their_commands(shot: WindowDriver, key: Qt.Key, action_id: str) -> None:
    shot.trigger("tool.hand")
    shot.window.activateWindow()
    shot.qtbot.keyClick(shot.canvas, key)
    assert shot.window.commands[action_id].isChecked()


def test_space_on_a_focused_button_plays_and_presses_nothing(shot: WindowDriver) -> None:
    shot.drag([(50, 50)])
    shot.window.activateWindow()
    button = shot.window.propagate.button
    button.setFocus()
    shot.qtbot.keyClick(button, Qt.Key.Key_Space)
    assert shot.view.shot.playback.speed == 1
    assert not shot.workspace.networks.runs.is_running
    shot.workspace.viewing.playback.stop()


def test_edit_commands(shot: WindowDriver) -> None:
    shot.drag([(50, 50)])
    shot.trigger("edit.copy")
    shot.go(4)
    shot.trigger("edit.paste")
    assert (shot.mask(4) == shot.mask(0)).all()
    shot.trigger("edit.approve")
    cell = shot.cell(4)
    assert cell is not None and cell.locked
    shot.trigger("edit.approve")
    cell = shot.cell(4)
    assert cell is not None and not cell.locked
    shot.trigger("edit.delete")
    assert shot.cell(4) is None
    shot.answers.frames = FrameRange(0, 3)
    shot.trigger("edit.approve_range")
    cell = shot.cell(0)
    assert cell is not None and cell.locked
    shot.trigger("edit.delete_range")
    assert not shot.document.objects[0].cells
    shot.trigger("edit.absent_range")
    assert shot.document.objects[0].is_absent(2)


def test_enter_makes_a_prediction_an_anchor(shot: WindowDriver) -> None:
    shot.drag([(50, 50)])
    shot.trigger("propagate.forward")
    shot.finish_run()
    shot.go(5)
    shot.trigger("edit.anchor")
    assert shot.document.objects[0].anchors() == [0, 5]


def test_tool_buttons_have_names_for_screen_readers(driver: WindowDriver) -> None:
    nameless = [
        button for button in driver.window.findChildren(QPushButton) if not (button.text() or button.accessibleName())
    ]
    allowed = [button for button in nameless if button.toolTip()]
    assert nameless == allowed


def test_specs_are_consistent() -> None:
    for spec in ACTIONS:
        assert isinstance(spec, ActionSpec) and BY_ID[spec.id] is spec
        assert spec.menu in ("", *MENUS)


def prepare_masks(driver: WindowDriver) -> None:
    driver.drag([(50, 50)])
    driver.trigger("propagate.forward")
    driver.finish_run()
    driver.go(3)


def close_dialogs(driver: WindowDriver) -> None:
    """Closes what a command opened."""
    for dialog in driver.window.findChildren(QDialog):
        if dialog.isVisible():
            dialog.close() if not isinstance(dialog, QMessageBox) else dialog.reject()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    if driver.window.isFullScreen():
        driver.trigger("view.full_screen")
