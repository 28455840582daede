"""Keys belong to the text field that has the focus, with every tool and whatever else they would mean."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from tests.gui.test_suggest import FakeSearch
from tests.gui.window_driver import WindowDriver
from vosapp.core.document import Cell

TOOLS = ("brush", "eraser", "polygon", "hand")
KEYS_OF_COMMANDS = "pegnbfcjklwio"


def predicted(driver: WindowDriver) -> None:
    """An anchor on frame 0, predictions after it; stands on frame 2."""
    driver.workspace.viewing.view.set_brush(30)
    driver.drag([(50, 55)])
    driver.workspace.networks.runs.start()
    driver.finish_run()
    driver.go(2)
    driver.window.activateWindow()


def frame_field(driver: WindowDriver) -> QLineEdit:
    """The frame number's field, with the focus."""
    (field,) = (one for one in driver.window.transport.findChildren(QLineEdit) if one.accessibleName() == "Frame")
    QTest.mouseClick(field, Qt.MouseButton.LeftButton)
    driver.wait(field.hasFocus)
    driver.wait(lambda: field.selectedText() == field.text())
    return field


def name_field(driver: WindowDriver) -> QLineEdit:
    """The field that renames the first object, with the focus."""
    driver.trigger("object.rename")
    driver.wait(lambda: bool(driver.window.objects.list.findChildren(QLineEdit)))
    field = driver.window.objects.list.findChildren(QLineEdit)[-1]
    driver.wait(field.hasFocus)
    return field


def cell_of(driver: WindowDriver, frame: int) -> Cell:
    cell = driver.cell(frame)
    assert cell is not None
    return cell


@pytest.mark.parametrize("tool", TOOLS)
def test_enter_after_a_frame_number_goes_there_and_makes_no_anchor(shot: WindowDriver, tool: str) -> None:
    predicted(shot)
    shot.trigger(f"tool.{tool}")
    field = frame_field(shot)
    QTest.keyClicks(field, "5")
    QTest.keyClick(field, Qt.Key.Key_Return)
    shot.wait(lambda: shot.view.shot.picture_index == 5)
    assert not cell_of(shot, 2).is_anchor and not cell_of(shot, 5).is_anchor
    assert shot.canvas.hasFocus(), "the keys are the viewer's again"
    QTest.keyClick(shot.canvas, Qt.Key.Key_Return)
    assert cell_of(shot, 5).is_anchor


@pytest.mark.parametrize("tool", TOOLS)
def test_a_name_takes_every_key_and_enter_only_ends_it(shot: WindowDriver, tool: str) -> None:
    predicted(shot)
    shot.trigger(f"tool.{tool}")
    before = shot.view
    field = name_field(shot)
    QTest.keyClicks(field, KEYS_OF_COMMANDS + "12 [")
    QTest.keyClick(field, Qt.Key.Key_Delete)
    QTest.keyClick(field, Qt.Key.Key_Backspace)
    QTest.keyClick(field, Qt.Key.Key_Home)
    QTest.keyClick(field, Qt.Key.Key_Return)
    expected = KEYS_OF_COMMANDS + "12"  # the last blank is taken away
    shot.wait(lambda: shot.document.object(1).name == expected)
    assert not cell_of(shot, 2).is_anchor and shot.cell(2) is not None
    after = shot.view
    assert (after.app.tool, after.shot.frame_index, after.shot.playback.speed) == (before.app.tool, 2, 0)
    assert not shot.workspace.networks.runs.is_running


def test_escape_in_a_field_gives_up_the_field_and_nothing_else(shot: WindowDriver) -> None:
    predicted(shot)
    shot.trigger("tool.polygon")
    shot.click((10, 10))
    shot.click((60, 10))
    field = frame_field(shot)
    QTest.keyClicks(field, "7")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert shot.view.shot.frame_index == 2 and field.text() == "2"
    assert shot.view.shot.polygon_points == 2, "the polygon goes on"
    QTest.keyClick(shot.canvas, Qt.Key.Key_Escape)
    assert shot.view.shot.polygon_points == 0
    field = name_field(shot)
    QTest.keyClicks(field, "x")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert shot.document.object(1).name == "Object 1"


def test_a_polygon_and_suggestions_keep_their_keys_from_fields(shot: WindowDriver) -> None:
    predicted(shot)
    shot.trigger("tool.polygon")
    for point in ((10, 10), (60, 10), (60, 60)):
        shot.click(point)
    field = frame_field(shot)
    QTest.keyClick(field, Qt.Key.Key_Backspace)
    assert shot.view.shot.polygon_points == 3
    QTest.keyClicks(field, "2")
    QTest.keyClick(field, Qt.Key.Key_Enter)
    assert shot.view.shot.polygon_points == 3 and not cell_of(shot, 2).is_painted
    QTest.keyClick(shot.canvas, Qt.Key.Key_Escape)
    shot.workspace.networks.suggest.make_body = FakeSearch()
    shot.trigger("object.suggest")
    shot.wait(lambda: not shot.workspace.networks.suggest.is_running)
    field = frame_field(shot)
    QTest.keyClicks(field, "2")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert len(shot.document.objects) == 1 and shot.view.shot.suggestions is not None
    shot.workspace.networks.suggest.discard()


def test_commands_with_control_and_function_keys_work_in_fields(shot: WindowDriver) -> None:
    predicted(shot)
    field = frame_field(shot)
    QTest.keyClick(field, Qt.Key.Key_F3)
    assert shot.window.commands["view.outline"].isChecked()
    QTest.keyClick(field, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert cell_of(shot, 2).locked


def test_tapping_alt_leaves_the_keys_with_the_viewer(shot: WindowDriver) -> None:
    shot.window.activateWindow()
    shot.canvas.setFocus()
    QTest.keyPress(shot.canvas, Qt.Key.Key_Alt, Qt.KeyboardModifier.AltModifier)
    QTest.keyRelease(shot.canvas, Qt.Key.Key_Alt)
    focus: QWidget | None = shot.window.focusWidget()
    assert focus is shot.canvas and shot.window.menuBar().activeAction() is None
