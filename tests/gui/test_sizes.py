"""On a screen of 1920x1080 at a scale of two, 960x540 logical pixels, the window shows all that is needed."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QWidget

from tests.gui.window_driver import Answers, WindowDriver
from vosapp.core.settings import Settings
from vosapp.presentation.window_memory import first_size
from vosapp.ui.controllers import places
from vosapp.ui.workspace import Workspace

SMALL = (960, 540)
LARGE = (1440, 900)


def in_sight(driver: WindowDriver, widget: QWidget) -> bool:
    """Whether all of a widget is on the screen, and nothing that scrolls hides a part of it."""
    return widget.isVisible() and widget.visibleRegion().boundingRect() == widget.rect()


@pytest.fixture
def small(shot: WindowDriver) -> WindowDriver:
    shot.workspace.viewing.view.set_brush(24)
    shot.click((50, 55))
    shot.window.resize(*first_size(SMALL))
    shot.window.share_out(0, places.timeline_px(first_size(SMALL)[1]))
    shot.settle()
    return shot


def test_the_window_is_no_larger_than_a_small_screen(small: WindowDriver) -> None:
    assert (small.window.width(), small.window.height()) == first_size(SMALL)
    window = small.window
    for widget in (window.timeline, window.transport, window.tool_bar, window.view_bar, window.propagate.button):
        assert in_sight(small, widget), widget
    assert window.canvas.height() > 150


def test_the_tools_stand_in_two_columns_and_all_are_there(small: WindowDriver) -> None:
    bar = small.window.tool_bar
    buttons = [button for group in bar._groups for button in group]
    assert bar.column_count == 2 and all(in_sight(small, button) for button in buttons)
    small.window.resize(*LARGE)
    assert bar.column_count == 1 and all(in_sight(small, button) for button in buttons)


def test_settings_of_the_run_fold_and_unfold(small: WindowDriver) -> None:
    panel = small.window.propagate
    assert not panel.engine_button.isVisible()
    QTest.mouseClick(panel.fold_button, Qt.MouseButton.LeftButton)
    assert panel.engine_button.isVisible()
    small.window.resize(*LARGE)
    assert panel.engine_button.isVisible()
    small.window.resize(*first_size(SMALL))
    assert panel.engine_button.isVisible(), "the user wanted to see them"


def test_settings_that_folded_by_themselves_come_back_with_the_room(small: WindowDriver) -> None:
    small.window.resize(*LARGE)
    assert in_sight(small, small.window.propagate.engine_button)


def test_settings_fold_where_they_would_hide_the_second_and_third_object(small: WindowDriver) -> None:
    panel = small.window.propagate
    small.window.resize(*LARGE)
    assert panel.engine_button.isVisible()
    while panel.engine_button.isVisible():
        small.window.resize(small.window.width(), small.window.height() - 8)
        small.settle()
    small.window.resize(small.window.width(), small.window.height() + 8)
    assert panel.engine_button.isVisible(), "one object leaves room for them"
    small.trigger("object.add")
    small.trigger("object.add")
    small.wait(lambda: not panel.engine_button.isVisible())
    objects = small.window.objects._list
    assert objects.viewport().rect().contains(objects.visualItemRect(objects.item(2)))
    small.trigger("edit.undo")
    small.trigger("edit.undo")
    small.wait(panel.engine_button.isVisible)


def test_what_yields_comes_back_with_the_room(small: WindowDriver) -> None:
    bar = small.window.view_bar
    assert not bar._opacity.isVisible()
    small.window.resize(*LARGE)
    assert bar._opacity.isVisible() and bar._brush_text.isVisible()


@pytest.mark.parametrize("action_id", ["file.clip_facts", "file.export", "help.shortcuts", "file.batch"])
def test_dialogs_fit_a_small_screen(small: WindowDriver, action_id: str) -> None:
    before = set(small.window.findChildren(QDialog))
    small.trigger(action_id)
    (dialog,) = set(small.window.findChildren(QDialog)) - before
    assert dialog.minimumSize().width() <= SMALL[0] and dialog.minimumSize().height() <= first_size(SMALL)[1]
    room = dialog.screen().availableSize()
    assert dialog.width() <= max(room.width(), SMALL[0]) and dialog.height() <= room.height()
    dialog.reject()


def test_a_first_window_gives_the_timeline_less_on_a_small_screen(
    driver: WindowDriver, monkeypatch: pytest.MonkeyPatch, clip_path: Path
) -> None:
    monkeypatch.setattr(places, "rooms", lambda: [QRect(0, 0, *SMALL)])
    first = WindowDriver(Workspace(Settings(), dialogs=Answers()), Answers(), driver.qtbot)
    first.window.show()
    first.open(clip_path)
    assert (first.window.width(), first.window.height()) == first_size(SMALL)
    assert first.window.shares()[1] <= places.timeline_px(first_size(SMALL)[1]) + 1
    first.put_away()
