"""Shapes of the pen as values: handles, points between them, points added and taken out."""

from __future__ import annotations

import math

import pytest

from vosapp.core.pen_shape import FARTHEST_PX, PenShape
from vosapp.presentation.pen_shapes import box, ellipse, lasso, polygon

SQUARE = polygon(((0, 0), (10, 0), (10, 10), (0, 10)))


def test_only_the_points_between_a_handle_and_its_neighbours_follow() -> None:
    line = (*((float(x), 0.0) for x in range(11)), (10.0, 10.0), (0.0, 10.0))
    shape = PenShape(line, (0, 5, 10, 11, 12))
    moved = shape.with_handle_at(1, (5.0, 4.0))
    assert moved.points[5] == (5.0, 4.0)
    assert moved.points[0] == (0.0, 0.0) and moved.points[10:] == shape.points[10:]
    heights = [y for _, y in moved.points[:6]]
    assert heights == sorted(heights) and 0 < heights[1] < heights[4] < 4


def test_a_handle_taken_out_leaves_a_straight_line() -> None:
    round_shape = ellipse((0, 0), (20, 10))
    fewer = round_shape.without_handle(2)
    assert len(fewer.handles) == len(round_shape.handles) - 1
    kept = [round_shape.points[index] for place, index in enumerate(round_shape.handles) if place != 2]
    assert [fewer.points[index] for index in fewer.handles] == kept
    triangle = polygon(((0, 0), (10, 0), (0, 10)))
    assert triangle.without_handle(0) is triangle


@pytest.mark.parametrize("place", range(8))
def test_any_handle_of_a_round_shape_can_go(place: int) -> None:
    fewer = ellipse((0, 0), (20, 10)).without_handle(place)
    assert len(fewer.handles) == 7 and max(fewer.handles) < len(fewer.points)


def test_a_handle_is_added_on_the_line_only() -> None:
    more, place = SQUARE.with_handle_on((4.0, 0.5), 1.0)
    assert more.points[more.handles[place]] == (4.0, 0.0) and len(more.handles) == 5
    last, place = SQUARE.with_handle_on((0.0, 4.0), 1.0)  # the side that closes the shape
    assert last.points[last.handles[place]] == (0.0, 4.0) and place == 4
    assert SQUARE.with_handle_on((5.0, 5.0), 1.0) == (SQUARE, -1)


def test_even_shapes_grow_the_way_they_are_dragged() -> None:
    assert box((10, 10), (4, 8), even=True).points[2] == (4, 4)
    circle = ellipse((0, 0), (10, 4), even=True)
    assert all(math.dist(point, (5, 5)) == pytest.approx(5) for point in circle.points)


def test_a_lasso_keeps_every_point() -> None:
    points = [(50 + 30 * math.cos(t / 10), 50 + 30 * math.sin(t / 10)) for t in range(62)]
    shape = lasso(points, 1.0)
    assert shape.points == tuple(points) and 5 < len(shape.handles) < 40


def test_points_are_stored_in_thousandths_and_never_far_away() -> None:
    shape = polygon(((1 / 3, -1e9), (10.00049, 5.0), (2.0, 1e12))).storable()
    assert shape.points == ((0.333, -FARTHEST_PX), (10.0, 5.0), (2.0, FARTHEST_PX))
    assert shape.storable() == shape and shape.handles == (0, 1, 2)
