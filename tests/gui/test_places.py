"""The first window fits the screen; window and projects are found as they were left."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest

from tests.gui.window_driver import Answers, WindowDriver
from vosapp.core.settings import Settings
from vosapp.presentation.window_memory import WindowMemory, WindowPlace, first_size
from vosapp.ui.controllers import places
from vosapp.ui.workspace import Workspace

SCREENS = [(1280, 720), (1366, 768), (1920, 1080)]  # in logical pixels: 2560x1440 at 2x is the first


@pytest.fixture
def wide_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "rooms", lambda: [QRect(0, 0, 1920, 1080)])


@pytest.mark.parametrize("screen", SCREENS)
def test_everything_is_in_sight_on_small_screens(shot: WindowDriver, screen: tuple[int, int]) -> None:
    size = first_size(screen)
    shot.window.resize(*size)
    shot.settle()
    assert (shot.window.width(), shot.window.height()) == size, "the window asks for more room than there is"
    for part in (shot.window.timeline, shot.window.transport, shot.window.canvas, shot.window.propagate):
        below = part.mapTo(shot.window, part.rect().bottomRight())
        assert below.x() < size[0] and below.y() < size[1]
        assert part.height() >= min(part.minimumSizeHint().height(), 60)


@pytest.mark.parametrize("screen", SCREENS)
def test_the_first_window_is_as_large_as_its_screen_lets_it(
    driver: WindowDriver, monkeypatch: pytest.MonkeyPatch, screen: tuple[int, int]
) -> None:
    monkeypatch.setattr(places, "rooms", lambda: [QRect(0, 0, *screen)])
    first = Workspace(Settings(), dialogs=Answers())
    first.window.show()
    assert (first.window.width(), first.window.height()) == first_size(screen)
    WindowDriver(first, Answers(), driver.qtbot).put_away()


def test_a_project_is_found_as_it_was_left(shot: WindowDriver, tmp_path: Path) -> None:
    shot.answers.path = tmp_path / "a.vosapp"
    shot.trigger("file.save_as")
    shot.workspace.viewing.view.set_brush(17.0)
    shot.workspace.viewing.view.set_opacity(0.8)
    shot.go(7)
    shot.trigger("file.close")
    shot.workspace.viewing.view.set_brush(60.0)
    shot.workspace.viewing.view.set_opacity(0.1)
    shot.open(tmp_path / "a.vosapp")
    assert (shot.view.app.brush_px, shot.view.app.opacity, shot.view.shot.frame_index) == (17.0, 0.8, 7)


def test_full_screen_and_back_is_maximised_again(shot: WindowDriver) -> None:
    shot.window.showMaximized()
    QTest.keyClick(shot.window, Qt.Key.Key_F11)
    assert shot.window.isFullScreen()
    QTest.keyClick(shot.window, Qt.Key.Key_F11)
    assert shot.window.isMaximized() and not shot.window.isFullScreen()
    shot.window.showNormal()
    QTest.keyClick(shot.window, Qt.Key.Key_F11)
    QTest.keyClick(shot.window, Qt.Key.Key_F11)
    assert not shot.window.isMaximized()


def test_the_picture_alone_leaves_the_keys_working(shot: WindowDriver) -> None:
    window = shot.window
    QTest.keyClick(window, Qt.Key.Key_F11, Qt.KeyboardModifier.ShiftModifier)
    assert window.isFullScreen()
    hidden = (window.timeline, window.objects, window.tool_bar, window.menuBar(), window.view_bar)
    assert not any(part.isVisible() for part in hidden)
    assert window.canvas.isVisible()
    QTest.keyClick(window, Qt.Key.Key_Right)
    assert shot.view.shot.frame_index == 1
    QTest.keyClick(window, Qt.Key.Key_F11)
    assert not window.isFullScreen() and all(part.isVisible() for part in hidden)


@pytest.mark.usefixtures("wide_screen")
def test_the_window_comes_back_where_it_was(shot: WindowDriver, clip_path: Path) -> None:
    shot.window.setGeometry(10, 20, 1180, 800)
    shot.window.share_out(330, 210)
    shot.settle()
    before = shot.window.geometry(), shot.window.shares()
    shot.window.close()
    again = WindowDriver(Workspace(Settings(), dialogs=Answers()), Answers(), shot.qtbot)
    again.window.show()
    try:
        again.open(clip_path)
        assert (again.window.geometry(), again.window.shares()) == before
    finally:
        again.put_away()


@pytest.mark.usefixtures("wide_screen")
def test_a_window_from_a_larger_screen_is_made_to_fit(driver: WindowDriver) -> None:
    WindowMemory().keep_window(WindowPlace(3000, 100, 2500, 1300))
    again = Workspace(Settings(), dialogs=Answers())
    assert (again.window.width(), again.window.height()) == first_size((1920, 1080))
    WindowDriver(again, Answers(), driver.qtbot).put_away()
