"""Scribbles take over only what lies around them, and keep what earlier ones did."""

from __future__ import annotations

import numpy as np

from vosapp.core.mask import BoolImage
from vosapp.engine.propagator import Probability
from vosapp.engine.select.marks import Marks, Stroke
from vosapp.engine.select.scribble import ScribbleSelector, corrected_around, reach_of

SHAPE = (40, 60)
FAR = 1000.0


def area(*boxes: tuple[int, int, int, int]) -> BoolImage:
    """Boxes (left, top, right, bottom) as an array."""
    drawn = np.zeros(SHAPE, np.bool_)
    for left, top, right, bottom in boxes:
        drawn[top:bottom, left:right] = True
    return drawn


BEFORE = area((5, 5, 20, 20), (40, 25, 50, 35))
PROPOSED = area((5, 5, 30, 20), (50, 5, 55, 10))  # adds right of the first, adds a third, takes the second away
ON = Stroke(((23.0, 10.0), (25.0, 10.0)))
OFF = Stroke(((45.0, 30.0),), is_inside=False)


class Proposes:
    """A selector that gives the same masks in turn, and remembers what it was asked."""

    def __init__(self, *masks: BoolImage) -> None:
        self.masks, self.asked = masks, list[Marks]()

    def propose(self, marks: Marks) -> Probability:
        self.asked.append(marks)
        return self.masks[min(len(marks.strokes), len(self.masks)) - 1].astype(np.float32)


def test_only_the_part_under_a_stroke_changes() -> None:
    assert np.array_equal(corrected_around(BEFORE, PROPOSED, ON, reach_px=FAR), BEFORE | area((20, 5, 30, 20)))
    assert np.array_equal(corrected_around(BEFORE, PROPOSED, OFF, reach_px=FAR), area((5, 5, 20, 20)))


def test_nothing_changes_beyond_the_reach() -> None:
    found = corrected_around(BEFORE, area((0, 0, 60, 40)), ON, reach_px=6.0)
    changed = np.argwhere(found & ~BEFORE)
    assert len(changed) and changed[:, 1].max() <= 25 + 3 + 6 and changed[:, 0].max() <= 10 + 3 + 6


def test_pixels_under_a_stroke_are_as_it_says_whatever_is_proposed() -> None:
    assert corrected_around(BEFORE, BEFORE, Stroke(((30.0, 35.0),)), reach_px=5.0)[35, 30]
    found = corrected_around(BEFORE, BEFORE, Stroke(((10.0, 10.0),), is_inside=False), reach_px=5.0)
    assert not found[10, 10] and found[18, 18]


def test_a_stroke_beside_the_picture_does_no_harm() -> None:
    assert np.array_equal(corrected_around(BEFORE, PROPOSED, Stroke(((-50.0, -50.0),)), reach_px=5.0), BEFORE)


def test_a_longer_stroke_reaches_further() -> None:
    assert reach_of(Stroke(((0.0, 0.0), (40.0, 0.0))), BEFORE) > reach_of(Stroke(((0.0, 0.0), (20.0, 0.0))), BEFORE)


def test_a_later_stroke_keeps_what_an_earlier_one_did() -> None:
    inner = Proposes(PROPOSED, np.zeros(SHAPE, np.bool_))  # it changes its mind about everything
    selector = ScribbleSelector(inner, BEFORE)
    first = selector.propose(Marks((ON,)))
    second = selector.propose(Marks((ON, OFF)))
    assert np.array_equal(second > 0, (first > 0) & ~area((40, 25, 50, 35)))
    assert [len(marks.strokes) for marks in inner.asked] == [1, 2]


def test_strokes_that_are_taken_back_begin_anew() -> None:
    selector = ScribbleSelector(Proposes(PROPOSED), BEFORE)
    first = selector.propose(Marks((ON,)))
    selector.propose(Marks((ON, OFF)))
    assert np.array_equal(selector.propose(Marks((ON,))), first)
    assert np.array_equal(selector.propose(Marks()) > 0, BEFORE)
