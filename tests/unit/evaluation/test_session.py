"""The imagined artist mends the largest error, approves what is right, and stops when all is."""

from __future__ import annotations

import numpy as np
import pytest

from vosapp.data.suite.clips import SuiteClip
from vosapp.engine.engines import build_propagator
from vosapp.evaluation.corrections import Choice
from vosapp.evaluation.session import GOAL, SessionCurve, mend_largest_error, sessions_as_text, simulate_session


class Beginning(SuiteClip):
    """The first frames of a clip."""

    @property
    def frame_count(self) -> int:
        return 12


def test_only_the_largest_error_is_mended() -> None:
    truth = np.zeros((60, 120), bool)
    truth[10:40, 10:50] = True
    mask = truth.copy()
    mask[10:20, 10:50] = False  # 40 x 10 pixels are missing
    mask[50:54, 110:114] = True  # and a speck is too much
    mended, length_px = mend_largest_error(mask, truth)
    assert mended[10:40, 10:50].all() and mended[50:54, 110:114].all()
    assert length_px == pytest.approx(40, rel=0.1)
    again, length_px = mend_largest_error(mended, truth)
    assert np.array_equal(again, truth) and 0 < length_px < 10
    same, length_px = mend_largest_error(truth, truth)
    assert np.array_equal(same, truth) and length_px == 0.0


@pytest.mark.parametrize("choice", [Choice.DOUBT, Choice.TENTH])
def test_a_session_on_a_hard_clip_makes_it_better(choice: Choice) -> None:
    curve = simulate_session(Beginning("fast-camera"), lambda: build_propagator("plain-dis"), limit=2, choice=choice)
    assert len(curve.stroke_px) <= 2 and len(curve.right) == len(curve.j) == len(curve.stroke_px) + 1
    assert curve.looks >= 1
    assert curve.is_done == (curve.right[-1] == 1.0)
    assert curve.j[-1] > curve.j[0], f"J {curve.j} to {GOAL}"


def test_the_table_shows_every_clip_and_the_mean() -> None:
    done = SessionCurve([0.5, 1.0], [0.8, 0.95], [120.0], 2)
    not_done = SessionCurve([0.1, 0.2, 0.4], [0.5, 0.6, 0.7], [50.0, 70.0], 3)
    table = sessions_as_text({Choice.DOUBT: {"a": done, "b": not_done}}, 2)
    lines = [line.split() for line in table.splitlines()]
    assert lines[2] == ["a", "1", "120", "2", "100.0"]
    assert lines[3] == ["b", "2+", "120", "3", "40.0"]
    assert lines[-1] == ["doubt", "30.0", "60.0", "70.0"]
