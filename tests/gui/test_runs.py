"""Propagation from the window: masks as they come, one undo step, barriers, cancel, errors, closing."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from tests.gui.fakes import SHIFT_PX, FailingPropagator, ShiftPropagator, shifted
from tests.gui.gated import GatedRuns
from tests.gui.window_driver import PATIENCE_MS, WindowDriver
from vosapp.core.document import ObjectId, Origin
from vosapp.core.errors import EngineError
from vosapp.core.project import Project
from vosapp.core.timeline import Direction, FrameRange
from vosapp.engine.propagator import Prediction, Probability
from vosapp.engine.run.plan import RunPlan
from vosapp.engine.run.propagation_job import propagation_body
from vosapp.presentation.choices import EngineChoice
from vosapp.presentation.status import NoticeKind
from vosapp.presentation.view_state import PropagateChoice, Reach
from vosapp.ui.controllers.networks.runs import MakeBody
from vosapp.video.source import RgbImage

LAST = 11


def paint(driver: WindowDriver, frame_index: int = 0, at: tuple[float, float] = (50, 55)) -> None:
    driver.go(frame_index)
    driver.workspace.viewing.view.set_brush(24)
    driver.drag([at])


def test_propagate_forward_fills_the_clip_in_one_undo_step(shot: WindowDriver) -> None:
    paint(shot)
    anchor = shot.mask(0)
    shot.trigger("propagate.forward")
    shot.finish_run()
    for frame in range(1, LAST + 1):
        cell = shot.cell(frame)
        assert cell is not None and cell.origin is Origin.PREDICTED and cell.sources == (0,)
        assert np.array_equal(shot.mask(frame), shifted(anchor, SHIFT_PX * frame))
    assert shot.view.shot.project.undo_label == "propagate forward"
    shot.trigger("edit.undo")
    assert list(shot.document.objects[0].cells) == [0]
    shot.trigger("edit.redo")
    assert len(shot.document.objects[0].cells) == LAST + 1


def test_the_button_runs_what_the_panel_says(shot: WindowDriver) -> None:
    paint(shot, 6)
    panel = shot.window.propagate
    shot.workspace.networks.runs.choose_direction(Direction.BACKWARD)
    assert panel.button.text().strip() == "Propagate backward"
    panel.button.click()
    shot.finish_run()
    assert sorted(shot.document.objects[0].cells) == list(range(7))
    shot.workspace.networks.runs.choose_direction(Direction.BOTH)
    panel.button.click()
    shot.finish_run()
    assert sorted(shot.document.objects[0].cells) == list(range(LAST + 1))


def test_one_frame_and_to_the_next_anchor(shot: WindowDriver) -> None:
    paint(shot, 2)
    paint(shot, 8)
    shot.go(2)
    shot.trigger("propagate.forward_one")
    shot.finish_run()
    assert sorted(shot.document.objects[0].cells) == [2, 3, 8]
    shot.trigger("propagate.forward_anchor")
    shot.finish_run()
    assert sorted(shot.document.objects[0].cells) == list(range(2, 9))
    shot.go(8)
    shot.trigger("propagate.backward_one")
    shot.finish_run()
    shot.trigger("propagate.backward_anchor")
    shot.finish_run()
    assert sorted(shot.document.objects[0].cells) == list(range(2, 9))
    assert shot.view.app.propagate.reach is Reach.AS_NEEDED


def test_in_and_out_bound_a_run(shot: WindowDriver) -> None:
    paint(shot, 4)
    shot.workspace.viewing.playback.set_in_out(FrameRange(3, 7))
    shot.workspace.networks.runs.choose_reach(Reach.IN_OUT)
    shot.trigger("propagate.both")
    shot.finish_run()
    assert sorted(shot.document.objects[0].cells) == [3, 4, 5, 6, 7]


def test_anchors_and_approved_frames_are_barriers(shot: WindowDriver) -> None:
    paint(shot, 0)
    shot.trigger("propagate.forward")
    shot.finish_run()
    paint(shot, 5, at=(100, 30))
    shot.trigger("edit.anchor")
    anchor = shot.mask(5)
    shot.go(9)
    shot.trigger("edit.approve")
    approved = shot.mask(9)
    shot.go(0)
    shot.trigger("propagate.forward")
    shot.finish_run()
    assert np.array_equal(shot.mask(5), anchor)
    assert np.array_equal(shot.mask(9), approved)
    assert np.array_equal(shot.mask(6), shifted(anchor, SHIFT_PX))


def test_painting_on_a_prediction_and_propagating_from_it(shot: WindowDriver) -> None:
    paint(shot, 0)
    shot.trigger("propagate.forward")
    shot.finish_run()
    paint(shot, 6, at=(120, 30))
    corrected = shot.mask(6)
    shot.trigger("propagate.forward")
    shot.finish_run()
    assert np.array_equal(shot.mask(6), corrected)
    assert np.array_equal(shot.mask(8), shifted(corrected, 2 * SHIFT_PX))


def test_a_changed_anchor_makes_its_predictions_stale(shot: WindowDriver) -> None:
    paint(shot, 0)
    shot.trigger("propagate.forward")
    shot.finish_run()
    paint(shot, 0, at=(60, 70))
    cell = shot.cell(4)
    assert cell is not None and cell.stale
    assert "changed since" in shot.window.status_bar.hint


def test_only_the_active_object(shot: WindowDriver) -> None:
    paint(shot, 0)
    shot.trigger("object.add")
    paint(shot, 0, at=(100, 40))
    shot.workspace.networks.runs.choose_scope(False)
    shot.trigger("propagate.forward")
    shot.finish_run()
    assert len(shot.document.object(2).cells) == LAST + 1
    assert len(shot.document.object(1).cells) == 1


def test_nothing_to_propagate_from_is_said(shot: WindowDriver) -> None:
    assert not shot.window.propagate.button.isEnabled()
    shot.workspace.networks.runs.start()
    assert "Paint the object" in shot.notice
    assert not shot.workspace.networks.runs.is_running


def test_an_engine_that_is_not_ready_says_why(shot: WindowDriver) -> None:
    paint(shot)
    lacking = EngineChoice("far", "Far network", "", ready=False, reason="its weights are not installed.")
    shot.workspace.session.set(
        app=replace(shot.workspace.session.app, engines=(lacking,), propagate=PropagateChoice(engine="far"))
    )
    assert not shot.window.propagate.button.isEnabled()
    shot.workspace.networks.runs.start()
    assert "lacks its weights" in shot.notice


class TestWhileRunning(GatedRuns):
    def start(self, shot: WindowDriver, gate: threading.Semaphore, frames: int) -> None:
        """Starts a run and lets it make some frames after the anchor's."""
        paint(shot)
        shot.trigger("propagate.forward")
        gate.release(frames + 1)
        if frames:
            shot.wait(lambda: shot.cell(frames) is not None)

    def test_masks_appear_as_they_come_and_the_screen_says_so(
        self, shot: WindowDriver, gate: threading.Semaphore
    ) -> None:
        self.start(shot, gate, 3)
        assert shot.cell(4) is None
        assert shot.view.shot.run is not None and shot.view.shot.run.total == LAST + 1
        shot.go(3)
        assert shot.canvas.overlay.labels.any()
        gate.release(100)
        shot.finish_run()
        assert shot.view.shot.run is None

    def test_finished_frames_are_in_the_file_while_the_next_one_is_computed(
        self, shot: WindowDriver, gate: threading.Semaphore
    ) -> None:
        """A kill now would lose nothing of them, however long the engine takes for the next frame."""
        self.start(shot, gate, 2)
        project = shot.workspace.session.project
        assert project is not None

        def stored() -> set[int]:
            reading = Project.open(project.path, read_only=True)
            objects = reading.editor.document.objects
            reading.abandon()
            return set(objects[0].cells) if objects else set()

        shot.wait(lambda: stored() == {0, 1, 2})
        assert shot.workspace.networks.runs.is_running
        gate.release(100)
        shot.finish_run()

    def test_a_second_press_does_nothing(self, shot: WindowDriver, gate: threading.Semaphore) -> None:
        self.start(shot, gate, 1)
        assert not shot.window.commands["propagate.forward"].isEnabled()
        assert not shot.window.propagate.button.isEnabled()
        shot.workspace.networks.runs.start()
        gate.release(100)
        shot.finish_run()
        assert shot.view.shot.project.undo_label == "propagate forward"
        shot.trigger("edit.undo")
        assert shot.view.shot.project.undo_label == "paint"

    def test_strokes_made_meanwhile_win_and_stay_after_undoing_the_run(
        self, shot: WindowDriver, gate: threading.Semaphore
    ) -> None:
        self.start(shot, gate, 2)
        paint(shot, 6, at=(120, 30))
        drawn = shot.mask(6)
        gate.release(100)
        shot.finish_run()
        assert np.array_equal(shot.mask(6), drawn)
        assert shot.cell(7) is not None
        shot.trigger("edit.undo")
        assert sorted(shot.document.objects[0].cells) == [0, 6]

    def test_a_mask_that_arrives_under_the_pen_does_not_end_the_stroke(
        self, shot: WindowDriver, gate: threading.Semaphore
    ) -> None:
        self.start(shot, gate, 1)
        shot.go(2)
        shot.drag([(120, 30), (125, 35)], lift=False)
        gate.release(1)
        shot.wait(lambda: shot.cell(2) is not None)
        live = shot.canvas.overlay.labels
        assert live[30, 120] == 1 and live[55, 56] == 1
        shot.lift((125, 35))
        cell = shot.cell(2)
        assert cell is not None and cell.is_painted
        assert shot.mask(2)[30, 120]

    def test_cancel_keeps_finished_frames_as_one_step(self, shot: WindowDriver, gate: threading.Semaphore) -> None:
        self.start(shot, gate, 4)
        shot.trigger("propagate.cancel")
        assert shot.view.shot.run is not None and shot.view.shot.run.cancelling
        gate.release(100)
        shot.finish_run()
        cells = shot.document.objects[0].cells
        assert 4 in cells and LAST not in cells
        assert "Stopped" in shot.notice
        shot.trigger("edit.undo")
        assert list(shot.document.objects[0].cells) == [0]

    def test_closing_the_window_stops_the_run_and_keeps_its_masks(
        self, shot: WindowDriver, gate: threading.Semaphore, own_data_folder: object
    ) -> None:
        self.start(shot, gate, 3)
        path = shot.view.shot.project.path
        before = shot.mask(0)
        shot.window.close()
        assert shot.window.isVisible() and shot.workspace.networks.runs.is_running, (
            "it does not stand still for the run"
        )
        shot.drag([(90, 60)])
        shot.window.close()  # asked again
        assert np.array_equal(shot.mask(0), before), "it takes nothing from the user any more"
        gate.release(100)
        shot.wait(lambda: not shot.window.isVisible())
        assert not shot.workspace.networks.runs.is_running
        from vosapp.core.project import Project

        project = Project.open(path)
        assert {0, 1, 2, 3} <= set(project.editor.document.objects[0].cells)
        project.close()

    def test_playing_and_view_modes_work_meanwhile(self, shot: WindowDriver, gate: threading.Semaphore) -> None:
        self.start(shot, gate, 2)
        shot.trigger("view.matte")
        shot.trigger("play.toggle")
        shot.wait(lambda: shot.view.shot.frame_index > 2)
        shot.trigger("play.toggle")
        gate.release(100)
        shot.finish_run()
        assert len(shot.document.objects[0].cells) == LAST + 1


class HeldPropagator(ShiftPropagator):
    """Waits within one frame, where it does not look whether to stop."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self._at = at
        self.reached, self.goes_on = threading.Event(), threading.Event()

    def step(self, frame_index: int, rgb: RgbImage, given: Mapping[ObjectId, Probability] | None = None) -> Prediction:
        if frame_index == self._at:
            self.reached.set()
            assert self.goes_on.wait(PATIENCE_MS / 1000)
        return super().step(frame_index, rgb, given)


class TestLeavingWhileTheLastFrameIsMade:
    @pytest.fixture
    def held(self) -> HeldPropagator:
        return HeldPropagator(at=2)

    @pytest.fixture
    def make_body(self, held: HeldPropagator) -> MakeBody:
        return partial(propagation_body, build=lambda _: held)

    def test_no_next_step_is_prepared(
        self, shot: WindowDriver, held: HeldPropagator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The run ends well though it was asked to stop: its frame was begun."""
        prepared: list[RunPlan] = []
        monkeypatch.setattr(shot.workspace.networks.runs.keeping, "prepare", prepared.append)
        paint(shot)
        shot.trigger("propagate.forward_one")
        shot.finish_run()
        assert [plan.within.first for plan in prepared] == [2]
        shot.trigger("propagate.forward_one")
        shot.wait(held.reached.is_set)
        shot.workspace.files.projects.close_clip()
        held.goes_on.set()
        shot.wait(lambda: shot.document.clip is None)
        assert len(prepared) == 1, "it would read from a project that is closed, and run on when the window is gone"


class TestFailing:
    error: Exception = EngineError("The graphics card ran out of memory.", "Choose a smaller range.")

    @pytest.fixture
    def make_body(self) -> MakeBody:
        return partial(propagation_body, build=lambda _: FailingPropagator(5, self.error))

    def test_an_engine_error_is_one_sentence_and_loses_nothing(self, shot: WindowDriver) -> None:
        paint(shot)
        shot.trigger("propagate.forward")
        shot.finish_run()
        assert shot.notice == "The graphics card ran out of memory. Choose a smaller range."
        assert shot.view.shot.notice is not None and shot.view.shot.notice.kind is NoticeKind.ERROR
        assert sorted(shot.document.objects[0].cells) == [0, 1, 2, 3, 4]


class TestBug(TestFailing):
    error = ZeroDivisionError("division by zero")

    def test_an_engine_error_is_one_sentence_and_loses_nothing(self, shot: WindowDriver) -> None:
        paint(shot)
        shot.trigger("propagate.forward")
        shot.finish_run()
        assert "error in the program: division by zero" in shot.notice
        assert sorted(shot.document.objects[0].cells) == [0, 1, 2, 3, 4]
