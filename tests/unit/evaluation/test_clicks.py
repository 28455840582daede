"""Simulated clicks on true masks: curves, numbers of clicks, and their tables."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.unit.evaluation import miniatures
from vosapp.core.mask import BoolImage
from vosapp.engine.propagator import Probability
from vosapp.engine.select.marks import Marks
from vosapp.evaluation.clicks import ClickScore, clicks_to, follow, measure_clicks
from vosapp.evaluation.datasets import open_dataset
from vosapp.evaluation.report.as_json import report_as_json
from vosapp.evaluation.report.as_text import report_as_text
from vosapp.evaluation.report.model import ClickResult, Report, Section
from vosapp.video.source import RgbImage


class Squares:
    """Answers with a square around each mark: on the object it is added, elsewhere it is taken away."""

    def __init__(self, rgb: RgbImage, prediction: BoolImage | None = None) -> None:
        self._shape = rgb.shape[:2]

    def propose(self, marks: Marks) -> Probability:
        found = np.zeros(self._shape, np.float32)
        for stroke in marks.strokes:
            x, y = (int(value) for value in stroke.points[0])
            found[max(0, y - 4) : y + 5, max(0, x - 4) : x + 5] = float(stroke.is_inside)
        if marks.box is not None:
            left, top, right, bottom = (int(side) for side in marks.box)
            found[top:bottom, left:right] = 1
        return found


def test_clicks_follow_the_largest_error_until_nothing_is_wrong() -> None:
    truth = np.zeros((60, 60), np.bool_)
    truth[10:19, 10:19] = truth[10:19, 30:39] = True
    curve, times = follow(truth, Squares(np.zeros((60, 60, 3), np.uint8)), 5)
    assert curve == pytest.approx((0.5, 1.0, 1.0, 1.0, 1.0))
    assert len(times) == 2


def test_the_number_of_clicks_is_at_most_the_limit() -> None:
    assert clicks_to((0.5, 0.86, 0.9), 0.85) == 2
    assert clicks_to((0.5, 0.6, 0.7), 0.85) == 3
    score = ClickScore("a", ((0.5, 0.9), (0.7, 0.8)))
    assert score.after(1) == pytest.approx(0.6) and score.after(10) == pytest.approx(0.85)
    assert score.clicks_to(0.85) == 2


def test_a_data_set_is_clicked_on_first_and_middle_frames_and_told(tmp_path: Path) -> None:
    dataset = open_dataset(str(miniatures.clip_folder(tmp_path)))
    scores = tuple(measure_clicks(dataset, Squares, limit=3))
    assert all(len(score.curves) >= 2 and len(score.from_box) == len(score.curves) for score in scores)
    section = Section(dataset.name, dataset.protocol, (), clicks=(ClickResult("squares", 3, scores),))
    text = report_as_text(Report((section,), "vosapp evaluate"))
    assert "Select: squares" in text and "clicks to J 85" in text and "all objects" in text
    assert json.loads(report_as_json(Report((section,), "")))["sections"][0]["clicks"][0]["selector"] == "squares"


def test_a_damaged_clip_fails_alone(tmp_path: Path) -> None:
    dataset = open_dataset(str(miniatures.clip_folder(tmp_path)))
    (tmp_path / "squares/frames/00000.jpg").write_bytes(b"")
    (score,) = measure_clicks(dataset, Squares, limit=2)
    assert "00000.jpg" in score.failure
