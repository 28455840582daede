"""Simulated corrections with a propagator that leaves masks in place: every number follows from the squares' way."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.unit.evaluation import miniatures
from tests.unit.evaluation.engines import Holding
from vosapp.evaluation.corrections import Choice, Outcome, choose_frame, simulate_corrections
from vosapp.evaluation.datasets import open_dataset
from vosapp.evaluation.protocol import DAVIS_2017
from vosapp.evaluation.scores import CorrectionCurve
from vosapp.metrics.davis import jaccard


def held(anchor: int, frame: int) -> float:
    """Mean J over both squares of anchor's masks on a frame."""
    pairs = ((miniatures.labels(anchor) == n, miniatures.labels(frame) == n) for n in (1, 2))
    return float(np.mean([jaccard(a, b) for a, b in pairs]))


def test_the_worst_frame_is_corrected_and_leaves_the_mean(tmp_path: Path) -> None:
    (clip,) = open_dataset(str(miniatures.clip_folder(tmp_path))).clips
    curve = simulate_corrections(clip, DAVIS_2017, Holding, count=1, choice=Choice.WORST)
    assert curve.chosen == (3,)
    before = np.mean([held(0, frame) for frame in (1, 2, 3)])
    # Frame 1 still comes from 0; frame 2 is nearer to the correction on 3.
    after = np.mean([held(0, 1), held(3, 2)])
    assert curve.j == pytest.approx((before, after))
    assert curve.area == pytest.approx((before + after) / 2)


def test_doubt_chooses_what_the_engine_says(tmp_path: Path) -> None:
    (clip,) = open_dataset(str(miniatures.clip_folder(tmp_path))).clips
    curve = simulate_corrections(clip, DAVIS_2017, Holding, count=1, choice=Choice.DOUBT)
    assert curve.chosen == (3,)


def test_it_ends_when_one_frame_is_left(tmp_path: Path) -> None:
    (clip,) = open_dataset(str(miniatures.clip_folder(tmp_path))).clips
    curve = simulate_corrections(clip, DAVIS_2017, Holding, count=9, choice=Choice.WORST)
    assert len(curve.chosen) == 2
    assert len(curve.j) == 3


def test_objects_that_begin_later_are_not_corrected_before(tmp_path: Path) -> None:
    dataset = open_dataset(str(miniatures.youtube_vos(tmp_path)))
    (clip,) = dataset.clips
    curve = simulate_corrections(clip, dataset.protocol, Holding, count=1, choice=Choice.WORST)
    assert len(curve.j) == 2
    assert curve.j[1] > curve.j[0]


def test_choices() -> None:
    outcome = Outcome(
        j={1: {5: 0.9, 9: 0.2, 12: 0.5, 21: 0.6}, 2: {9: 0.9, 12: 0.1, 21: 0.9}},
        doubt={1: {5: 0.1, 9: 0.2, 12: 0.3, 21: 0.1}, 2: {9: 0.1, 12: 0.0, 21: 0.7}},
        wrong_px={1: {}, 2: {}},
    )
    assert choose_frame(Choice.WORST, outcome, []) == 12
    assert choose_frame(Choice.WORST, outcome, [12]) == 9
    assert choose_frame(Choice.DOUBT, outcome, []) == 21
    assert choose_frame(Choice.TENTH, outcome, []) == 12
    assert choose_frame(Choice.TENTH, outcome, [12]) == 21
    assert choose_frame(Choice.TENTH, outcome, [12, 21]) is None


def test_of_equally_bad_frames_the_one_with_the_most_wrong_pixels() -> None:
    outcome = Outcome({1: {4: 0.0, 5: 0.0, 6: 0.0}}, {1: {}}, {1: {4: 10, 5: 90, 6: 40}})
    assert choose_frame(Choice.WORST, outcome, []) == 5
    assert choose_frame(Choice.WORST, Outcome({1: {5: 0.3}}, {1: {}}, {1: {}}), []) is None


def test_area_of_a_curve_without_corrections() -> None:
    assert CorrectionCurve((), (0.4,)).area == 0.4
    assert np.isnan(CorrectionCurve((), ()).area)
