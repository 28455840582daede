"""Scribbles take over only what they lie on."""

from __future__ import annotations

import numpy as np

from vosapp.engine.select.marks import Marks, Stroke
from vosapp.engine.select.scribble import corrected_where_marked

SHAPE = (40, 60)


def area(*boxes: tuple[int, int, int, int]) -> np.ndarray:
    """Boxes (left, top, right, bottom) as an array."""
    drawn = np.zeros(SHAPE, np.bool_)
    for left, top, right, bottom in boxes:
        drawn[top:bottom, left:right] = True
    return drawn


BEFORE = area((5, 5, 20, 20), (40, 25, 50, 35))
PROPOSED = area((5, 5, 30, 20), (50, 5, 55, 10))  # adds right of the first, adds a third, takes the second away


def test_only_the_parts_under_marks_change() -> None:
    on = Marks((Stroke(((23.0, 10.0), (25.0, 10.0))),))
    found = corrected_where_marked(BEFORE, PROPOSED, on)
    assert np.array_equal(found, BEFORE | area((20, 5, 30, 20)))
    off = Marks((*on.strokes, Stroke(((45.0, 30.0),), is_inside=False)))
    assert np.array_equal(corrected_where_marked(BEFORE, PROPOSED, off), area((5, 5, 30, 20)))


def test_pixels_under_a_mark_are_as_marked_whatever_is_proposed() -> None:
    marks = Marks((Stroke(((30.0, 35.0),)), Stroke(((10.0, 10.0),), is_inside=False)))
    found = corrected_where_marked(BEFORE, BEFORE, marks)
    assert found[35, 30] and not found[10, 10] and found[18, 18]


def test_without_a_mark_nothing_changes() -> None:
    assert np.array_equal(corrected_where_marked(BEFORE, PROPOSED, Marks()), BEFORE)
