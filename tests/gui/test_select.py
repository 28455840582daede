"""The select tool with real mouse events and keys: click, box, stroke, correct, take, take back, drop."""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.gui.window_driver import WindowDriver
from tests.packaged_networks import edgetam_network, sam2_network
from vosapp.core.mask import Mask
from vosapp.engine.select import selectors
from vosapp.engine.select.job import SelectorCache, SelectTask
from vosapp.engine.select.marks import Selector
from vosapp.presentation.selection import Selection
from vosapp.presentation.view_state import Tool

HEIGHT, WIDTH = 96, 160
_ALT, _SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier
ON_DISK, OFF_DISK, ON_OTHER = (50, 48), (100, 20), (130, 70)


def disk(centre: tuple[int, int], radius: int = 20) -> np.ndarray:
    drawn = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.circle(drawn, centre, radius, 1, -1)
    return drawn > 0


DISK, OTHER = disk(ON_DISK), disk(ON_OTHER, 14)


@pytest.fixture
def disks(tmp_path: Path) -> Path:
    """Three frames with a red and a blue disk on grey."""
    folder = tmp_path / "disks"
    folder.mkdir()
    picture = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    picture[DISK] = (30, 30, 220)
    picture[OTHER] = (220, 60, 30)
    noise = np.random.default_rng(0).integers(-6, 7, picture.shape)
    for number in range(3):
        cv2.imwrite(str(folder / f"{number:04}.png"), np.clip(picture + noise, 0, 255).astype(np.uint8))
    return folder


@pytest.fixture
def selecting(driver: WindowDriver, disks: Path, monkeypatch: pytest.MonkeyPatch) -> WindowDriver:
    """A clip of disks with the select tool in hand, and no network."""
    monkeypatch.setattr(selectors, "default_selector", lambda: selectors.GRAB_CUT)
    monkeypatch.setattr(selectors, "ready_selectors", lambda: (selectors.GRAB_CUT,))
    driver.open(disks)
    press(driver, Qt.Key.Key_A)
    assert driver.view.app.tool is Tool.SELECT
    return driver


def press(driver: WindowDriver, key: Qt.Key) -> None:
    QTest.keyClick(driver.window, key)
    driver.settle()


def selection(driver: WindowDriver) -> Selection:
    found = driver.view.shot.selection
    assert found is not None
    return found


def answered(driver: WindowDriver) -> np.ndarray:
    """Waits for the mask that belongs to all marks."""
    driver.wait(lambda: not selection(driver).thinking)
    mask = selection(driver).mask
    assert mask is not None
    return mask.array()


def overlap(a: np.ndarray, b: np.ndarray) -> float:
    return float((a & b).sum() / (a | b).sum())


def test_a_click_proposes_the_object_and_enter_makes_an_anchor(selecting: WindowDriver) -> None:
    selecting.click(ON_DISK)
    assert overlap(answered(selecting), DISK) > 0.9
    assert selecting.canvas.selection.isVisible() and not selecting.document.objects
    press(selecting, Qt.Key.Key_Return)
    assert overlap(selecting.mask(0), DISK) > 0.9
    cell = selecting.cell(0)
    assert cell is not None and cell.is_anchor
    assert selecting.view.shot.selection is None and not selecting.canvas.selection.isVisible()
    selecting.trigger("edit.undo")
    assert not selecting.document.objects


def test_a_box_and_a_stroke_propose_too(selecting: WindowDriver) -> None:
    selecting.drag([(24, 22), (60, 60), (76, 74)])
    marks = selection(selecting).marks
    assert marks.box == pytest.approx((24, 22, 76, 74), abs=1.0)
    assert overlap(answered(selecting), DISK) > 0.9
    press(selecting, Qt.Key.Key_Escape)
    assert selecting.view.shot.selection is None

    selecting.drag([(40, 48), (50, 50), (60, 48)], keys=_SHIFT)
    assert len(selection(selecting).marks.strokes[0].points) > 2
    assert overlap(answered(selecting), DISK) > 0.9


def test_marks_outside_come_from_alt_and_from_the_right_button(selecting: WindowDriver) -> None:
    selecting.click(ON_DISK)
    selecting.drag([OFF_DISK], keys=_ALT)
    selecting.drag([(110, 30)], button=Qt.MouseButton.RightButton)
    assert [stroke.is_inside for stroke in selection(selecting).marks.strokes] == [True, False, False]
    found = answered(selecting)
    assert not found[20, 100] and not found[30, 110]


def test_backspace_takes_marks_back_and_the_last_one_ends_it(selecting: WindowDriver) -> None:
    selecting.click(ON_DISK)
    first = answered(selecting)
    selecting.click(ON_OTHER)
    assert answered(selecting)[70, 130]
    press(selecting, Qt.Key.Key_Backspace)
    assert np.array_equal(answered(selecting), first)
    press(selecting, Qt.Key.Key_Backspace)
    assert selecting.view.shot.selection is None


def test_esc_leaves_no_trace(selecting: WindowDriver) -> None:
    before = selecting.document
    selecting.click(ON_DISK)
    answered(selecting)
    press(selecting, Qt.Key.Key_Escape)
    assert selecting.view.shot.selection is None
    assert selecting.document == before


def test_a_prediction_is_corrected_in_its_paint_layer(selecting: WindowDriver) -> None:
    selecting.click(ON_DISK)
    answered(selecting)
    press(selecting, Qt.Key.Key_Return)
    selecting.trigger("propagate.forward")
    selecting.finish_run()
    selecting.go(1)
    before = selecting.cell(1)
    assert before is not None and not before.is_barrier
    selecting.click(ON_OTHER)
    wanted = answered(selecting)
    assert overlap(wanted, DISK | OTHER) > 0.8
    press(selecting, Qt.Key.Key_Return)
    after = selecting.cell(1)
    assert after is not None and after.base == before.base and not after.is_anchor
    assert np.array_equal(selecting.mask(1), wanted)


def test_another_frame_hides_it_and_a_mark_there_begins_anew(selecting: WindowDriver) -> None:
    selecting.click(ON_DISK)
    answered(selecting)
    selecting.go(2)
    assert not selecting.canvas.selection.isVisible()
    press(selecting, Qt.Key.Key_Return)
    assert not selecting.document.objects
    selecting.click(ON_OTHER)
    assert selection(selecting).frame_index == 2
    assert overlap(answered(selecting), OTHER) > 0.8


def test_enter_before_the_answer_takes_nothing(selecting: WindowDriver) -> None:
    shot = selecting.view.shot
    assert shot.selection is None
    selecting.drag([ON_DISK], keys=_ALT)
    assert not answered(selecting).any()
    press(selecting, Qt.Key.Key_Return)
    assert not selecting.document.objects
    assert selection(selecting).marks.strokes


def test_what_fails_says_so_and_drops_the_marks(selecting: WindowDriver, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Mask:
        raise MemoryError("no room")

    monkeypatch.setattr("vosapp.engine.select.grab_cut.GrabCutSelector.propose", broken)
    selecting.click(ON_DISK)
    selecting.wait(lambda: bool(selecting.notice))
    assert selecting.view.shot.selection is None and not selecting.document.objects


def predicted(selecting: WindowDriver) -> WindowDriver:
    """Frame 1 with a prediction that lacks a part of the disk and has the other one too much."""
    selecting.trigger("tool.brush")
    selecting.workspace.viewing.view.set_brush(20)
    selecting.drag([(44, 38), (50, 44), (44, 58)])
    selecting.drag([ON_OTHER])
    selecting.trigger("propagate.forward")
    selecting.finish_run()
    selecting.go(1)
    press(selecting, Qt.Key.Key_D)
    assert selecting.view.app.tool is Tool.SCRIBBLE
    return selecting


def test_scribbles_correct_a_prediction_where_they_are_drawn(selecting: WindowDriver) -> None:
    driver = predicted(selecting)
    before = driver.mask(1)
    driver.drag([(52, 44), (58, 50), (64, 52)])
    found = answered(driver)
    assert found[50, 60] and overlap(found & ~OTHER, DISK) > overlap(before & ~OTHER, DISK)
    assert np.array_equal(found & OTHER, before & OTHER)  # nothing was drawn there
    driver.drag([(126, 66), (130, 70), (134, 74)], button=Qt.MouseButton.RightButton)
    assert not (answered(driver) & OTHER)[66:74, 126:134].any()
    assert np.array_equal(driver.mask(1), before)  # shown before it is taken
    press(driver, Qt.Key.Key_Return)
    cell = driver.cell(1)
    assert cell is not None and not cell.is_anchor and cell.is_painted
    assert driver.mask(1)[50, 60] and not driver.mask(1)[70, 130]
    driver.trigger("edit.undo")
    assert np.array_equal(driver.mask(1), before)


def test_a_scribble_that_is_dropped_changes_nothing(selecting: WindowDriver) -> None:
    driver = predicted(selecting)
    before = driver.document
    driver.drag([(126, 66), (134, 74)], keys=_ALT)
    answered(driver)
    assert "Draw on what is missing" in driver.window.status_bar.hint
    press(driver, Qt.Key.Key_Escape)
    assert driver.document == before and driver.view.shot.selection is None


@pytest.fixture
def choosing(driver: WindowDriver, disks: Path) -> WindowDriver:
    """The same clip with what comes with the program to choose from."""
    driver.open(disks)
    press(driver, Qt.Key.Key_A)
    return driver


def choose(driver: WindowDriver, steps: int) -> None:
    """Opens the list in the bar, goes down some entries, and takes that one."""
    menu = driver.window.view_bar.selectors
    menu.showPopup()
    for _ in range(steps):
        QTest.keyClick(menu.view(), Qt.Key.Key_Down)
    QTest.keyClick(menu.view(), Qt.Key.Key_Return)
    menu.hidePopup()
    driver.window.activateWindow()
    driver.settle()


def asked(driver: WindowDriver) -> str:
    cache = driver.workspace.networks.select._cache
    assert cache is not None and cache._build is not None
    return cache._build[0]


def test_the_bar_says_who_proposes_and_lets_another_one_do_it(choosing: WindowDriver) -> None:
    bar = choosing.window.view_bar
    assert bar.selectors.isVisible() and not bar._brush.isVisible()
    assert [bar.selectors.itemText(i) for i in range(2)] == ["Built-in network", "Colours alone"]
    choosing.click(ON_DISK)
    assert overlap(answered(choosing), DISK) > 0.8 and asked(choosing) == selectors.NETWORK
    choose(choosing, 1)
    assert overlap(answered(choosing), DISK) > 0.9 and asked(choosing) == selectors.GRAB_CUT
    assert choosing.workspace.session.settings.get("tool.selector", str) == selectors.GRAB_CUT
    assert bar.selectors.currentText() == "Colours alone"
    press(choosing, Qt.Key.Key_Escape)
    press(choosing, Qt.Key.Key_P)
    assert not bar.selectors.isVisible() and bar._brush.isVisible() and bar._brush_text.text().endswith("px")
    press(choosing, Qt.Key.Key_D)
    assert bar.selectors.isVisible() and bar._brush_text.text() == ""


@pytest.mark.parametrize("name", ["sam2-tiny", "edgetam"])
def test_networks_of_others_propose_where_they_are_here(
    choosing: WindowDriver, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = edgetam_network() if name == "edgetam" else sam2_network()
    monkeypatch.setattr(selectors, "ready_selectors", lambda: (selectors.NETWORK, selectors.GRAB_CUT, name))
    monkeypatch.setattr("vosapp.presentation.select_choices.ready_selectors", selectors.ready_selectors)
    monkeypatch.setattr("vosapp.engine.select.sam_selector.require_weights", lambda spec: None)
    monkeypatch.setattr("vosapp.engine.select.sam_selector.loaded", lambda spec, device: network)
    choosing.workspace.networks.weights.imported.emit()  # their weights came
    choose(choosing, 2)
    bar = choosing.window.view_bar.selectors
    assert bar.currentText() == {"sam2-tiny": "SAM 2.1 tiny", "edgetam": "EdgeTAM"}[name]
    assert "graphics cards" in bar.toolTip()
    choosing.click(ON_DISK)
    choosing.click(ON_OTHER)
    assert answered(choosing).shape == (HEIGHT, WIDTH) and asked(choosing) == name


def test_another_clip_or_input_space_is_looked_at_anew(
    selecting: WindowDriver, disks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = []

    def noted(self: SelectorCache, task: SelectTask) -> Selector:
        keys.append(task.key)
        return made(self, task)

    made = SelectorCache.selector
    monkeypatch.setattr(SelectorCache, "selector", noted)

    def look() -> None:
        count = len(keys)
        selecting.click(ON_DISK)
        selecting.wait(lambda: len(keys) > count and not selecting.workspace.networks.select.task.is_running)
        press(selecting, Qt.Key.Key_Escape)

    look()
    selecting.workspace.files.clip_choices.choose_space("redlog3g10")
    selecting.wait(lambda: selecting.view.shot.clip is not None and selecting.view.shot.clip.input_space != "")
    selecting.wait(lambda: selecting.view.shot.picture_index == 0)
    look()
    other = Path(shutil.copytree(disks, tmp_path / "other"))
    selecting.open(other)
    look()
    assert len(set(keys)) == 3
