"""Why a mask is doubtful, beside its area and motion, from the run to the timeline, the line below and the file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from tests.gui.fakes import ShiftPropagator
from tests.gui.window_driver import WindowDriver
from vosapp.core.document import ObjectId
from vosapp.core.project import Project
from vosapp.engine.propagator import Prediction, Probability
from vosapp.engine.run.propagation_job import propagation_body
from vosapp.ui.controllers.networks.runs import MakeBody
from vosapp.ui.timeline import paint
from vosapp.video.source import RgbImage

LEAK = 6


class LeakyPropagator(ShiftPropagator):
    """Finds the object in a second place from a frame on, and is sure of it."""

    def step(self, frame_index: int, rgb: RgbImage, given: Mapping[ObjectId, Probability] | None = None) -> Prediction:
        prediction = super().step(frame_index, rgb, given)
        masks = dict(prediction.probabilities)
        if frame_index >= LEAK:
            masks = {o: np.maximum(mask, np.roll(mask, (-50, 60), (0, 1))) for o, mask in masks.items()}
        return Prediction(masks, dict.fromkeys(prediction.doubt, 0.0))


@pytest.fixture
def make_body() -> MakeBody:
    return partial(propagation_body, build=lambda _: LeakyPropagator())


@pytest.fixture
def leaked(shot: WindowDriver) -> WindowDriver:
    for x in (20, 30, 40):
        shot.click((x, 75))
    shot.workspace.networks.runs.start()
    shot.finish_run()
    return shot


def test_the_line_below_and_the_lane_say_why(leaked: WindowDriver) -> None:
    assert leaked.view.shot.frame_index == 0
    leaked.trigger("go.next_doubt")
    assert leaked.view.shot.frame_index == LEAK
    assert "looks doubtful here: a new part" in leaked.window.status_bar.hint
    timeline = leaked.window.timeline
    said = timeline.explain(QPointF(timeline.scale.middle(LEAK), paint.RULER_PX + paint.LANE_PX / 2))
    assert "a new part" in said and "area" in said and "moved" in said and "(+" in said
    calm = timeline.explain(QPointF(timeline.scale.middle(3), paint.RULER_PX + paint.LANE_PX / 2))
    assert "a new part" not in calm and "area" in calm


def test_area_and_motion_have_a_row_where_there_is_room(leaked: WindowDriver) -> None:
    timeline = leaked.window.timeline
    timeline.resize(900, 220)
    above_doubt = QPointF(timeline.scale.middle(LEAK), 220 - paint.DOUBT_PX - 5)
    assert "area" in timeline.explain(above_doubt)
    timeline.resize(900, 90)
    assert "Object 1" not in timeline.explain(QPointF(timeline.scale.middle(LEAK), 90 - paint.DOUBT_PX + 5))


def test_the_reasons_are_in_the_file(leaked: WindowDriver, tmp_path: Path) -> None:
    leaked.answers.path = tmp_path / "shot.vosapp"
    leaked.trigger("file.save_as")
    leaked.settle()
    project = Project.open(tmp_path / "shot.vosapp")
    cells = project.editor.document.objects[0].cells
    project.close()
    found = cells[LEAK].finding
    assert found is not None and "new part" in found.reasons and found.anchor_count == 1
    assert cells[LEAK].doubt == pytest.approx(0.6)
    assert cells[3].finding is not None and cells[3].finding.reasons == ()
