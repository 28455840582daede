"""Painting, erasing, polygons, zoom and pan with a real mouse."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QPointingDevice, QTabletEvent, QWheelEvent

from tests.gui.window_driver import WindowDriver
from vosapp.core.document import Origin
from vosapp.presentation.view_state import Tool, ViewMode
from vosapp.presentation.viewer.raster import polygon_area, stroke_area

ALT = Qt.KeyboardModifier.AltModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
SHAPE = (96, 160)


def test_the_first_stroke_makes_an_object_and_an_anchor(shot: WindowDriver) -> None:
    shot.workspace.viewing.view.set_brush(20)
    shot.drag([(40, 50), (60, 50), (60, 70)])
    cell = shot.cell(0)
    assert cell is not None and cell.origin is Origin.DRAWN
    expected = stroke_area([(40, 50), (60, 50), (60, 70)], 10, SHAPE)
    difference = np.count_nonzero(shot.mask(0) != expected)
    assert difference <= 0.02 * expected.sum()  # the mouse moves in whole view pixels of a zoomed picture
    assert shot.view.shot.project.undo_label == "paint"


def test_what_is_seen_while_painting_is_what_is_kept(shot: WindowDriver) -> None:
    shot.drag([(40, 50), (80, 60)], lift=False)
    live = shot.canvas.overlay.labels.copy()
    assert live.any() and not shot.document.objects
    shot.lift((80, 60))
    assert np.array_equal(live == 1, shot.mask(0))
    assert np.array_equal(shot.canvas.overlay.labels, live)


def test_eraser_and_alt(shot: WindowDriver) -> None:
    shot.workspace.viewing.view.set_brush(30)
    shot.drag([(40, 50), (100, 50)])
    painted = shot.mask(0).sum()
    shot.drag([(70, 50)], keys=ALT)
    with_hole = shot.mask(0)
    assert not with_hole[50, 70] and with_hole.sum() < painted
    shot.trigger("tool.eraser")
    shot.drag([(70, 50)], keys=ALT)
    assert shot.mask(0)[50, 70]
    shot.drag([(45, 50)])
    assert not shot.mask(0)[50, 45]


def test_erasing_where_nothing_stands_changes_nothing(shot: WindowDriver) -> None:
    shot.trigger("tool.eraser")
    shot.drag([(40, 50), (60, 50)])
    assert not shot.document.objects
    assert not shot.view.shot.project.undo_label


def test_shift_click_draws_a_straight_line_from_the_last_stroke(shot: WindowDriver) -> None:
    shot.workspace.viewing.view.set_brush(8)
    shot.drag([(30, 40)])
    shot.drag([(90, 80)], keys=SHIFT)
    assert shot.mask(0)[60, 60]


def test_ctrl_drag_and_keys_change_the_brush(shot: WindowDriver) -> None:
    shot.workspace.viewing.view.set_brush(20)
    start = shot.canvas.to_view((50, 50))
    end = shot.canvas.to_picture(start + QPointF(100, 0))
    shot.drag([(50, 50), end], keys=CTRL)
    assert shot.view.app.brush_px == pytest.approx(40, abs=1)
    assert not shot.document.objects
    shot.trigger("tool.larger")
    assert shot.view.app.brush_px == 44
    shot.trigger("tool.smaller")
    shot.trigger("tool.smaller")
    assert shot.view.app.brush_px == pytest.approx(36, abs=1)
    assert shot.canvas.pen.look.ring.radius == shot.view.app.brush_px / 2


def test_polygon_by_clicks(shot: WindowDriver) -> None:
    shot.trigger("tool.polygon")
    corners = [(30.0, 30.0), (90.0, 35.0), (60.0, 80.0)]
    for corner in corners:
        shot.click(corner)
    assert shot.view.shot.polygon_points == 3
    shot.click((30.5, 30.5))
    assert shot.view.shot.polygon_points == 0
    expected = polygon_area(corners, SHAPE)
    assert np.count_nonzero(shot.mask(0) != expected) <= 0.03 * expected.sum()


def test_polygon_keys(shot: WindowDriver) -> None:
    shot.trigger("tool.polygon")
    for corner in [(30, 30), (90, 30), (90, 80), (10, 90)]:
        shot.click(corner)
    shot.trigger("tool.take_back")
    assert shot.view.shot.polygon_points == 3
    shot.trigger("edit.anchor")
    assert shot.view.shot.polygon_points == 0
    assert shot.mask(0)[40, 80] and not shot.mask(0)[80, 20]
    shot.click((30, 30))
    shot.trigger("propagate.cancel")
    assert shot.view.shot.polygon_points == 0


def test_alt_closes_a_polygon_that_takes_away(shot: WindowDriver) -> None:
    shot.workspace.viewing.view.set_brush(60)
    shot.drag([(60, 55)])
    shot.trigger("tool.polygon")
    for corner in [(50, 45), (70, 45), (60, 65)]:
        shot.click(corner)
    shot.click((50, 45), keys=ALT)
    assert not shot.mask(0)[50, 60] and shot.mask(0)[55, 40]


def test_lasso_by_dragging(shot: WindowDriver) -> None:
    shot.trigger("tool.polygon")
    circle = [(80 + 30 * np.cos(a), 55 + 30 * np.sin(a)) for a in np.linspace(0, 6.2, 40)]
    shot.drag(circle)
    assert shot.view.shot.polygon_points == 0
    assert shot.mask(0).sum() == pytest.approx(np.pi * 30**2, rel=0.05)


def test_another_tool_drops_a_polygon(shot: WindowDriver) -> None:
    shot.trigger("tool.polygon")
    shot.click((30, 30))
    shot.trigger("tool.brush")
    assert shot.view.shot.polygon_points == 0


def test_wheel_zooms_at_the_pointer_and_middle_drag_pans(shot: WindowDriver) -> None:
    at = shot.canvas.to_view((30, 70))
    before = shot.canvas.camera.zoom
    turn(shot, at, 120)
    assert shot.canvas.camera.zoom == pytest.approx(before * 1.2)
    assert shot.canvas.to_picture(at) == pytest.approx((30, 70), abs=0.05)
    shot.drag([(30, 70), (40, 60)], button=Qt.MouseButton.MiddleButton)
    assert shot.canvas.to_picture(at)[0] < 30
    assert not shot.document.objects
    shot.trigger("view.fit")
    assert shot.canvas.camera.fitted


def test_hand_tool_pans(shot: WindowDriver) -> None:
    shot.trigger("tool.hand")
    centre = shot.canvas.camera.centre
    shot.drag([(60, 60), (70, 60)])
    assert shot.canvas.camera.centre[0] < centre[0]
    assert not shot.document.objects


def test_hundred_percent_is_one_picture_pixel_on_one_device_pixel(shot: WindowDriver) -> None:
    shot.trigger("view.100")
    assert shot.canvas.camera.zoom * shot.canvas.devicePixelRatioF() == 1.0
    shot.trigger("view.200")
    assert shot.canvas.camera.zoom * shot.canvas.devicePixelRatioF() == 2.0


def test_pen_pressure_makes_the_stroke_thinner(shot: WindowDriver) -> None:
    shot.workspace.viewing.view.set_brush(40)
    pen(shot, [(50, 50, 0.25)])
    thin = shot.mask(0).sum()
    assert thin == pytest.approx(np.pi * 5**2, rel=0.1)
    shot.trigger("tool.pressure")
    pen(shot, [(100, 60, 0.25)])
    assert shot.mask(0).sum() - thin == pytest.approx(np.pi * 20**2, rel=0.05)


def test_painting_shows_a_hidden_object_and_leaves_the_source_view(shot: WindowDriver) -> None:
    shot.drag([(40, 50)])
    shot.trigger("object.visible")
    shot.trigger("view.source")
    assert shot.view.shot.mode is ViewMode.SOURCE and 1 in shot.view.shot.hidden
    shot.drag([(60, 50)])
    assert shot.view.shot.mode is ViewMode.OVERLAY and 1 not in shot.view.shot.hidden


def test_a_frame_change_under_the_pen_keeps_the_stroke_where_it_began(shot: WindowDriver) -> None:
    shot.drag([(40, 50), (60, 50)], lift=False)
    shot.go(3)
    assert shot.cell(0) is not None
    assert shot.cell(3) is None
    shot.lift((60, 50))
    assert shot.cell(3) is None


def test_readout_tells_place_colour_and_object(shot: WindowDriver) -> None:
    shot.workspace.viewing.view.set_brush(20)
    shot.drag([(40, 50)])
    shot.mouse(QEvent.Type.MouseMove, (40.5, 50.5), button=Qt.MouseButton.NoButton, held=Qt.MouseButton.NoButton)
    text = shot.window.status_bar.readout
    picture = shot.canvas.frame
    assert picture is not None
    assert text.startswith("x 40  y 50") and "RGB {} {} {}".format(*picture[50, 40]) in text and "Object 1" in text
    shot.mouse(QEvent.Type.MouseMove, (-5, -5), button=Qt.MouseButton.NoButton, held=Qt.MouseButton.NoButton)
    assert shot.window.status_bar.readout == ""


def test_escape_from_a_gesture_leaves_no_trace(shot: WindowDriver) -> None:
    shot.drag([(40, 50), (60, 50)], lift=False)
    shot.canvas.pen.cancel()
    assert not shot.canvas.overlay.labels.any()
    shot.lift((60, 50))
    assert not shot.document.objects


@pytest.mark.parametrize("mode", list(ViewMode))
def test_every_view_mode_is_another_picture(shot: WindowDriver, mode: ViewMode) -> None:
    shot.workspace.viewing.view.set_brush(40)
    shot.drag([(80, 55)])
    shot.window.canvas.pen.leave()
    if mode is not ViewMode.OVERLAY:
        shot.trigger(f"view.{mode.value}")
    picture = shot.canvas.grab().toImage()
    inside, outside = (
        picture.pixelColor(shot.canvas.to_view(point).toPoint() * picture.devicePixelRatio())
        for point in ((80.5, 55.5), (20.5, 80.5))  # the middle of a pixel: its edge may be drawn as its neighbour
    )
    frame = shot.canvas.frame
    assert frame is not None
    plain_inside, plain_outside = tuple(frame[55, 80]), tuple(frame[80, 20])
    shows_inside = np.abs(np.subtract(plain_inside, inside.getRgb()[:3])).max() <= 12
    shows_outside = np.abs(np.subtract(plain_outside, outside.getRgb()[:3])).max() <= 12
    expected = {
        ViewMode.OVERLAY: (False, True),
        ViewMode.OUTLINE: (True, True),
        ViewMode.MATTE: (False, False),
        ViewMode.BAND: (True, False),
        ViewMode.CUTOUT: (True, False),
        ViewMode.SOURCE: (True, True),
    }
    assert (shows_inside, shows_outside) == expected[mode]
    if mode is ViewMode.MATTE:
        assert inside.getRgb()[:3] == (255, 255, 255) and outside.getRgb()[:3] == (0, 0, 0)


def test_peek_shows_the_source_while_the_key_is_held(shot: WindowDriver) -> None:
    shot.drag([(80, 55)])
    shot.qtbot.keyPress(shot.window, Qt.Key.Key_QuoteLeft)
    assert shot.view.shot.peek and not shot.canvas.overlay.labels.any()
    shot.qtbot.keyRelease(shot.window, Qt.Key.Key_QuoteLeft)
    assert not shot.view.shot.peek and shot.canvas.overlay.labels.any()
    shot.qtbot.keyPress(shot.canvas, Qt.Key.Key_QuoteLeft)  # the key goes up from the widget that has the focus
    assert shot.view.shot.peek
    shot.qtbot.keyRelease(shot.canvas, Qt.Key.Key_QuoteLeft)
    assert not shot.view.shot.peek


def test_f7_goes_through_the_backgrounds(shot: WindowDriver) -> None:
    shot.trigger("view.backdrop")
    assert shot.view.shot.mode is ViewMode.CUTOUT
    seen = set()
    for _ in range(5):
        seen.add(shot.view.app.backdrop)
        shot.trigger("view.backdrop")
    assert len(seen) == 5


def test_tools_are_exclusive(shot: WindowDriver) -> None:
    for tool in Tool:
        shot.trigger(f"tool.{tool.value}")
        checked = [t for t in Tool if shot.window.commands[f"tool.{t.value}"].isChecked()]
        assert checked == [tool]


def turn(driver: WindowDriver, at: QPointF, degrees_8: int) -> None:
    """Turns the wheel over a point of the viewer."""
    viewport = driver.canvas.viewport()
    event = QWheelEvent(
        at,
        QPointF(viewport.mapToGlobal(at.toPoint())),
        QPoint(),
        QPoint(0, degrees_8),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QCoreApplication.sendEvent(viewport, event)


def pen(driver: WindowDriver, points: list[tuple[float, float, float]]) -> None:
    """Draws with a tablet pen: (x, y, pressure) in picture pixels."""
    kinds = [QEvent.Type.TabletPress, *[QEvent.Type.TabletMove] * (len(points) - 1), QEvent.Type.TabletRelease]
    for kind, (x, y, pressure) in zip(kinds, [*points, points[-1]], strict=True):
        at = driver.canvas.to_view((x, y))
        event = QTabletEvent(
            kind,
            QPointingDevice.primaryPointingDevice(),
            at,
            at,
            pressure,
            0.0,
            0.0,
            0.0,
            0.0,
            0.0,
            Qt.KeyboardModifier.NoModifier,
            Qt.MouseButton.LeftButton,
            Qt.MouseButton.LeftButton,
        )
        QCoreApplication.sendEvent(driver.canvas.viewport(), event)


def test_the_right_button_erases_with_the_brush_and_paints_with_the_eraser(shot: WindowDriver) -> None:
    shot.workspace.viewing.view.set_brush(20)
    shot.drag([(40, 50), (100, 50)])
    shot.drag([(70, 50), (73, 50)], button=Qt.MouseButton.RightButton)
    assert not shot.mask(0)[50, 70] and shot.mask(0)[50, 45] and shot.view.shot.project.undo_label == "erase"
    shot.trigger("tool.eraser")
    shot.drag([(70, 50), (73, 50)], button=Qt.MouseButton.RightButton)
    assert shot.mask(0)[50, 70]
    shot.trigger("tool.polygon")
    before = shot.document
    shot.drag([(40, 40), (60, 40)], button=Qt.MouseButton.RightButton)
    assert shot.document is before and shot.view.shot.polygon_points == 0
