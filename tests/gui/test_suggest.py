"""Suggest objects in the window: search, choose by mouse, keys and rows, accept, edit, discard, and what is lacking."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtTest import QTest

from tests.gui.conftest import SIZE
from tests.gui.window_driver import NONE, WindowDriver, send_mouse
from vosapp.core.errors import EngineError
from vosapp.core.mask import Mask
from vosapp.engine.job import JobContext, Stage
from vosapp.engine.suggest.job import SuggestTask
from vosapp.engine.suggest.proposals import Proposal
from vosapp.models.weights import WeightsState
from vosapp.presentation.choices import SuggestChoice
from vosapp.presentation.status import NoticeKind
from vosapp.presentation.suggest import networks as suggest_networks
from vosapp.presentation.suggest.networks import ALL, suggest_choices


def box(left: int, top: int, right: int, bottom: int) -> np.ndarray:
    mask = np.zeros(SIZE, np.bool_)
    mask[top:bottom, left:right] = True
    return mask


LARGE, SMALL, OTHER = box(20, 20, 80, 80), box(40, 40, 60, 60), box(100, 20, 150, 60)
IN_LARGE, IN_SMALL, IN_OTHER, NOWHERE = (25, 70), (50, 50), (120, 40), (155, 90)


def proposal(mask: np.ndarray, score: float, network: str = "rvos-zero") -> Proposal:
    return Proposal(Mask.from_array(mask), score, 1.0, score, 1.0, network)


FOUND = [proposal(LARGE, 0.9), proposal(OTHER, 0.7, "cosnet/crf"), proposal(SMALL, 0.5)]


class FakeSearch:
    """In place of the networks: gives what it is told, waits at a gate between two deliveries, may fail."""

    def __init__(self) -> None:
        self.result: list[Proposal] = FOUND
        self.first: list[Proposal] = []
        self.error: Exception | None = None
        self.gate: threading.Event | None = None
        self.tasks: list[SuggestTask] = []

    def __call__(self, task: SuggestTask, deliver: Callable[[Any], None]) -> Callable[[JobContext], list[Proposal]]:
        self.tasks.append(task)

        def body(context: JobContext) -> list[Proposal]:
            context.progress(0, 2, Stage.SEARCHING, note="RVOS (zero-shot)")
            if self.first:
                deliver(self.first)
            while self.gate is not None and not self.gate.wait(0.01):
                context.check()
            if self.error is not None:
                raise self.error
            return self.result

        return body


@pytest.fixture
def search() -> Iterator[FakeSearch]:
    made = FakeSearch()
    yield made
    if made.gate is not None:
        made.gate.set()


@pytest.fixture
def ready(shot: WindowDriver, search: FakeSearch) -> WindowDriver:
    """A clip whose searches find three objects."""
    shot.workspace.networks.suggest.make_body = search
    return shot


@pytest.fixture
def found(ready: WindowDriver) -> WindowDriver:
    """Frame 2 with its suggestions on the screen."""
    ready.go(2)
    look(ready)
    return ready


def look(driver: WindowDriver) -> None:
    driver.trigger("object.suggest")
    driver.wait(lambda: not driver.workspace.networks.suggest.is_running)


def chosen(driver: WindowDriver) -> set[int]:
    assert driver.view.shot.suggestions is not None
    return set(driver.view.shot.suggestions.chosen)


def hover(driver: WindowDriver, at: tuple[float, float]) -> None:
    driver.mouse(QEvent.Type.MouseMove, at, button=NONE, held=NONE)


def press_key(driver: WindowDriver, key: Qt.Key, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(driver.window, key, keys)


def test_the_best_is_chosen_and_all_are_outlined_with_rank_and_score(found: WindowDriver) -> None:
    display = found.workspace.presenter.display
    assert display is not None
    assert [row.title for row in display.suggest.rows] == [
        "1  RVOS (zero-shot)",
        "2  COSNet, dense CRF",
        "3  RVOS (zero-shot)",
    ]
    assert [row.score for row in display.suggest.rows] == ["90 %", "70 %", "50 %"]
    assert chosen(found) == {0}
    assert found.canvas.suggestions.isVisible()
    assert found.window.suggest.isVisible() and not found.window.propagate.isVisible()


def test_pointing_lights_the_smallest_and_its_row(found: WindowDriver) -> None:
    hover(found, IN_SMALL)
    assert found.canvas.suggestions.hovered == 2
    assert found.canvas.viewport().cursor().shape() is Qt.CursorShape.PointingHandCursor
    hover(found, IN_LARGE)
    assert found.canvas.suggestions.hovered == 0
    hover(found, NOWHERE)
    assert found.canvas.suggestions.hovered == -1


def test_a_click_chooses_and_unchooses_and_never_paints(found: WindowDriver) -> None:
    found.click(IN_OTHER)
    found.click(IN_LARGE)
    assert chosen(found) == {1}
    found.click(NOWHERE)
    assert chosen(found) == {1}
    assert not found.document.objects


def test_rows_and_digits_choose_too(found: WindowDriver) -> None:
    row = found.window.suggest.row(2)
    send_mouse(row, QEvent.Type.MouseButtonPress, QPointF(row.rect().center()))
    found.trigger("object.select_2")
    assert chosen(found) == {0, 1, 2}
    assert not found.window.commands["object.select_4"].isEnabled()


def test_enter_makes_anchors_in_one_undo_step_and_the_pen_edits_them(found: WindowDriver) -> None:
    found.click(IN_OTHER)
    outlines = found.canvas.suggestions._outlines
    press_key(found, Qt.Key.Key_Return)
    assert [item.colour for item in found.document.objects] == [outlines[0].colour, outlines[1].colour]
    assert np.array_equal(found.mask(2, 1), LARGE) and np.array_equal(found.mask(2, 2), OTHER)
    cell = found.cell(2)
    assert cell is not None and cell.is_anchor
    assert found.view.shot.suggestions is None and found.window.propagate.isVisible()
    assert found.view.shot.active_object == 1

    found.workspace.viewing.view.set_brush(8)
    found.click(NOWHERE)
    assert found.mask(2, 1)[90, 155]
    found.trigger("edit.undo")
    assert found.view.shot.project.undo_label == "add suggested objects"
    found.trigger("edit.undo")
    assert not found.document.objects


def test_what_was_accepted_propagates(found: WindowDriver) -> None:
    press_key(found, Qt.Key.Key_Return)
    found.trigger("propagate.forward")
    found.finish_run()
    assert found.cell(11) is not None


def test_a_run_waits_until_the_suggestions_are_decided_on(found: WindowDriver) -> None:
    press_key(found, Qt.Key.Key_Return)
    look(found)
    assert not found.window.commands["propagate.forward"].isEnabled()
    found.workspace.networks.runs.start()
    assert found.notice == "Accept or discard the suggestions first."
    press_key(found, Qt.Key.Key_Escape)
    assert found.window.commands["propagate.forward"].isEnabled()


def test_nothing_chosen_is_nothing_accepted_and_says_so(found: WindowDriver) -> None:
    found.click(IN_LARGE)
    assert not found.window.suggest.accept_button.isEnabled()
    press_key(found, Qt.Key.Key_Return)
    assert found.view.shot.suggestions is not None and not found.document.objects


def test_esc_discards(found: WindowDriver) -> None:
    press_key(found, Qt.Key.Key_Escape)
    assert found.view.shot.suggestions is None
    assert not found.canvas.suggestions.isVisible()
    found.click(IN_LARGE)
    assert len(found.document.objects) == 1  # the pen paints again


def test_another_frame_hides_the_outlines_and_leads_back(found: WindowDriver) -> None:
    found.go(5)
    assert not found.canvas.suggestions.isVisible()
    display = found.workspace.presenter.display
    assert display is not None and display.suggest.elsewhere == "Back to frame 2"
    found.click(IN_LARGE)  # paints, for the suggestions are elsewhere
    assert found.cell(5) is not None
    found.window.suggest.back_asked.emit()
    found.wait(lambda: found.view.shot.picture_index == 2)
    assert found.canvas.suggestions.isVisible()


def test_the_first_network_can_be_chosen_from_while_the_second_looks(ready: WindowDriver, search: FakeSearch) -> None:
    search.gate, search.first = threading.Event(), FOUND[1:2]
    ready.trigger("object.suggest")
    ready.wait(lambda: ready.view.shot.suggestions is not None and bool(ready.view.shot.suggestions.items))
    assert not ready.window.commands["object.suggest"].isEnabled()
    assert not ready.window.commands["propagate.forward"].isEnabled()
    ready.click(IN_OTHER)
    ready.click(IN_OTHER)
    search.gate.set()
    ready.wait(lambda: not ready.workspace.networks.suggest.is_running)
    assert chosen(ready) == {1}  # it fell to the second rank and is still the one that was chosen


def test_esc_stops_a_search_and_leaves_nothing(ready: WindowDriver, search: FakeSearch) -> None:
    search.gate = threading.Event()
    ready.trigger("object.suggest")
    press_key(ready, Qt.Key.Key_Escape)
    ready.wait(lambda: not ready.workspace.networks.suggest.is_running)
    assert ready.view.shot.suggestions is None and ready.view.shot.searching is None
    assert ready.window.commands["object.suggest"].isEnabled()


def test_stop_keeps_what_was_found(ready: WindowDriver, search: FakeSearch) -> None:
    search.gate, search.first = threading.Event(), FOUND[:1]
    ready.trigger("object.suggest")
    ready.wait(lambda: ready.view.shot.suggestions is not None and bool(ready.view.shot.suggestions.items))
    ready.workspace.networks.suggest.cancel()
    ready.wait(lambda: not ready.workspace.networks.suggest.is_running)
    assert ready.view.shot.suggestions is not None and len(ready.view.shot.suggestions.items) == 1


def test_nothing_found_is_said(ready: WindowDriver, search: FakeSearch) -> None:
    search.result = []
    look(ready)
    assert ready.notice.startswith("Nothing that stands out") and ready.view.shot.suggestions is None


def test_an_error_is_one_sentence(ready: WindowDriver, search: FakeSearch) -> None:
    search.error = EngineError("The graphics card ran out of memory.", "Close other programs.")
    look(ready)
    assert ready.notice == "The graphics card ran out of memory. Close other programs."
    assert ready.view.shot.notice is not None and ready.view.shot.notice.kind is NoticeKind.ERROR


def test_the_frame_shown_goes_to_the_search(ready: WindowDriver, search: FakeSearch) -> None:
    ready.go(7)
    look(ready)
    assert search.tasks[0].frame_index == 7


def test_one_of_several_networks_can_be_asked(ready: WindowDriver, search: FakeSearch) -> None:
    ready.workspace.session.set(
        app=replace(
            ready.workspace.session.app,
            suggest_choices=(ALL, *(SuggestChoice(n, n.upper()) for n in ("rvos-zero", "cosnet"))),
        )
    )
    look(ready)
    networks = ready.window.suggest.networks
    assert networks.isVisible() and networks.currentText() == "All networks" and search.tasks[-1].network_names == ()
    ready.go(5)
    networks.setCurrentIndex(2)
    networks.activated.emit(2)
    assert not networks.isEnabled(), "one search at a time"
    ready.wait(lambda: not ready.workspace.networks.suggest.is_running)
    assert search.tasks[-1].network_names == ("cosnet",) and search.tasks[-1].frame_index == 0
    assert ready.view.shot.frame_index == 0


def test_networks_with_weights_are_offered_with_their_variants(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [choice.name for choice in suggest_choices()] == ["", "select", "select/crf"]
    present = {"cosnet"}
    states = {True: WeightsState.PRESENT, False: WeightsState.IMPORTABLE}
    monkeypatch.setattr(suggest_networks, "weights_state", lambda spec: states[spec.name in present])
    names = [choice.name for choice in suggest_choices()]
    assert names[:2] == ["", "cosnet"] and "cosnet/crf" in names and all("cosnet" in name for name in names[1:])


def test_closing_the_window_ends_a_search(ready: WindowDriver, search: FakeSearch) -> None:
    search.gate = threading.Event()
    ready.trigger("object.suggest")
    ready.close()
    assert not ready.workspace.networks.suggest.is_running


@pytest.fixture
def no_networks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The weights that come with the program are gone."""
    monkeypatch.setattr("vosapp.models.weights.own_weights_dir", lambda: tmp_path / "nowhere")


@pytest.mark.usefixtures("no_networks")
def test_without_networks_the_panel_says_how_to_get_one(shot: WindowDriver) -> None:
    shot.trigger("object.suggest")
    panel = shot.window.suggest
    assert panel.isVisible() and panel.import_button.isVisible() and not panel.accept_button.isVisible()
    titles = [network.title for network in shot.view.shot.network_help]
    assert titles == ["RVOS (zero-shot)", "COSNet"]
    assert all("press Import weights" in network.instructions for network in shot.view.shot.network_help)
    assert "Shift+A" not in shot.window.status_bar.hint, "nothing is promised that needs weights first"
    shot.trigger("propagate.cancel")  # Esc
    assert not panel.isVisible()


@pytest.mark.usefixtures("no_networks")
def test_a_file_that_is_no_weights_is_refused_in_a_sentence(shot: WindowDriver, tmp_path: Path) -> None:
    shot.trigger("object.suggest")
    wrong = tmp_path / "notes.pth"
    wrong.write_bytes(b"not weights at all")
    shot.answers.weights = [wrong]
    shot.window.suggest.import_button.click()
    shot.wait(lambda: not shot.workspace.networks.weights.is_running)
    assert "notes.pth" in shot.notice
    assert shot.view.shot.notice is not None and shot.view.shot.notice.kind is NoticeKind.ERROR


def test_the_network_that_comes_along_finds_objects_without_any_download(driver: WindowDriver, tmp_path: Path) -> None:
    folder = tmp_path / "disks"
    folder.mkdir()
    picture, disk = np.full((*SIZE, 3), 90, np.uint8), np.zeros(SIZE, np.uint8)
    cv2.circle(disk, (60, 48), 26, 1, -1)
    picture[disk > 0] = (30, 30, 220)
    cv2.circle(picture, (130, 60), 15, (220, 60, 30), -1)
    noise = np.random.default_rng(0).integers(-6, 7, picture.shape)
    for number in range(3):
        cv2.imwrite(str(folder / f"{number:04}.png"), np.clip(picture + noise, 0, 255).astype(np.uint8))
    driver.open(folder)
    assert "Shift+A suggest objects" in driver.window.status_bar.hint
    press_key(driver, Qt.Key.Key_A, Qt.KeyboardModifier.ShiftModifier)
    driver.wait(lambda: not driver.workspace.networks.suggest.is_running)
    rows = driver.window.suggest
    assert driver.canvas.suggestions.isVisible() and rows.row(0).accessibleName().startswith("1  Select, ")
    driver.wait(lambda: driver.view.shot.picture_index == 0)
    if chosen(driver) != {driver.canvas.suggestions.at((60, 48))}:  # the other disk may rank higher
        driver.click((60, 48))
        driver.click((130, 60))
    press_key(driver, Qt.Key.Key_Return)
    found = driver.mask(0)
    assert (found & (disk > 0)).sum() / (found | (disk > 0)).sum() > 0.85
    cell = driver.cell(0)
    assert cell is not None and cell.is_anchor


def test_a_greyed_command_says_why(shot: WindowDriver) -> None:
    assert "Not now: Object 1 has no mask" not in shot.window.commands["edit.copy"].toolTip()
    assert shot.window.commands["edit.copy"].toolTip().endswith("Not now: There is no object yet.")
    shot.click((50, 50))
    shot.go(3)
    assert shot.window.commands["edit.copy"].toolTip().endswith("Not now: Object 1 has no mask on this frame.")
