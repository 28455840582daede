"""The tour opens the demo shot, goes on when a step was done, and ends with the clip or when it is told to."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.gui.window_driver import WindowDriver
from vosapp.presentation.tour import STEPS
from vosapp.presentation.view_state import AppView, ViewState


def begin(driver: WindowDriver) -> None:
    driver.trigger("help.tour")
    driver.wait(lambda: driver.view.app.tour == 1 and driver.view.shot.picture_index == 0)
    driver.settle()


def step(driver: WindowDriver) -> int:
    assert driver.window.guide.isVisible() == (driver.view.app.tour > 0)
    return driver.view.app.tour


def test_the_tour_follows_what_is_done(driver: WindowDriver) -> None:
    begin(driver)
    assert "Paint over" in driver.window.guide.text
    driver.workspace.viewing.view.set_brush(60)
    driver.click((200, 300))
    driver.wait(lambda: step(driver) == 2)
    assert "Press F" in driver.window.guide.text
    driver.trigger("propagate.forward")
    assert step(driver) == 2
    driver.finish_run()
    driver.wait(lambda: step(driver) == 3)
    driver.go(0)
    driver.trigger("go.next_doubt")
    driver.wait(lambda: step(driver) == 4)
    driver.wait(lambda: driver.view.shot.picture_index == driver.view.shot.frame_index)
    driver.click((500, 300))
    driver.wait(lambda: step(driver) == 5)
    driver.trigger("propagate.forward_one")
    driver.finish_run()
    driver.wait(lambda: step(driver) == 6)
    assert "Ctrl+E" in driver.window.guide.text and not driver.window.guide.skip_button.isVisible()
    QTest.mouseClick(driver.window.guide.end_button, Qt.MouseButton.LeftButton)
    assert step(driver) == 0


def test_steps_can_be_skipped_and_another_clip_ends_it(driver: WindowDriver, clip_path: Path) -> None:
    begin(driver)
    QTest.mouseClick(driver.window.guide.skip_button, Qt.MouseButton.LeftButton)
    assert step(driver) == 2
    driver.open(clip_path)
    assert step(driver) == 0


def test_the_keys_are_those_of_the_user() -> None:
    state = ViewState(AppView(tour=2, keys={"propagate.forward": "Alt+F"}))
    from vosapp.presentation.tour import resolve_tour

    shown = resolve_tour(state)
    assert shown is not None and "Alt+F" in shown.text and shown.count == len(STEPS)
    assert resolve_tour(ViewState()) is None
