"""The settings dialog is made from the table, and every change counts at once; the palette finds every command."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QSpinBox

from tests.gui.window_driver import WindowDriver
from vosapp.core.settings import TABLE, Settings
from vosapp.core.timeline import Direction
from vosapp.presentation.settings_form import settings_groups
from vosapp.ui.dialogs.palette import CommandPalette
from vosapp.ui.dialogs.settings import SettingsDialog


def open_settings(driver: WindowDriver) -> SettingsDialog:
    driver.trigger("edit.settings")
    dialog = driver.workspace.shell.settings.dialog
    assert dialog is not None
    return dialog


def type_number(dialog: SettingsDialog, name: str, text: str) -> None:
    field = dialog.field(name)
    assert isinstance(field, QSpinBox | QDoubleSpinBox)
    field.lineEdit().selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def choose(dialog: SettingsDialog, name: str, value: str) -> None:
    menu = dialog.field(name)
    assert isinstance(menu, QComboBox)
    menu.setFocus()
    menu.setCurrentIndex(menu.findData(value))
    menu.activated.emit(menu.currentIndex())


def test_every_setting_is_in_one_group() -> None:
    names = [one.name for group in settings_groups() for one in group.settings]
    assert sorted(names) == sorted(TABLE)


def test_a_field_for_every_setting_shows_its_value(driver: WindowDriver) -> None:
    dialog = open_settings(driver)
    for name, setting in TABLE.items():
        field = dialog.field(name)
        assert field.accessibleName() == setting.title
        kinds = {bool: QCheckBox, int: QSpinBox, float: QDoubleSpinBox, str: QComboBox}
        assert isinstance(field, kinds[type(setting.default)]), name
    box = dialog.field("view.loop")
    assert isinstance(box, QCheckBox) and box.isChecked()
    dialog.reject()


def test_changes_count_at_once_and_stay(shot: WindowDriver) -> None:
    dialog = open_settings(shot)
    type_number(dialog, "tool.brush_px", "61")
    assert shot.view.app.brush_px == 61
    type_number(dialog, "view.overlay_opacity", "0.8")
    assert shot.view.app.opacity == 0.8
    box = dialog.field("view.loop")
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=box.rect().center() / 4)
    assert not shot.view.app.loop
    choose(dialog, "engine.direction", "backward")
    assert shot.view.app.propagate.direction is Direction.BACKWARD
    type_number(dialog, "memory.frame_cache_mb", "32")
    cache = shot.workspace.viewing.pictures._cache
    assert cache is not None and cache.budget_bytes == 32 * 2**20
    type_number(dialog, "project.history_mb", "64")
    assert shot.workspace.session.editor.history.limit_bytes == 64 * 2**20
    again = Settings()
    assert again.get("tool.brush_px", float) == 61 and again.get("engine.direction", str) == "backward"
    dialog.reject()


def test_an_open_project_keeps_its_engine(shot: WindowDriver) -> None:
    dialog = open_settings(shot)
    before = shot.view.app.propagate.engine
    choose(dialog, "engine.name", "flow")
    assert before != "flow" and shot.view.app.propagate.engine == before
    dialog.reject()
    shot.trigger("file.close")
    dialog = open_settings(shot)
    choose(dialog, "engine.name", "flow")
    assert shot.view.app.propagate.engine == "flow"
    dialog.reject()


def test_reset_sets_all_back(shot: WindowDriver) -> None:
    dialog = open_settings(shot)
    type_number(dialog, "tool.brush_px", "61")
    QTest.mouseClick(dialog.reset_button, Qt.MouseButton.LeftButton)
    assert shot.view.app.brush_px == TABLE["tool.brush_px"].default
    field = dialog.field("tool.brush_px")
    assert isinstance(field, QDoubleSpinBox) and field.value() == TABLE["tool.brush_px"].default
    dialog.reject()


def test_a_setting_that_cannot_be_written_is_told(shot: WindowDriver, own_data_folder: Path) -> None:
    dialog = open_settings(shot)
    (own_data_folder / "settings.json").unlink()
    (own_data_folder / "settings.json").mkdir()
    type_number(dialog, "tool.brush_px", "61")
    assert "settings cannot be written" in shot.notice
    dialog.reject()


def palette(driver: WindowDriver) -> CommandPalette:
    QTest.keyClick(driver.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    found = [one for one in driver.window.findChildren(CommandPalette) if one.isVisible()]
    assert len(found) == 1
    return found[0]


def test_the_palette_uses_what_is_found(shot: WindowDriver) -> None:
    shown = palette(shot)
    QTest.keyClicks(shown.field, "last frame")
    assert shown.shown()[0] == "go.last"
    QTest.keyClick(shown.field, Qt.Key.Key_Return)
    assert shot.view.shot.frame_index == 11
    assert not any(one.isVisible() for one in shot.window.findChildren(CommandPalette))


def test_the_palette_moves_by_keys_and_leaves_by_escape(shot: WindowDriver) -> None:
    shown = palette(shot)
    QTest.keyClicks(shown.field, "brush")
    first, second = shown.shown()[:2]
    QTest.keyClick(shown.field, Qt.Key.Key_Down)
    current = shown.list.currentItem()
    assert current is not None and current.data(0, Qt.ItemDataRole.UserRole) == second != first
    QTest.keyClick(shown.field, Qt.Key.Key_Escape)
    assert not shown.isVisible()


@pytest.mark.parametrize("query", ["undo", "export"])
def test_what_cannot_be_used_now_is_greyed_and_says_why(driver: WindowDriver, query: str) -> None:
    shown = palette(driver)
    QTest.keyClicks(shown.field, query)
    item = shown.list.topLevelItem(0)
    assert item is not None and "Not now" in item.toolTip(0)
    QTest.keyClick(shown.field, Qt.Key.Key_Return)
    assert shown.isVisible()
    shown.close()
