"""Cuts are counted to the frame, in clips and between them."""

from __future__ import annotations

from vosapp.data.suite.clips import SuiteClip
from vosapp.evaluation.cuts import IN_A_ROW, CutScore, cuts_as_text, measure_cuts


def test_cuts_of_the_suite_and_between_its_clips() -> None:
    scores = list(measure_cuts([SuiteClip("cuts"), SuiteClip("thin")]))
    assert scores == [
        CutScore("cuts", 40, (15, 27), (15, 27)),
        CutScore("thin", 40, (), ()),
        CutScore(IN_A_ROW, 80, (15, 27, 40), (15, 27, 40)),
    ]


def test_the_table_counts_what_was_missed_and_what_is_wrong() -> None:
    table = cuts_as_text([CutScore("a", 50, (10, 20), (10, 21)), CutScore("b", 50, (), ())])
    lines = [line.split() for line in table.splitlines()]
    assert lines[2] == ["a", "50", "2", "1", "1", "1", "50.0", "50.0"]
    assert lines[3] == ["b", "50", "0", "0", "0", "0", "-", "-"]
    assert lines[4] == ["each", "by", "itself", "100", "2", "1", "1", "1", "50.0", "50.0"]
