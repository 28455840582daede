"""Shapes keep their tolerance, their points keep their number, and keyframes are few where motion is simple."""

from __future__ import annotations

import numpy as np
import pytest

from vosapp.core.mask import BoolImage
from vosapp.shapes.animated import AnimatedShape, coverage
from vosapp.shapes.bezier import fitted_handles, flattened
from vosapp.shapes.fitting import MAX_POINTS, fit_part, outline_error
from vosapp.shapes.outline import distance_map, outlines, resampled, signed_area
from vosapp.shapes.parts import parts_of

SHAPE = (120, 200)


def ellipse(x: float, y: float, a: float = 30, b: float = 18) -> BoolImage:
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]] + 0.5
    return np.asarray(((columns - x) / a) ** 2 + ((rows - y) / b) ** 2 <= 1)


def shapes_of(masks: list[BoolImage], tolerance: float = 1.5, **options: object) -> list[AnimatedShape]:
    found = parts_of(enumerate(masks), 20)
    return [shape for part in found for shape in fit_part(part, tolerance, **options)]  # type: ignore[arg-type]


def overlap(shapes: list[AnimatedShape], frame: int, mask: BoolImage) -> float:
    drawn = coverage(shapes, frame, SHAPE) >= 0.5
    return float(np.count_nonzero(drawn & mask) / np.count_nonzero(drawn | mask))


def test_an_outline_runs_between_pixels() -> None:
    mask = np.zeros(SHAPE, np.bool_)
    mask[20:60, 30:90] = True
    (found,) = outlines(mask)
    assert found.points.min(axis=0) == pytest.approx([30, 20], abs=0.1)
    assert found.points.max(axis=0) == pytest.approx([90, 60], abs=0.1)
    assert found.area_px == pytest.approx(2400, rel=0.01)


def test_a_hole_is_one_and_all_outlines_run_the_same_way() -> None:
    mask = ellipse(100, 60, 50, 40) & ~ellipse(100, 60, 20, 12)
    outer, inner = outlines(mask)
    assert (outer.is_hole, inner.is_hole) == (False, True)
    assert signed_area(outer.points) > 0 < signed_area(inner.points)


def test_handles_of_a_cubic_are_found_again() -> None:
    controls = np.array([[0.0, 0], [10, 30], [60, 25], [80, 0]])
    t = np.linspace(0, 1, 400)[:, None]
    curve = (
        (1 - t) ** 3 * controls[0]
        + 3 * (1 - t) ** 2 * t * controls[1]
        + 3 * (1 - t) * t**2 * controls[2]
        + t**3 * controls[3]
    )
    out, into = fitted_handles(curve)
    refitted = (1 - t) ** 3 * controls[0] + 3 * (1 - t) ** 2 * t * out + 3 * (1 - t) * t**2 * into + t**3 * controls[3]
    apart = np.sqrt(np.min(np.sum((refitted[:, None] - curve[None]) ** 2, axis=2), axis=1))
    assert apart.max() < 1


def test_even_motion_needs_keyframes_at_its_ends_only() -> None:
    masks = [ellipse(50 + 2 * i, 50 + 0.5 * i) for i in range(25)]
    (shape,) = shapes_of(masks)
    assert len(shape.keys) <= 3
    assert shape.point_count <= 12
    assert all(overlap([shape], i, mask) > 0.94 for i, mask in enumerate(masks))


def test_a_bounce_gets_a_keyframe_where_it_turns() -> None:
    masks = [ellipse(40 + 4 * min(i, 24 - i), 60) for i in range(25)]
    (shape,) = shapes_of(masks)
    assert any(abs(frame - 12) <= 1 for frame in shape.keys)
    assert len(shape.keys) <= 6


def test_tolerance_holds_on_every_frame_and_anchors_are_keyframes() -> None:
    masks = [ellipse(60 + 20 * np.sin(i / 5), 60, 30 + 8 * np.sin(i / 4), 18) for i in range(30)]
    shapes = shapes_of(masks, fixed=[7, 11])
    assert {7, 11} <= set(shapes[0].keys)
    for frame, mask in enumerate(masks):
        line = resampled(outlines(mask)[0].points, 1)
        assert outline_error(shapes[0].at(frame), distance_map(line), line) <= 1.5 + 1e-6


def test_a_limb_that_grows_out_of_the_outline_gets_points_of_its_own() -> None:
    masks = []
    for i in range(12):
        mask = ellipse(80, 60)
        mask[56:64, 105 : 106 + 6 * i] = True
        masks.append(mask)
    shapes = shapes_of(masks)
    assert all(shape.point_count <= MAX_POINTS for shape in shapes)
    assert all(overlap(shapes, i, mask) > 0.9 for i, mask in enumerate(masks))


def test_parts_that_join_and_gaps_end_shapes() -> None:
    two = ellipse(60, 60) | ellipse(150, 60)
    shapes = shapes_of([two, two, ellipse(60, 60)])
    assert sorted((s.first, s.last) for s in shapes) == [(0, 1), (0, 2)]
    gap = parts_of([(0, two), (3, two)], 20)
    assert sorted((p.first, p.last) for p in gap) == [(0, 0), (0, 0), (3, 3), (3, 3)]


def test_what_jumps_farther_than_its_size_stays_one_shape() -> None:
    (shape,) = shapes_of([ellipse(40, 60, 15, 15), ellipse(120, 60, 15, 15)])
    assert (shape.first, shape.last) == (0, 1)


def test_a_hole_is_cut_out() -> None:
    mask = ellipse(100, 60, 50, 40) & ~ellipse(100, 60, 20, 12)
    shapes = sorted(shapes_of([mask, mask]), key=lambda s: s.is_hole)
    assert [s.is_hole for s in shapes] == [False, True]
    assert overlap(shapes, 1, mask) > 0.95
    assert not coverage(shapes, 0, SHAPE)[60, 100]


def test_a_path_is_flattened_through_its_points() -> None:
    (shape,) = shapes_of([ellipse(80, 60)])
    path = shape.at(0)
    assert np.allclose(flattened(path, 8)[::8], path[:, 1])


def test_work_can_be_stopped() -> None:
    class StopError(Exception):
        pass

    def check() -> None:
        raise StopError

    with pytest.raises(StopError):
        shapes_of([ellipse(80, 60)] * 3, check=check)
