"""The loop of looking, mending and going on, in the program as it is started: `vosapp CLIP`, then mouse and keys."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.clips import make_clip
from tests.e2e.test_scribble import draw_half
from tests.e2e.test_story import SIZE, disc, draw_disc, jaccard, picture, truth
from tests.gui.window_driver import Answers, WindowDriver
from vosapp.__main__ import main
from vosapp.core.settings import Settings
from vosapp.presentation.view_state import Tool
from vosapp.ui import app
from vosapp.ui.workspace import Workspace

FRAMES = 12
ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier
Story = Callable[[WindowDriver], None]


class Played:
    """The application, whose event loop plays a story and closes the window."""

    def __init__(self, application: QApplication, play: Callable[[], None]) -> None:
        self._application, self._play = application, play

    def exec(self) -> int:
        self._play()
        return 0


@pytest.fixture
def start(qtbot: QtBot, no_leaks: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Story], None]:
    """Starts the program on a clip of a moving disc, with the engine that needs no weights, and plays a story in it."""
    clip = make_clip(tmp_path / "disc.mp4", frames=FRAMES, size=SIZE, rate=Fraction(25), content=picture)

    def begin(story: Story) -> None:
        settings, answers, made = Settings(), Answers(), list[Workspace]()
        settings.set("video.find_cuts", False)
        settings.set("engine.name", "flow")
        settings.set("engine.direction", "forward")
        real = app.make_application

        def kept(given: Settings) -> Workspace:
            made.append(Workspace(given, dialogs=answers))
            return made[-1]

        def play() -> None:
            driver = WindowDriver(made[0], answers, qtbot)
            driver.wait(lambda: driver.view.app.opening == "" and driver.view.shot.picture_index == 0)
            driver.settle()
            try:
                story(driver)
            finally:
                driver.put_away()

        monkeypatch.setattr(app, "Workspace", kept)
        monkeypatch.setattr(app, "make_application", lambda argv, language: Played(real(argv, language=language), play))
        assert main([str(clip)]) == 0

    return begin


def press(driver: WindowDriver, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    driver.window.activateWindow()
    driver.canvas.setFocus()
    QTest.keyClick(driver.canvas, key, modifiers)


def propagate(driver: WindowDriver) -> None:
    press(driver, Qt.Key.Key_F)
    driver.wait(lambda: driver.workspace.networks.runs.is_running or driver.cell(FRAMES - 1) is not None)
    driver.finish_run()


def digests(driver: WindowDriver) -> dict[int, str]:
    return {frame: cell.base for frame, cell in driver.document.objects[0].cells.items()}


def test_a_correction_renews_its_span_alone(start: Callable[[Story], None]) -> None:
    def story(driver: WindowDriver) -> None:
        draw_disc(driver)
        propagate(driver)
        driver.go(8)
        press(driver, Qt.Key.Key_Return)  # the mask there is right: an anchor
        before = digests(driver)
        driver.go(4)
        driver.trigger("tool.eraser")
        x, y, _ = disc(4)
        driver.drag([(x - 8.0, y - 40.0), (x - 8.0, y + 40.0)])
        display = driver.workspace.presenter.display
        assert display is not None and display.propagate.summary.startswith("Around this frame: 3 frames, 5 to 7")
        press(driver, Qt.Key.Key_F)
        driver.finish_run()
        after = digests(driver)
        changed = sorted(frame for frame in after if after[frame] != before[frame])
        assert changed == [4, 5, 6, 7] and driver.view.shot.frame_index == 4
        assert driver.document.objects[0].anchors() == [0, 4, 8]

    start(story)


def test_the_review_queue_is_worked_off(start: Callable[[Story], None]) -> None:
    def story(driver: WindowDriver) -> None:
        draw_disc(driver)
        propagate(driver)
        press(driver, Qt.Key.Key_R, ALT)
        cards = driver.window.strip.list
        listed, first = cards.count(), driver.view.shot.frame_index
        assert driver.window.strip.isVisible() and listed > 1 and first > 0
        press(driver, Qt.Key.Key_Return, ALT)
        cell = driver.cell(first)
        assert cell is not None and cell.locked and driver.view.shot.frame_index != first
        second = driver.view.shot.frame_index
        press(driver, Qt.Key.Key_Right, ALT)
        assert driver.view.shot.frame_index not in (first, second)
        driver.trigger("review.fix")
        assert driver.view.app.tool is Tool.BRUSH
        wrong = driver.view.shot.frame_index
        x, y, _ = disc(wrong)
        driver.drag([(x - 5.0, y), (x + 5.0, y)])
        approved = driver.mask(first)
        press(driver, Qt.Key.Key_F)
        driver.finish_run()
        assert wrong in driver.document.objects[0].anchors()
        assert np.array_equal(driver.mask(first), approved), "no run changes what was approved"
        driver.trigger("edit.undo")

    start(story)


def test_the_memory_inspector_mutes_and_removes_an_anchor(start: Callable[[Story], None]) -> None:
    def story(driver: WindowDriver) -> None:
        draw_disc(driver)
        propagate(driver)
        driver.go(6)
        press(driver, Qt.Key.Key_Return)
        driver.go(9)
        press(driver, Qt.Key.Key_M, ALT)
        strip = driver.window.strip
        cards = strip.list
        assert strip.isVisible() and cards.count() == 2
        QTest.mouseClick(cards.viewport(), Qt.MouseButton.LeftButton, pos=cards.visualItemRect(cards.item(1)).center())
        assert driver.view.shot.picked_anchor == 6 and driver.view.shot.frame_index == 9
        driver.trigger("memory.mute")
        assert driver.document.objects[0].muted == (6,) and driver.document.objects[0].given() == (0,)
        driver.go(0)
        propagate(driver)
        cell = driver.cell(9)
        assert cell is not None and cell.sources == (0,), "the muted anchor was not shown to the engine"
        driver.trigger("memory.mute")
        driver.trigger("memory.remove")
        assert driver.document.objects[0].anchors() == [0]

    start(story)


def test_a_scribble_mends_half_a_mask(start: Callable[[Story], None]) -> None:
    def story(driver: WindowDriver) -> None:
        draw_half(driver)
        propagate(driver)
        driver.go(3)
        before = jaccard(driver.mask(3), truth(3))
        press(driver, Qt.Key.Key_D)
        x, y, _ = disc(3)
        driver.drag([(x - 14.0, y - 8.0), (x - 2.0, y - 15.0), (x + 12.0, y - 8.0)])
        driver.wait(lambda: (found := driver.view.shot.selection) is not None and not found.thinking)
        assert jaccard(driver.mask(3), truth(3)) == before, "shown before it is taken"
        press(driver, Qt.Key.Key_Return)
        assert jaccard(driver.mask(3), truth(3)) > max(0.8, before)

    start(story)
