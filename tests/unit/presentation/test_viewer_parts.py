"""Strokes, polygons, camera, layers and looks, as values."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vosapp.matte.layers import Layer
from vosapp.presentation.view_state import Backdrop, ObjectStyle, ViewMode
from vosapp.presentation.viewer.camera import LARGEST_ZOOM, SMALLEST_ZOOM, Camera, at_scale, fit
from vosapp.presentation.viewer.cleanup import small_holes, specks
from vosapp.presentation.viewer.layers import LayerStack
from vosapp.presentation.viewer.overlay_style import EDGE, TRANSPARENT, colour_table, outlined_table, with_edges
from vosapp.presentation.viewer.raster import add_segment, polygon_area, stroke_area
from vosapp.presentation.viewer.readout import readout
from vosapp.ui.viewer.outline_path import outline_path
from vosapp.ui.viewer.polygon import PolygonDraft

SHAPE = (40, 60)
coordinate = st.floats(-20, 80, allow_nan=False)
points = st.tuples(coordinate, coordinate)


@given(centre=points, radius=st.floats(1, 15))
def test_a_dab_is_the_pixels_whose_centres_are_within_the_radius(centre: tuple[float, float], radius: float) -> None:
    y, x = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]] + 0.5
    distance = np.hypot(x - centre[0], y - centre[1])
    area = stroke_area([centre], radius, SHAPE)
    column, row = int(np.floor(centre[0])), int(np.floor(centre[1]))
    clear = np.abs(distance - radius) > 1e-3  # single precision decides the rest
    if 0 <= row < SHAPE[0] and 0 <= column < SHAPE[1]:
        clear[row, column] = False
    assert np.array_equal(area[clear], (distance <= radius)[clear])


@given(line=st.lists(points, min_size=2, max_size=5), radius=st.floats(0.5, 8))
def test_a_stroke_has_no_gaps_between_its_points(line: list[tuple[float, float]], radius: float) -> None:
    area = stroke_area(line, radius, SHAPE)
    for (x0, y0), (x1, y1) in pairwise(line):
        for share in (0.25, 0.5, 0.75):
            x, y = x0 + share * (x1 - x0), y0 + share * (y1 - y0)
            row, column = int(np.floor(y)), int(np.floor(x))
            if radius >= 1 and 0 <= row < SHAPE[0] and 0 <= column < SHAPE[1]:
                assert area[row, column]


def test_a_segment_reports_the_box_it_changed() -> None:
    area = np.zeros(SHAPE, np.bool_)
    box = add_segment(area, (10, 10), (30, 20), (3, 6))
    assert box is not None and area.any()
    area[box.slices] = False
    assert not area.any()
    assert add_segment(area, (-50, -50), (-40, -40), (3, 3)) is None


def test_a_polygon_of_pixel_corners_is_exact() -> None:
    area = polygon_area([(5, 5), (20, 5), (20, 15), (5, 15)], SHAPE)
    expected = np.zeros(SHAPE, np.bool_)
    expected[5:15, 5:20] = True
    assert np.array_equal(area, expected)


@given(corners=st.lists(points, min_size=3, max_size=8))
def test_a_polygon_is_inside_its_bounds_whichever_way_it_goes(corners: list[tuple[float, float]]) -> None:
    area = polygon_area(corners, SHAPE)
    assert np.array_equal(area, polygon_area(corners[::-1], SHAPE))
    xs, ys = zip(*corners, strict=True)
    rows, columns = np.nonzero(area)
    if rows.size:
        assert columns.min() + 0.5 >= min(xs) and columns.max() + 0.5 <= max(xs)
        assert rows.min() + 0.5 >= min(ys) and rows.max() + 0.5 <= max(ys)


@given(at=points, factor=st.floats(0.2, 5), point=points)
def test_zooming_keeps_the_point_under_the_pointer(
    at: tuple[float, float], factor: float, point: tuple[float, float]
) -> None:
    view = (300.0, 200.0)
    camera = Camera(1.5, (30.0, 20.0)).zoomed(factor, at, view)
    assert camera.to_picture(at, view) == pytest.approx(Camera(1.5, (30.0, 20.0)).to_picture(at, view), abs=1e-6)
    assert camera.to_picture(camera.to_view(point, view), view) == pytest.approx(point, abs=1e-6)
    assert SMALLEST_ZOOM <= camera.zoom <= LARGEST_ZOOM


def test_fit_shows_everything_and_the_picture_cannot_be_lost() -> None:
    camera = fit((1920, 1080), (800, 600))
    left, top = camera.to_view((0, 0), (800, 600))
    right, bottom = camera.to_view((1920, 1080), (800, 600))
    assert left >= 0 and top >= 0 and right <= 800 and bottom <= 600
    far = camera.panned(1e6, -1e6).kept_in_reach((1920, 1080))
    assert far.centre == (0.0, 1080)
    assert at_scale(camera, 2.0).zoom == 0.5


def stack() -> LayerStack:
    front, back = np.zeros(SHAPE, np.bool_), np.zeros(SHAPE, np.bool_)
    front[5:20, 5:20] = True
    back[10:30, 10:30] = True
    return LayerStack(SHAPE, (Layer(300, (1, 2, 3), front), Layer(7, (4, 5, 6), back)))


def test_layers_in_front_hide_those_behind_and_large_ids_fit() -> None:
    labels = stack().labels()
    assert labels[15, 15] == 1 and labels[25, 25] == 2 and labels[2, 2] == 0
    assert stack().slot(300) == 1 and stack().slot(7) == 2 and stack().slot(8) == 0
    front, behind = stack().around(2)
    assert front[15, 15] == 1 and not behind.any()


def test_an_object_without_a_mask_gets_its_place_in_the_order() -> None:
    order = (300, 9, 7)
    assert [layer.object_id for layer in stack().with_object(9, (0, 0, 0), order).layers] == [300, 9, 7]
    assert stack().with_object(7, (0, 0, 0), order).layers[1].mask.any()


def test_edges_lie_inside_and_are_as_wide_as_asked() -> None:
    labels = np.zeros(SHAPE, np.uint8)
    labels[5:25, 5:25] = 1
    for width in (1, 3):
        ring = with_edges(labels, width)
        assert ring[5, 10] == 1 + EDGE and ring[5 + width - 1, 10] == 1 + EDGE and ring[5 + width, 10] == 1
        assert not (ring[labels == 0] % EDGE).any(), "what lies outside stays background"
    labels[:] = 1
    assert (with_edges(labels, 2) == 1).all(), "the border of the picture is no edge"


def test_each_object_has_a_style_of_its_own() -> None:
    red, green, blue = (255, 0, 0), (0, 255, 0), (0, 0, 255)
    styles = (ObjectStyle.OVERLAY, ObjectStyle.OUTLINE, ObjectStyle.BOTH)
    table = outlined_table(list(zip((red, green, blue), styles, strict=True)), 0.5)
    assert len(table) == 256 and table[0] == table[EDGE] == TRANSPARENT
    assert table[1:4] == [0x80FF0000, TRANSPARENT, 0x800000FF]
    assert table[EDGE + 1 : EDGE + 4] == [0x80FF0000, 0xFF00FF00, 0xFF0000FF]


def test_an_outline_path_runs_around_every_piece_and_hole() -> None:
    mask = np.zeros(SHAPE, np.bool_)
    mask[4:20, 6:26] = True
    mask[8:12, 10:14] = False
    mask[2, 2] = True
    polygons = outline_path(mask).toSubpathPolygons()
    boxes = sorted(polygon.boundingRect().getRect() for polygon in polygons if polygon.count() > 1)
    assert (6.5, 4.5, 19.0, 15.0) in boxes and (9.5, 7.5, 5.0, 5.0) in boxes
    assert outline_path(np.zeros(SHAPE, np.bool_)).isEmpty()


def test_colour_tables() -> None:
    colours = [(255, 0, 0), (0, 255, 0)]
    tables = {m: colour_table(colours, m, opacity=0.5, backdrop=Backdrop.WHITE) for m in ViewMode}
    assert all(len(table) == 256 for table in tables.values())
    assert tables[ViewMode.OVERLAY][:3] == [TRANSPARENT, 0x80FF0000, 0x8000FF00]
    assert tables[ViewMode.MATTE][:3] == [0xFF000000, 0xFFFFFFFF, 0xFFFFFFFF]
    assert tables[ViewMode.CUTOUT][:3] == [0xFFFFFFFF, TRANSPARENT, TRANSPARENT]
    assert tables[ViewMode.SOURCE][:3] == [TRANSPARENT] * 3


def test_a_draft_polygon() -> None:
    draft = PolygonDraft()
    for point in [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0)]:
        draft.click(point)
    assert draft.is_area and draft.closes_at((1, 1), zoom=2.0) and not draft.closes_at((1, 10), zoom=2.0)
    draft.drag((10.5, 10.0), zoom=1.0)
    assert len(draft) == 3, "too near for another corner"
    for step in range(1, 7):
        draft.drag((10.0 + 5 * step, 10.0), zoom=1.0)
    assert draft.is_lasso
    draft.take_back()
    assert len(draft) == 8 and not draft.is_lasso


def test_readout() -> None:
    frame = np.zeros((*SHAPE, 3), np.uint8)
    frame[12, 12] = (10, 20, 30)
    text = readout(frame, stack(), (12.9, 12.1), {300: "Front", 7: "Back"})
    assert text == "x 12  y 12    RGB 10 20 30    Front, Back"
    assert readout(frame, stack(), (-0.1, 3), {}) == "" and readout(frame, stack(), None, {}) == ""


def test_only_what_is_smaller_than_the_brush_is_cleaned_up() -> None:
    mask = np.zeros((60, 80), np.bool_)
    mask[10:50, 20:80] = True
    mask[20:24, 30:34] = False  # a small hole
    mask[28:44, 40:60] = False  # a large one
    mask[30:33, 77:80] = False  # a notch at the picture's border
    mask[2:5, 2:5] = True  # a speck
    holes, dirt = small_holes(mask, 10), specks(mask, 10)
    assert holes.sum() == 16 and holes[20:24, 30:34].all()
    assert dirt.sum() == 9 and dirt[2:5, 2:5].all()
    assert small_holes(mask, 40)[30, 45] and not small_holes(mask, 40)[31, 78]
    assert not specks(mask, 500).any(), "something is left"
