"""Keys belong to the fields of dialogs as well: no letter in one paints, runs, moves or makes an anchor."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QDialog, QLineEdit, QWidget

from tests.gui.test_keys_in_fields import KEYS_OF_COMMANDS, TOOLS, cell_of, predicted
from tests.gui.window_driver import WindowDriver
from vosapp.core.timeline import FrameRange
from vosapp.ui.dialogs.move import MoveDialog
from vosapp.ui.dialogs.range import RangeDialog
from vosapp.ui.dialogs.rate import RateDialog

DIALOGS = ("range", "move", "rate", "export")


def opened(driver: WindowDriver, name: str) -> QDialog:
    """A dialog of the window, shown. Those that the driver's answers stand in for are made here."""
    window, clip = driver.window, driver.document.clip
    assert clip is not None
    made: QDialog
    if name == "range":
        made = RangeDialog(
            "Delete", "Delete", FrameRange(1, 3), frame_count=clip.frame_count, first_number=0, parent=window
        )
    elif name == "move":
        made = MoveDialog(driver.document, driver.document.object(1), FrameRange(1, 3), here=4, parent=window)
    elif name == "rate":
        made = RateDialog(clip.rate, window)
    else:
        driver.trigger("file.export")
        (made,) = [one for one in window.findChildren(QDialog) if one.isVisible()]
        made.activateWindow()
        return made
    made.open()
    return made


def fields_of(dialog: QDialog) -> list[QWidget]:
    """Its text fields: those of numbers, and lines outside of them."""
    numbers = dialog.findChildren(QAbstractSpinBox)
    lines = [one for one in dialog.findChildren(QLineEdit) if not isinstance(one.parent(), QAbstractSpinBox)]
    return [one for one in (*numbers, *lines) if one.isVisible() and one.isEnabled()]


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("name", DIALOGS)
def test_letters_in_a_dialog_reach_nothing_behind_it(shot: WindowDriver, name: str, tool: str) -> None:
    predicted(shot)
    shot.trigger(f"tool.{tool}")
    dialog = opened(shot, name)
    before, cells = shot.view, dict(shot.document.object(1).cells)
    fields = fields_of(dialog)
    assert fields
    for field in fields:
        field.setFocus()
        shot.wait(field.hasFocus)
        QTest.keyClicks(field, KEYS_OF_COMMANDS + " [")
        for key in (Qt.Key.Key_Left, Qt.Key.Key_Home, Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            QTest.keyClick(field, key)
    after = shot.view
    assert dict(shot.document.object(1).cells) == cells
    assert (after.app.tool, after.shot.frame_index, after.shot.playback.speed) == (before.app.tool, 2, 0)
    assert not shot.workspace.networks.runs.is_running
    dialog.reject()


@pytest.mark.parametrize("name", ["range", "move", "rate"])
def test_enter_in_a_dialog_makes_no_anchor(shot: WindowDriver, name: str) -> None:
    predicted(shot)
    dialog = opened(shot, name)
    field = fields_of(dialog)[0]
    field.setFocus()
    shot.wait(field.hasFocus)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert not cell_of(shot, 2).is_anchor
    if dialog.isVisible():
        dialog.reject()
