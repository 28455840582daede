"""Proposals with known overlap."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from tests.unit.evaluation import miniatures
from vosapp.evaluation.datasets import open_dataset
from vosapp.evaluation.suggestions import measure_suggestions, score_proposals
from vosapp.video.source import VideoSource


def test_best_looks_through_all_and_first_takes_the_first() -> None:
    one, two = miniatures.labels(0) == 1, miniatures.labels(0) == 2
    half = one.copy()
    half[:14] = False
    truth = {1: one, 2: two}
    assert score_proposals([half, two], truth) == pytest.approx((0.75, 0.5))
    assert score_proposals([two, half], truth) == pytest.approx((0.75, 1.0))
    assert score_proposals([], truth) == (0, 0)
    assert all(math.isnan(v) for v in score_proposals([half], {1: np.zeros_like(one)}))


def test_every_clip_is_asked_on_its_first_true_frame(tmp_path: Path) -> None:
    asked: list[tuple[int, int]] = []

    def propose(source: VideoSource, frame_index: int) -> list[np.ndarray]:
        asked.append((source.info.frame_count, frame_index))
        assert source.frame(0).shape == (48, 64, 3)
        source.close()
        return [miniatures.labels(0) == 2]

    dataset = open_dataset(str(miniatures.segtrack(tmp_path)))
    one, two = measure_suggestions(dataset, propose)
    assert asked == [(5, 0), (5, 0)]
    assert (one.best, two.best, two.first) == (0.0, 0.5, 1.0)
    assert two.proposals == 1


def test_a_damaged_clip_fails_alone(tmp_path: Path) -> None:
    dataset = open_dataset(str(miniatures.clip_folder(tmp_path)))
    (tmp_path / "squares/frames/00000.jpg").write_bytes(b"")
    (score,) = measure_suggestions(dataset, lambda source, frame_index: [])
    assert "00000.jpg" in score.failure
