"""Polygon, lasso, box and ellipse with a real mouse: what they do with the mask, and points moved before and after."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt

from tests.gui.window_driver import WindowDriver
from vosapp.core import edits
from vosapp.core.document import Document
from vosapp.core.editor import Editor
from vosapp.core.mask import Mask
from vosapp.core.pen_shape import Combine, PenShape
from vosapp.core.project import Project
from vosapp.core.shape_edits import draw_shape
from vosapp.core.store import MemoryMaskStore
from vosapp.presentation.pen_shapes import polygon
from vosapp.presentation.viewer.raster import polygon_area

ALT, SHIFT, CTRL = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)
SHAPE = (96, 160)
BOX = [(30.0, 30.0), (90.0, 30.0), (90.0, 70.0), (30.0, 70.0)]


def differing(found: np.ndarray, corners: list[tuple[float, float]]) -> float:
    """Share of pixels that differ: the mouse moves in whole view pixels of a zoomed picture."""
    wanted = polygon_area(corners, SHAPE)
    return float(np.count_nonzero(found != wanted) / wanted.sum())


def offered(shot: WindowDriver) -> PenShape | None:
    """The shape whose points are shown."""
    return shot.canvas.pen.shapes.item.shape_shown


@pytest.fixture
def boxed(shot: WindowDriver) -> WindowDriver:
    """A box in the mask, with the tool in hand."""
    shot.qtbot.keyClick(shot.canvas, Qt.Key.Key_R)
    shot.drag([BOX[0], (60, 50), BOX[2]])
    return shot


def test_a_box_and_an_ellipse_are_dragged(boxed: WindowDriver) -> None:
    assert differing(boxed.mask(0), BOX) < 0.03
    boxed.trigger("edit.undo")
    boxed.qtbot.keyClick(boxed.canvas, Qt.Key.Key_R, SHIFT)
    boxed.drag([(30, 30), (60, 50), (90, 70)])
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]] + 0.5
    wanted = ((x - 60) / 30) ** 2 + ((y - 50) / 20) ** 2 <= 1
    assert np.count_nonzero(boxed.mask(0) != wanted) < 0.05 * wanted.sum()


def test_shift_makes_a_square(shot: WindowDriver) -> None:
    shot.trigger("tool.box")
    shot.drag([(30, 30), (50, 40), (70, 50)], keys=SHIFT)
    assert differing(shot.mask(0), [(30, 30), (70, 30), (70, 70), (30, 70)]) < 0.05


def test_a_click_draws_no_box(shot: WindowDriver) -> None:
    shot.trigger("tool.box")
    shot.click((40, 40))
    assert not shot.document.objects


def test_alt_takes_away_and_shift_alt_leaves_what_is_inside(boxed: WindowDriver) -> None:
    boxed.drag([(40, 40), (60, 50), (70, 60)], keys=ALT)
    assert not boxed.mask(0)[50, 55] and boxed.mask(0)[50, 80]
    boxed.trigger("edit.undo")
    boxed.drag([(50, 20), (80, 50), (120, 90)], keys=ALT | SHIFT)
    assert differing(boxed.mask(0), [(50, 30), (90, 30), (90, 70), (50, 70)]) < 0.04
    assert boxed.view.shot.project.undo_label == "intersect"
    boxed.trigger("edit.undo")
    assert differing(boxed.mask(0), BOX) < 0.03


def test_corners_of_a_polygon_are_moved_before_it_is_closed(shot: WindowDriver) -> None:
    shot.trigger("tool.polygon")
    for corner in [(30, 30), (90, 30), (60, 50)]:
        shot.click(corner)
    shot.drag([(60, 50), (70, 60), (60, 80)])
    shot.drag([(30, 30), (30, 40)])  # the first one too: it was dragged and not clicked
    assert shot.view.shot.polygon_points == 3
    shot.qtbot.keyClick(shot.canvas, Qt.Key.Key_Return)
    assert differing(shot.mask(0), [(30, 40), (90, 30), (60, 80)]) < 0.05


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_P, Qt.Key.Key_Right])
def test_a_corner_that_is_held_goes_with_its_polygon(shot: WindowDriver, key: Qt.Key) -> None:
    shot.trigger("tool.polygon")
    for corner in [(30, 30), (90, 30), (60, 50)]:
        shot.click(corner)
    shot.drag([(60, 50), (70, 60)], lift=False)
    shot.qtbot.keyClick(shot.canvas, key)
    shot.wait(lambda: shot.view.shot.polygon_points == 0)
    shot.mouse(QEvent.Type.MouseMove, (60, 80), button=Qt.MouseButton.NoButton)
    shot.lift((60, 80))
    assert shot.view.shot.polygon_points == 0 and not shot.document.objects


def test_a_point_that_is_held_while_another_frame_comes_moves_no_shape_there(boxed: WindowDriver) -> None:
    boxed.go(1)
    boxed.drag([(40, 40), (60, 50), (100, 80)])
    there = boxed.mask(1)
    boxed.go(0)
    boxed.drag([BOX[2], (100, 80)], lift=False)
    boxed.go(1)
    boxed.lift((110, 90))
    assert np.array_equal(boxed.mask(1), there)
    assert differing(boxed.mask(0), BOX) < 0.03


def test_points_are_moved_after_it_is_closed_each_as_one_step(boxed: WindowDriver) -> None:
    boxed.drag([BOX[2], (100, 80), (110, 90)])
    moved = [BOX[0], BOX[1], (110.0, 90.0), BOX[3]]
    assert differing(boxed.mask(0), moved) < 0.03
    assert boxed.view.shot.project.undo_label == "move point"
    boxed.drag([(110, 90), (70, 50)])  # back inside: what the shape had covered goes
    assert differing(boxed.mask(0), [BOX[0], BOX[1], (70.0, 50.0), BOX[3]]) < 0.04
    boxed.trigger("edit.undo")
    assert differing(boxed.mask(0), moved) < 0.03
    shape = offered(boxed)
    assert shape is not None and shape.points[2] == pytest.approx((110, 90), abs=0.5)
    boxed.trigger("edit.undo")
    assert differing(boxed.mask(0), BOX) < 0.03
    boxed.trigger("edit.redo")
    assert differing(boxed.mask(0), moved) < 0.03


def test_ctrl_adds_a_point_and_alt_takes_one_out(boxed: WindowDriver) -> None:
    boxed.drag([(60, 70), (60, 80), (60, 90)], keys=CTRL)
    added = [BOX[0], BOX[1], BOX[2], (60.0, 90.0), BOX[3]]
    assert differing(boxed.mask(0), added) < 0.03
    shape = offered(boxed)
    assert shape is not None and len(shape.handles) == 5
    boxed.click(BOX[3], keys=CTRL | ALT)
    assert differing(boxed.mask(0), [BOX[0], BOX[1], BOX[2], (60.0, 90.0)]) < 0.04
    boxed.trigger("edit.undo")
    assert differing(boxed.mask(0), added) < 0.03


def test_alt_takes_a_corner_out_of_a_polygon_that_is_drawn(shot: WindowDriver) -> None:
    shot.trigger("tool.polygon")
    for corner in [(30, 30), (90, 30), (120, 50), (60, 80)]:
        shot.click(corner)
    shot.click((120, 50), keys=ALT)
    assert shot.view.shot.polygon_points == 3
    shot.qtbot.keyClick(shot.canvas, Qt.Key.Key_Return)
    assert differing(shot.mask(0), [(30, 30), (90, 30), (60, 80)]) < 0.05


def test_a_locked_object_offers_no_points(boxed: WindowDriver) -> None:
    boxed.trigger("object.lock")
    assert offered(boxed) is None
    before = boxed.document
    boxed.drag([BOX[2], (110, 90)])
    assert boxed.document is before
    boxed.trigger("tool.transform")
    assert boxed.canvas.pen.transform.placement is None


def test_what_was_there_before_the_shape_stays_when_a_point_moves(shot: WindowDriver) -> None:
    shot.workspace.viewing.view.set_brush(20)
    shot.drag([(20, 20)])
    shot.trigger("tool.box")
    shot.drag([BOX[0], (60, 50), BOX[2]])
    shot.drag([BOX[2], (50, 50)])
    assert shot.mask(0)[20, 20] and not shot.mask(0)[65, 85]


def test_points_are_offered_only_where_the_shape_was_the_last_change(boxed: WindowDriver) -> None:
    assert offered(boxed) is not None
    boxed.trigger("tool.brush")
    assert offered(boxed) is None
    boxed.drag([(100, 50)])
    boxed.trigger("tool.ellipse")
    assert offered(boxed) is None
    boxed.trigger("edit.undo")
    assert offered(boxed) is not None
    boxed.go(3)
    assert offered(boxed) is None
    boxed.go(0)
    assert offered(boxed) is not None


def test_a_lasso_has_handles_where_it_bends_and_keeps_its_line(shot: WindowDriver) -> None:
    shot.trigger("tool.polygon")
    circle = [(80 + 30 * np.cos(a), 50 + 30 * np.sin(a)) for a in np.linspace(0, 6.2, 60)]
    shot.drag(circle)
    shape, area = offered(shot), shot.mask(0).sum()
    assert shape is not None and 4 <= len(shape.handles) < len(shape.points)
    assert np.array_equal(shot.mask(0), polygon_area(shape.points, SHAPE))
    at = shape.points[shape.handles[0]]
    shot.drag([at, (at[0] + 5, at[1]), (at[0] + 20, at[1])], keys=CTRL)
    assert shot.mask(0).sum() > area and shot.view.shot.project.undo_label == "move point"


@pytest.mark.parametrize("keys", [Qt.KeyboardModifier.NoModifier, ALT])
def test_a_lasso_that_begins_on_the_last_one_is_a_new_one(shot: WindowDriver, keys: Qt.KeyboardModifier) -> None:
    shot.trigger("tool.polygon")
    circle = [(80 + 30 * np.cos(a), 50 + 30 * np.sin(a)) for a in np.linspace(0, 6.2, 60)]
    shot.drag(circle)
    shape, area = offered(shot), int(shot.mask(0).sum())
    assert shape is not None
    x, y = max(shape.points[index] for index in shape.handles)
    way = -1 if keys else 1  # into the first one, which Alt takes away from; or out of it
    shot.drag([(x + way * (12 - 12 * np.cos(a)), y + 12 * np.sin(a)) for a in np.linspace(0, 6.2, 30)], keys=keys)
    assert way * (int(shot.mask(0).sum()) - area) > 300
    assert shot.view.shot.project.undo_label == ("erase" if keys else "paint")


def test_points_are_moved_after_the_project_was_closed_and_opened_again(boxed: WindowDriver, tmp_path: Path) -> None:
    boxed.answers.path = tmp_path / "shot.vosapp"
    boxed.trigger("file.save_as")
    boxed.close_clip()
    boxed.open(tmp_path / "shot.vosapp")
    assert offered(boxed) is not None and differing(boxed.mask(0), BOX) < 0.03
    boxed.drag([BOX[2], (100, 80), (110, 90)])
    moved = [BOX[0], BOX[1], (110.0, 90.0), BOX[3]]
    assert differing(boxed.mask(0), moved) < 0.03
    boxed.trigger("edit.undo")
    assert differing(boxed.mask(0), BOX) < 0.03
    boxed.trigger("edit.undo")  # the box itself, drawn before the project was closed
    assert not boxed.document.objects
    boxed.trigger("edit.redo")
    boxed.trigger("tool.brush")
    boxed.drag([(120, 50)])
    boxed.close_clip()
    boxed.open(tmp_path / "shot.vosapp")
    boxed.trigger("tool.box")
    assert offered(boxed) is None, "it was painted over before the project was closed"
    boxed.trigger("edit.undo")
    assert offered(boxed) is not None


def test_a_shape_of_an_earlier_session_is_pasted(driver: WindowDriver, clip_path: Path, tmp_path: Path) -> None:
    driver.open(clip_path)
    clip = driver.document.clip
    driver.close_clip()
    project = Project.create(tmp_path / "shot.vosapp", Editor(Document(clip), MemoryMaskStore()))
    document, one = edits.add_object(project.editor.document)
    area = Mask.from_array(polygon_area(BOX, SHAPE))
    for frame, shape in ((3, polygon(BOX)), (9, polygon(BOX[:3]))):
        document = draw_shape(document, project.editor.store, one, frame, shape=shape, combine=Combine.ADD, area=area)
    project.editor.apply("paint", document)
    project.close()
    driver.open(tmp_path / "shot.vosapp")
    driver.go(5)
    driver.qtbot.keyClick(driver.canvas, Qt.Key.Key_V, CTRL | ALT)
    assert driver.view.shot.polygon_points == 4
    driver.qtbot.keyClick(driver.canvas, Qt.Key.Key_Return)
    assert np.array_equal(driver.mask(5), area.array())


def test_a_copied_mask_takes_its_shape_along(boxed: WindowDriver) -> None:
    boxed.qtbot.keyClick(boxed.canvas, Qt.Key.Key_C, CTRL)
    boxed.go(4)
    boxed.qtbot.keyClick(boxed.canvas, Qt.Key.Key_V, CTRL)
    boxed.drag([BOX[2], (110, 90)])
    assert differing(boxed.mask(4), [BOX[0], BOX[1], (110.0, 90.0), BOX[3]]) < 0.03
    assert differing(boxed.mask(0), BOX) < 0.03


def test_the_pointer_tells_that_a_point_can_be_taken(boxed: WindowDriver) -> None:
    none = Qt.MouseButton.NoButton
    boxed.mouse(QEvent.Type.MouseMove, BOX[2], button=none, held=none)
    assert boxed.canvas.viewport().cursor().shape() is Qt.CursorShape.SizeAllCursor
    boxed.mouse(QEvent.Type.MouseMove, (60, 50), button=none, held=none)
    assert boxed.canvas.viewport().cursor().shape() is Qt.CursorShape.CrossCursor


def test_a_shape_is_pasted_on_another_frame_moved_and_closed(boxed: WindowDriver) -> None:
    boxed.go(4)
    boxed.qtbot.keyClick(boxed.canvas, Qt.Key.Key_V, CTRL | ALT)
    assert boxed.view.shot.polygon_points == 4 and boxed.cell(4) is None
    boxed.drag([(60, 50), (65, 55), (80, 60)])
    boxed.qtbot.keyClick(boxed.canvas, Qt.Key.Key_Return)
    assert differing(boxed.mask(4), [(x + 20, y + 10) for x, y in BOX]) < 0.04
    boxed.trigger("edit.paste_shape")
    boxed.qtbot.keyClick(boxed.canvas, Qt.Key.Key_Escape)
    assert boxed.view.shot.polygon_points == 0


def test_a_shape_is_pasted_to_another_object(boxed: WindowDriver) -> None:
    boxed.trigger("object.add")
    boxed.trigger("tool.brush")
    boxed.trigger("edit.paste_shape")
    boxed.qtbot.keyClick(boxed.canvas, Qt.Key.Key_Return)
    assert np.array_equal(boxed.mask(0, 2), boxed.mask(0, 1))


def test_a_shape_on_a_prediction_goes_into_its_paint_layer(boxed: WindowDriver) -> None:
    boxed.trigger("propagate.forward")
    boxed.finish_run()
    boxed.go(2)
    boxed.drag([(110, 20), (120, 30), (140, 60)])
    boxed.drag([(140, 60), (130, 50)])
    cell = boxed.cell(2)
    assert cell is not None and not cell.is_anchor and cell.is_painted
    assert boxed.mask(2)[40, 125] and not boxed.mask(2)[58, 138]
