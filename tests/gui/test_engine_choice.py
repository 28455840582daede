"""Choosing an engine and how it runs, what is remembered of it, and what is said during and after a run."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.gui.fakes import ShiftPropagator
from tests.gui.window_driver import WindowDriver
from vosapp.core.document import ObjectId
from vosapp.engine import engines as engine_registry
from vosapp.engine.oom_fallback import OomFallback, Step
from vosapp.engine.propagator import Prediction, Probability
from vosapp.engine.run.propagation_job import propagation_body
from vosapp.engine.run_context import RunContext
from vosapp.engine.variants import split_name
from vosapp.presentation.choices import Speed, VariantChoice
from vosapp.presentation.engine_list import engine_choices
from vosapp.presentation.engine_speeds import EngineSpeeds, MeasuredSpeed, seconds_text
from vosapp.presentation.status import NoticeKind, WorkStatus
from vosapp.ui.controllers.networks.runs import MakeBody
from vosapp.ui.panels.propagate import progress_title
from vosapp.video.source import RgbImage


def paint(driver: WindowDriver) -> None:
    driver.workspace.viewing.view.set_brush(24)
    driver.click((50, 55))


def run(driver: WindowDriver) -> None:
    paint(driver)
    driver.trigger("propagate.forward")
    driver.finish_run()


def pick(driver: WindowDriver, name: str) -> None:
    """Opens the list and clicks on an engine."""
    driver.window.propagate.engine_button.click()
    picker = driver.window.propagate.picker
    if picker.row_of(name) < 0:  # it is folded away behind the ready ones
        press_row(driver, sum(choice.ready for choice in driver.view.app.engines))
    press_row(driver, picker.row_of(name))


def press_row(driver: WindowDriver, place: int) -> None:
    engines = driver.window.propagate.picker.list
    engines.scrollToItem(engines.item(place))
    middle = engines.visualItemRect(engines.item(place)).center()
    QTest.mouseClick(engines.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(middle))


def test_the_list_says_of_every_engine_what_a_user_needs_to_choose() -> None:
    choices = {choice.name: choice for choice in engine_choices()}
    assert choices["flow"].ready and choices["flow"].speed is Speed.FAST
    assert choices["rgmp"].speed is Speed.SLOW and not choices["rgmp"].ready
    assert choices["rgmp"].importable and not choices["s2s"].importable
    for choice in choices.values():
        assert [what for what, _ in choice.facts] == ["Speed", "Memory", "Licence"]
        assert all(value for _, value in choice.facts) and choice.summary
        assert VariantChoice("crf", choice.variants[-1].title, choice.variants[-1].summary) in choice.variants


def test_a_click_chooses_and_a_tick_changes_how_it_runs(shot: WindowDriver) -> None:
    pick(shot, "flow")
    assert shot.view.app.propagate.engine == "flow"
    shot.window.propagate.picker.details.box("crf").click()
    assert shot.view.app.propagate.engine == "flow/crf"
    assert shot.window.propagate.engine_button.text() == "Optical flow, dense CRF"
    shot.window.propagate.picker.details.box("crf").click()
    assert shot.view.app.propagate.engine == "flow"
    shot.window.propagate.picker.hide()


def test_an_engine_without_weights_is_explained_and_not_chosen(shot: WindowDriver) -> None:
    before = shot.view.app.propagate.engine
    pick(shot, "rgmp")
    picker = shot.window.propagate.picker
    assert shot.view.app.propagate.engine == before
    assert "press Import weights" in picker.details._state.text()
    assert not picker.details.box("bf16").isEnabled()
    picker.hide()


def test_engines_that_cannot_run_are_folded_away(shot: WindowDriver) -> None:
    picker = shot.window.propagate.picker
    shot.window.propagate.engine_button.click()
    ready = [choice.name for choice in shot.view.app.engines if choice.ready]
    lacking = [choice.name for choice in shot.view.app.engines if not choice.ready]
    assert lacking and picker.list.count() == len(ready) + 1
    assert all(picker.row_of(name) >= 0 for name in ready) and all(picker.row_of(name) < 0 for name in lacking)
    assert str(len(lacking)) in picker.list.item(len(ready)).text()
    before = shot.view.app.propagate.engine
    press_row(shot, len(ready))
    assert all(picker.row_of(name) >= 0 for name in lacking)
    press_row(shot, len(ready))
    assert all(picker.row_of(name) < 0 for name in lacking)
    assert shot.view.app.propagate.engine == before
    picker.hide()


def test_the_engine_is_remembered_with_the_project(driver: WindowDriver, clip_path: Path, tmp_path: Path) -> None:
    driver.open(clip_path)
    usual = driver.view.app.propagate.engine
    driver.answers.path = tmp_path / "one.vosapp"
    driver.trigger("file.save")
    driver.workspace.networks.runs.choose_engine("flow/crf")
    driver.trigger("file.close")
    driver.open(clip_path)
    assert driver.view.app.propagate.engine == usual
    driver.trigger("file.close")
    driver.open(tmp_path / "one.vosapp")
    assert driver.view.app.propagate.engine == "flow/crf"


def test_a_project_from_elsewhere_tells_by_its_masks(shot: WindowDriver, tmp_path: Path, own_data_folder: Path) -> None:
    shot.workspace.networks.runs.choose_engine("flow")
    run(shot)
    shot.answers.path = tmp_path / "one.vosapp"
    shot.trigger("file.save")
    shot.trigger("file.close")
    (own_data_folder / "engines.json").write_text("no longer", encoding="utf-8")
    shot.open(tmp_path / "one.vosapp")
    assert shot.view.app.propagate.engine == "flow"


def test_an_engine_that_is_gone_gives_way_to_one_that_runs(shot: WindowDriver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_registry, "find_weights", lambda name: None)
    shot.workspace.networks.runs.renew_engines()
    assert shot.view.app.propagate.engine == "flow"


def test_after_a_run_the_message_leads_to_the_worst_frame(shot: WindowDriver) -> None:
    run(shot)
    notice = shot.view.shot.notice
    assert notice is not None and notice.text == "Propagated 11 frames; 5 look doubtful."
    shot.go(0)
    shot.window.notice.button.click()
    assert shot.view.shot.frame_index == 11  # the fake's doubt grows with the distance
    assert shot.view.shot.notice is None


def test_the_message_goes_when_the_user_goes_on(shot: WindowDriver) -> None:
    run(shot)
    shot.trigger("go.previous_doubt")
    assert shot.view.shot.notice is None


def test_a_single_frame_is_no_news(shot: WindowDriver) -> None:
    paint(shot)
    shot.trigger("propagate.forward_one")
    shot.finish_run()
    assert shot.view.shot.notice is None


class RatherSurePropagator(ShiftPropagator):
    """Doubts little, and frame 4 most."""

    def step(self, frame_index: int, rgb: RgbImage, given: Mapping[ObjectId, Probability] | None = None) -> Prediction:
        prediction = super().step(frame_index, rgb, given)
        return Prediction(prediction.probabilities, dict.fromkeys(prediction.doubt, 0.2 - 0.01 * abs(frame_index - 4)))


class TestSure:
    @pytest.fixture
    def make_body(self) -> MakeBody:
        return partial(propagation_body, build=lambda _: RatherSurePropagator())

    def test_small_doubts_are_no_praise_and_still_say_where_to_look(self, shot: WindowDriver) -> None:
        run(shot)
        notice = shot.view.shot.notice
        assert notice is not None and notice.kind is NoticeKind.INFO
        assert notice.text == "Propagated 11 frames. Look at frame 4 first: it is the least sure."
        shot.window.notice.button.click()
        assert shot.view.shot.frame_index == 4
        shot.go(0)
        shot.trigger("go.next_doubt")
        assert 0 < shot.view.shot.frame_index <= 4


class HungryPropagator(RatherSurePropagator):
    def step(self, frame_index: int, rgb: RgbImage, given: Mapping[ObjectId, Probability] | None = None) -> Prediction:
        if frame_index == 4:
            raise MemoryError
        return super().step(frame_index, rgb, given)


class TestMemory:
    @pytest.fixture
    def make_body(self) -> MakeBody:
        steps = [Step("as usual", HungryPropagator), Step("at 360 pixels", RatherSurePropagator)]
        return partial(propagation_body, build=lambda run: OomFallback(steps, run))

    def test_stepping_down_is_told_and_the_run_goes_on(self, shot: WindowDriver) -> None:
        told: list[str] = []
        shot.workspace.session.changed.connect(partial(_note, shot, told))
        run(shot)
        assert shot.cell(11) is not None
        assert "Memory ran out; going on at 360 pixels." in told
        notice = shot.view.shot.notice
        assert notice is not None and notice.kind is NoticeKind.WARNING
        assert notice.hint == "Memory ran out; going on at 360 pixels."


def _note(driver: WindowDriver, told: list[str]) -> None:
    if driver.view.shot.run is not None and driver.view.shot.run.note:
        told.append(driver.view.shot.run.note)


class LearningPropagator(RatherSurePropagator):
    """Learns for some steps before its first frame, as fine-tuned engines do."""

    def __init__(self, run: RunContext) -> None:
        super().__init__()
        self._run: RunContext | None = run

    def step(self, frame_index: int, rgb: RgbImage, given: Mapping[ObjectId, Probability] | None = None) -> Prediction:
        if self._run is not None:
            for done in range(3):
                self._run.learning(done, 3)
            self._run = None
        return super().step(frame_index, rgb, given)


class TestLearning:
    @pytest.fixture
    def make_body(self) -> MakeBody:
        return partial(propagation_body, build=LearningPropagator)

    def test_learning_is_shown_as_a_stage_of_its_own(self, shot: WindowDriver) -> None:
        seen: list[str] = []
        shot.workspace.session.changed.connect(partial(_title, shot, seen))
        run(shot)
        assert "Learning the objects: 0 of 3" in seen
        assert seen[-1].startswith("Propagate forward: ")


def _title(driver: WindowDriver, seen: list[str]) -> None:
    if driver.view.shot.run is not None and driver.view.shot.run.total:
        seen.append(progress_title(driver.view.shot.run))


def test_before_the_first_frame_the_panel_says_what_is_done() -> None:
    assert progress_title(WorkStatus("Propagate forward", message="Preparing")) == "Propagate forward: Preparing"


def test_the_speed_of_a_run_is_shown_with_its_engine_and_found_again(
    driver: WindowDriver, clip_path: Path, tmp_path: Path
) -> None:
    driver.open(clip_path)
    name = split_name(driver.view.app.propagate.engine)[0]
    chosen = {choice.name: choice for choice in driver.view.app.engines}[name]
    assert not chosen.measured and "Here" not in dict(chosen.facts)
    driver.answers.path = tmp_path / "one.vosapp"
    driver.trigger("file.save")
    run(driver)
    chosen = {choice.name: choice for choice in driver.view.app.engines}[name]
    assert "1 object, on the processor" in dict(chosen.facts)["Here"]
    assert chosen.measured and chosen.measured in driver.window.propagate._engine_note.text()
    driver.trigger("file.close")
    driver.open(clip_path)
    assert not any(choice.measured for choice in driver.view.app.engines)
    driver.trigger("file.close")
    driver.open(tmp_path / "one.vosapp")
    assert {choice.name: choice for choice in driver.view.app.engines}[name] == chosen


@pytest.mark.parametrize(("seconds", "text"), [(0.0382, "38 ms"), (0.42, "0.42 s"), (12.3, "12 s")])
def test_a_time_in_words(seconds: float, text: str) -> None:
    assert seconds_text(seconds) == text


@pytest.mark.parametrize("content", ["[", "[]", '{"a": {"flow": {"seconds": "x"}}, "b": [1]}'])
def test_a_bad_file_of_speeds_is_no_trouble(own_data_folder: Path, content: str) -> None:
    own_data_folder.mkdir(exist_ok=True)
    (own_data_folder / "speeds.json").write_text(content)
    assert EngineSpeeds().of("a") == {} and EngineSpeeds().of("b") == {}
    EngineSpeeds().keep("b", MeasuredSpeed(1.0, 2, "cpu", "flow/crf"))
    assert EngineSpeeds().of("b")["flow"].objects == 2
