"""The timeline and the lists beside the viewer, with a real mouse."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtTest import QTest

from tests.gui.window_driver import WindowDriver, send_mouse
from vosapp.core.timeline import FrameRange
from vosapp.ui.timeline import paint

LAST = 11


def press(driver: WindowDriver, x: float, y: float) -> None:
    send_mouse(driver.window.timeline, QEvent.Type.MouseButtonPress, QPointF(x, y))


def move(driver: WindowDriver, x: float, y: float) -> None:
    send_mouse(driver.window.timeline, QEvent.Type.MouseMove, QPointF(x, y), button=Qt.MouseButton.NoButton)


def lift(driver: WindowDriver, x: float, y: float) -> None:
    send_mouse(driver.window.timeline, QEvent.Type.MouseButtonRelease, QPointF(x, y), held=Qt.MouseButton.NoButton)


def lane_picture(driver: WindowDriver, frame: int) -> set[int]:
    """The colours in a lane over one frame."""
    driver.workspace.viewing.playback.go(0)
    timeline = driver.window.timeline
    image = timeline.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    ratio = image.devicePixelRatio()
    middle = timeline.scale.middle(frame)
    return {
        image.pixel(round(x * ratio), round(y * ratio))
        for x in (middle - 2, middle, middle + 2)
        for y in range(paint.RULER_PX, paint.RULER_PX + paint.LANE_PX)
    }


def test_scrubbing_follows_the_pointer(shot: WindowDriver) -> None:
    scale = shot.window.timeline.scale
    press(shot, scale.middle(4), 10)
    assert shot.view.shot.frame_index == 4
    move(shot, scale.middle(9), 60)
    assert shot.view.shot.frame_index == 9
    move(shot, 5000, 60)
    assert shot.view.shot.frame_index == LAST
    lift(shot, 5000, 60)
    move(shot, scale.middle(2), 60)
    assert shot.view.shot.frame_index == LAST


def test_in_and_out_can_be_dragged(shot: WindowDriver) -> None:
    shot.workspace.viewing.playback.set_in_out(FrameRange(2, 8))
    scale = shot.window.timeline.scale
    press(shot, scale.x(2), 12)
    move(shot, scale.middle(4), 12)
    lift(shot, scale.middle(4), 12)
    assert shot.document.in_out == FrameRange(4, 8)
    press(shot, scale.x(9), 12)
    move(shot, scale.middle(1), 12)
    lift(shot, scale.middle(1), 12)
    assert shot.document.in_out == FrameRange(4, 4)


def test_a_name_picks_its_object(shot: WindowDriver) -> None:
    shot.trigger("object.add")
    shot.trigger("object.add")
    assert shot.view.shot.active_object == 2
    press(shot, 40, paint.RULER_PX + 5)
    assert shot.view.shot.active_object == 1


def test_ctrl_wheel_zooms_at_the_pointer(shot: WindowDriver) -> None:
    timeline = shot.window.timeline
    x = timeline.scale.middle(6)
    event = QWheelEvent(
        QPointF(x, 20),
        QPointF(x, 20),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.ControlModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QCoreApplication.sendEvent(timeline, event)
    assert timeline.scale.shown < 12
    assert timeline.scale.frame_at(x) == 6
    shot.go(LAST)
    shot.go(0)
    assert timeline.scale.first_visible() == 0, "the playhead stays in sight"


def test_each_kind_of_coverage_looks_different(shot: WindowDriver) -> None:
    shot.workspace.viewing.view.set_brush(30)
    shot.drag([(50, 50)])
    shot.trigger("propagate.forward")
    shot.finish_run()
    shot.go(4)
    shot.trigger("edit.approve")
    shot.go(6)
    shot.drag([(100, 40)])
    pictures = {"drawn": lane_picture(shot, 0), "predicted": lane_picture(shot, 2)}
    pictures |= {"approved": lane_picture(shot, 4), "painted": lane_picture(shot, 6)}
    shot.go(0)
    shot.drag([(60, 60)])
    pictures["stale"] = lane_picture(shot, 2)
    shot.answers.frames = FrameRange(8, 9)
    shot.trigger("edit.absent_range")
    pictures["absent"] = lane_picture(shot, 8)
    shot.answers.frames = FrameRange(10, 11)
    shot.trigger("edit.delete_range")
    pictures["none"] = lane_picture(shot, 10)
    names = list(pictures)
    for i, first in enumerate(names):
        for second in names[i + 1 :]:
            assert pictures[first] != pictures[second], f"{first} looks like {second}"


def test_the_tooltip_says_what_stands_there(shot: WindowDriver) -> None:
    shot.drag([(50, 50)])
    timeline = shot.window.timeline
    y = paint.RULER_PX + 5
    assert "drawn or confirmed" in timeline.explain(QPointF(timeline.scale.middle(0), y))
    assert "no mask" in timeline.explain(QPointF(timeline.scale.middle(5), y))
    shot.trigger("propagate.forward")
    shot.finish_run()
    assert "predicted" in timeline.explain(QPointF(timeline.scale.middle(5), y))
    assert timeline.explain(QPointF(20, y)).startswith("Object 1\n")
    assert "unsure" in timeline.explain(QPointF(20, timeline.height() - 5))
    assert "doubt 0.40" in timeline.explain(QPointF(timeline.scale.middle(5), timeline.height() - 5))


def test_many_objects_scroll(shot: WindowDriver) -> None:
    for _ in range(20):
        shot.trigger("object.add")
    timeline = shot.window.timeline
    last = timeline.height() - paint.DOUBT_PX - 4
    before = timeline.lane_at(last)
    event = QWheelEvent(
        QPointF(300, 60),
        QPointF(300, 60),
        QPoint(),
        QPoint(0, -240),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QCoreApplication.sendEvent(timeline, event)
    after = timeline.lane_at(last)
    assert before is not None and after is not None and after.object_id == before.object_id + 2


def test_typing_a_frame_number(shot: WindowDriver) -> None:
    field = shot.window.transport._frame
    field.setFocus()
    for typed, frame in (("9", 9), ("-3", 6), ("+20", 11), ("0:02", 2), ("00:00:00:07", 7)):
        field.selectAll()
        QTest.keyClicks(field, typed)
        QTest.keyClick(field, Qt.Key.Key_Return)
        assert shot.view.shot.frame_index == frame and field.problem == "", typed


WRONG = (("40", "from 0 to 11"), ("x7", "x7 is no frame"), ("0:40", "0:40 is no frame"), ("1:00", "00:00:00:11"))


def test_a_wrong_entry_is_told_at_the_field_and_can_be_mended(shot: WindowDriver) -> None:
    field = shot.window.transport._frame
    shot.go(4)
    field.setFocus()
    for typed, said in WRONG:
        field.selectAll()
        QTest.keyClicks(field, typed)
        QTest.keyClick(field, Qt.Key.Key_Return)
        assert said in field.problem and field.property("role") == "wrong", typed
        assert shot.view.shot.frame_index == 4 and field.text() == typed
    QTest.keyClicks(field, "5")  # what was wrong is selected and goes
    assert field.problem == "" and field.text() == "5"
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert shot.view.shot.frame_index == 5
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "zz")
    QTest.keyClick(field, Qt.Key.Key_Return)
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert field.problem == "" and field.text() == "5"


def test_the_ruler_shows_timecode(shot: WindowDriver) -> None:
    timeline = shot.window.timeline
    numbers = timeline.grab().toImage()
    shot.trigger("view.timecode")
    assert shot.window.commands["view.timecode"].isChecked()
    assert timeline.grab().toImage() != numbers
    assert shot.workspace.session.settings.get("view.timecode", bool)
    shot.trigger("view.timecode")
    assert timeline.grab().toImage() == numbers


class TestObjects:
    def names(self, driver: WindowDriver) -> list[str]:
        return [item.name for item in driver.document.objects]

    def test_rename_by_typing(self, shot: WindowDriver) -> None:
        shot.trigger("object.add")
        shot.window.objects.list.item(0).setText("Runner")
        assert self.names(shot) == ["Runner"]
        shot.window.objects.list.item(0).setText("   ")
        assert self.names(shot) == ["Runner"]

    def test_rename_command_opens_the_editor(self, shot: WindowDriver) -> None:
        shot.trigger("object.add")
        shot.trigger("object.rename")
        assert shot.window.objects.list.isPersistentEditorOpen(shot.window.objects.list.item(0)) or (
            shot.window.objects.list.state().name == "EditingState"
        )

    def test_order_decides_who_is_in_front(self, shot: WindowDriver) -> None:
        shot.workspace.viewing.view.set_brush(40)
        shot.drag([(80, 55)])
        shot.trigger("object.add")
        shot.drag([(85, 55)])
        assert shot.canvas.overlay.labels[55, 82] == 1
        shot.trigger("object.raise")
        assert [item.id for item in shot.document.objects] == [2, 1]
        assert shot.canvas.stack.layers[shot.canvas.overlay.labels[55, 82] - 1].object_id == 2
        shot.trigger("object.lower")
        assert [item.id for item in shot.document.objects] == [1, 2]

    def test_dragging_a_row(self, shot: WindowDriver) -> None:
        for _ in range(3):
            shot.trigger("object.add")
        rows = shot.window.objects.list
        rows.model().moveRow(rows.rootIndex(), 2, rows.rootIndex(), 0)
        assert [item.id for item in shot.document.objects] == [3, 1, 2]
        assert [rows.item(i).text() for i in range(3)] == ["Object 3", "Object 1", "Object 2"]

    def test_eye_and_solo(self, shot: WindowDriver) -> None:
        shot.workspace.viewing.view.set_brush(30)
        shot.drag([(50, 55)])
        shot.trigger("object.add")
        shot.drag([(110, 55)])
        shot.trigger("object.visible")
        assert not shot.canvas.overlay.labels[55, 110] and shot.canvas.overlay.labels[55, 50]
        shot.trigger("object.visible")
        shot.trigger("object.solo")
        assert shot.canvas.overlay.labels[55, 110] and not shot.canvas.overlay.labels[55, 50]
        shot.trigger("object.solo")
        assert shot.canvas.overlay.labels[55, 50]

    def test_clicks_on_the_row(self, shot: WindowDriver) -> None:
        shot.trigger("object.add")
        shot.trigger("object.add")
        panel = shot.window.objects
        first = panel.row_rect(0)
        self.click(shot, first.center())
        assert shot.view.shot.active_object == 1
        eye = QPoint(first.right() - 20, first.center().y())
        self.click(shot, eye)
        assert shot.view.shot.hidden == {1}
        self.click(shot, eye - QPoint(26, 0))
        assert shot.view.shot.solo == 1
        shot.answers.colour = (1, 2, 3)
        self.click(shot, QPoint(first.left() + 20, first.center().y()))
        assert shot.document.object(1).colour == (1, 2, 3)

    def click(self, driver: WindowDriver, at: QPoint) -> None:
        viewport = driver.window.objects.list.viewport()
        send_mouse(viewport, QEvent.Type.MouseButtonPress, QPointF(at))
        send_mouse(viewport, QEvent.Type.MouseButtonRelease, QPointF(at), held=Qt.MouseButton.NoButton)

    def test_colour(self, shot: WindowDriver) -> None:
        shot.trigger("object.add")
        shot.answers.colour = (10, 200, 30)
        shot.trigger("object.colour")
        assert shot.document.objects[0].colour == (10, 200, 30)
        shot.answers.colour = None
        shot.trigger("object.colour")
        assert shot.document.objects[0].colour == (10, 200, 30)

    def test_delete_and_undo(self, shot: WindowDriver) -> None:
        shot.drag([(50, 50)])
        shot.trigger("object.delete")
        assert not shot.document.objects and not shot.canvas.overlay.labels.any()
        shot.trigger("edit.undo")
        assert self.names(shot) == ["Object 1"] and shot.canvas.overlay.labels.any()

    @pytest.mark.parametrize("number", [1, 2, 3])
    def test_digits_pick_objects(self, shot: WindowDriver, number: int) -> None:
        for _ in range(3):
            shot.trigger("object.add")
        shot.trigger(f"object.select_{number}")
        assert shot.view.shot.active_object == number
        assert not shot.window.commands["object.select_4"].isEnabled()


class TestAnchors:
    def drag(self, driver: WindowDriver, start: int, end: int) -> None:
        timeline = driver.window.timeline
        y = timeline._row(0).middle
        at = QPointF(timeline.scale.middle(start), y)
        send_mouse(timeline, QEvent.Type.MouseButtonPress, at)
        for x in (timeline.scale.middle(start) + 3, timeline.scale.middle(end)):
            send_mouse(timeline, QEvent.Type.MouseMove, QPointF(x, y), button=Qt.MouseButton.NoButton)
        timeline.grab()  # the anchor under way can be drawn
        at = QPointF(timeline.scale.middle(end), y)
        send_mouse(timeline, QEvent.Type.MouseButtonRelease, at, held=Qt.MouseButton.NoButton)

    def test_an_anchor_is_dragged_to_another_frame(self, shot: WindowDriver) -> None:
        shot.go(3)
        shot.drag([(50, 50)])
        before = shot.mask(3)
        shot.go(9)
        self.drag(shot, 3, 6)
        assert shot.document.objects[0].anchors() == [6] and (shot.mask(6) == before).all()
        assert shot.view.shot.frame_index == 6
        assert shot.window.commands["edit.undo"].text() == "Undo move anchor"
        shot.trigger("edit.undo")
        assert shot.document.objects[0].anchors() == [3]

    def test_an_anchor_is_not_put_on_another_one(self, shot: WindowDriver) -> None:
        for frame in (3, 6):
            shot.go(frame)
            shot.drag([(50 + frame, 50)])
        self.drag(shot, 3, 6)
        assert shot.document.objects[0].anchors() == [3, 6] and "already" in shot.notice

    def test_a_click_on_an_anchor_goes_there(self, shot: WindowDriver) -> None:
        shot.go(3)
        shot.drag([(50, 50)])
        shot.go(9)
        self.drag(shot, 3, 3)
        assert shot.view.shot.frame_index == 3 and shot.document.objects[0].anchors() == [3]

    def test_anchors_of_locked_objects_stay(self, shot: WindowDriver) -> None:
        shot.go(3)
        shot.drag([(50, 50)])
        shot.trigger("object.lock")
        self.drag(shot, 3, 6)
        assert shot.document.objects[0].anchors() == [3] and shot.view.shot.frame_index == 6, "it scrubs"


def test_pictures_of_the_clip_stand_below_the_ruler(shot: WindowDriver) -> None:
    timeline = shot.window.timeline
    shot.drag([(50, 50)])
    lane_y = timeline._row(0).middle
    shot.trigger("view.thumbnails")
    assert timeline._row(0).middle > lane_y and timeline.lane_at(timeline._row(0).middle) is not None
    frames = timeline.picture_frames()
    assert frames[0] == 0 and frames[-1] == 11
    shot.wait(lambda: set(timeline._pictures) == set(frames))
    image = timeline.grab().toImage()
    y = paint.RULER_PX + 20
    assert len({image.pixel(x, y) for x in range(200, 900, 7)}) > 20, "pictures, no plate"
    assert shot.workspace.session.settings.get("view.thumbnails", bool)
    shot.trigger("view.review")  # both rows of pictures are read
    shot.wait(lambda: not shot.workspace.viewing.thumbnails.task.is_running)
    shot.trigger("view.thumbnails")
    assert timeline._row(0).middle == lane_y
