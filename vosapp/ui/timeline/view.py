"""Timeline widget: ruler, lanes, doubt, in and out, and the playhead to scrub."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from vosapp.core.timeline import FrameRange
from vosapp.presentation.timeline.lanes import KIND_WORDS, Lane
from vosapp.ui.timeline import measures, paint
from vosapp.ui.timeline.drawing import GUTTER_PX, HANDLE_PX, LEFT_PX, DrawnTimeline
from vosapp.ui.widgets import ToolTips


class TimelineView(DrawnTimeline):
    """Lets the user scrub a timeline, pick objects, and drag anchors, in and out.

    Signals:
        scrubbed: frame index under the pointer.
        in_out_dragged: the new FrameRange.
        object_picked: id of the object whose name or anchor was clicked.
        anchor_dragged: an anchor was put down elsewhere: (object id, its frame, the new frame).
        menu_asked: a menu is wanted: frame index or -1 for an object's, id of the object or 0, and where (QPoint).
    """

    scrubbed = Signal(int)
    in_out_dragged = Signal(object)
    object_picked = Signal(int)
    anchor_dragged = Signal(int, int, int)
    menu_asked = Signal(int, int, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        ToolTips(self, self.explain)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Scrubs, takes hold of in or out, or picks an object."""
        if event.button() != Qt.MouseButton.LeftButton or not self._display.frame_count:
            return
        position = event.position()
        if position.x() < GUTTER_PX:
            lane = self.lane_at(position.y())
            if lane is not None:
                self.object_picked.emit(lane.object_id)
            return
        self._held = self._anchor_at(position)
        if self._held is not None:
            self._drag, self._drop = "anchor", self._held[1]
            return
        self._drag = self._handle_at(position) or "playhead"
        self._drag_to(position)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Goes on scrubbing."""
        position = event.position()
        if self._drag:
            self._drag_to(position)
        else:
            over = self._handle_at(position) or self._anchor_at(position) is not None
            self.setCursor(Qt.CursorShape.SizeHorCursor if over else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Ends scrubbing, or puts an anchor down on another frame; one that was only clicked is gone to."""
        self._drag, held, self._held = "", self._held, None
        if held is None:
            return
        lane, frame = held
        if self._drop != frame:
            self.anchor_dragged.emit(lane.object_id, frame, self._drop)
        else:
            self.object_picked.emit(lane.object_id)
            self.scrubbed.emit(frame)
        self.update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Asks for the menu of the frame or object under the pointer."""
        event.accept()
        lane = self.lane_at(event.pos().y())
        on_name = event.pos().x() < GUTTER_PX
        if self._display.frame_count and (lane is not None or not on_name):
            frame = -1 if on_name else self.scale.frame_at(event.pos().x())
            self.menu_asked.emit(frame, lane.object_id if lane is not None else 0, event.globalPos())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zooms with Ctrl, else moves: along the clip when zoomed in, through the lanes when there are many."""
        delta = event.angleDelta()
        steps = (delta.y() or delta.x()) / 120.0
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.scale = self.scale.zoomed(1.25**steps, max(event.position().x(), GUTTER_PX))
        elif self._scroll_limit() and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier and delta.y():
            self._scroll = min(max(0, self._scroll - round(steps * paint.LANE_PX)), self._scroll_limit())
        else:
            self.scale = self.scale.moved(-steps * self.scale.shown * 0.1)
        self._redraw()
        event.accept()

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """Keeps the part of the clip in sight."""
        self.scale = self.scale.resized(GUTTER_PX + LEFT_PX, self._track_width())
        self._scroll = min(self._scroll, self._scroll_limit())
        self._redraw()

    def explain(self, position: QPointF) -> str:
        """Describes what lies under a point."""
        if not self._display.frame_count:
            return ""
        if position.x() < GUTTER_PX:
            return self._explain_row(position)
        frame = self.scale.frame_at(position.x())
        number = frame + self._display.first_number
        lane = self.lane_at(position.y())
        if lane is not None:
            kind = next((s.kind for s in lane.spans if s.first <= frame <= s.last), None)
            words = measures.words_of(lane, frame)
            return f"{lane.name}, frame {number}: {KIND_WORDS[kind] if kind else 'no mask'}" + f"\n{words}" * bool(
                words
            )
        measured = self._measured()
        if position.y() >= self._doubt_top():
            doubt = dict(self._display.doubts).get(frame)
            return f"Frame {number}: " + (f"doubt {doubt:.2f} of 1" if doubt is not None else "no doubt known")
        if measured is not None and position.y() >= self._measures_top():
            return f"{measured.name}, frame {number}: {measures.words_of(measured, frame) or 'nothing measured'}"
        return f"Frame {number}" + (": damaged or missing in the clip" if frame in self._display.damaged else "")

    def _explain_row(self, position: QPointF) -> str:
        lane = self.lane_at(position.y())
        if lane is not None:
            return f"{lane.name}\nClick to make it the object that the tools change"
        measured = self._measured()
        if measured is not None and self._measures_top() <= position.y() < self._doubt_top():
            return f"{measured.name}: area as a filled curve, how far it moved as a dotted line\nA jump is worth a look"
        if position.y() >= self._doubt_top():
            return "How unsure the engine was of each frame\nAbove the dotted line: look at it (N goes there)"
        return ""

    def _drag_to(self, position: QPointF) -> None:
        frame = self.scale.frame_at(position.x())
        in_out = self._display.in_out
        if self._drag == "anchor":
            self._drop = frame
            self.update()
        elif self._drag == "playhead" or in_out is None:
            self.scrubbed.emit(frame)
        elif self._drag == "in":
            self.in_out_dragged.emit(FrameRange(min(frame, in_out.last), in_out.last))
        else:
            self.in_out_dragged.emit(FrameRange(in_out.first, max(frame, in_out.first)))

    def _handle_at(self, position: QPointF) -> str:
        in_out = self._display.in_out
        if in_out is None or position.y() > paint.RULER_PX:
            return ""
        for name, x in (("in", self.scale.x(in_out.first)), ("out", self.scale.x(in_out.last + 1))):
            if abs(position.x() - x) <= HANDLE_PX:
                return name
        return ""

    def _anchor_at(self, position: QPointF) -> tuple[Lane, int] | None:
        """The anchor whose mark is under a point, with its lane; none of a locked object."""
        lane = self.lane_at(position.y())
        if lane is None or lane.locked or not lane.anchors or position.x() < GUTTER_PX:
            return None
        near = min(lane.anchors, key=lambda frame: abs(self.scale.middle(frame) - position.x()))
        return (lane, near) if abs(self.scale.middle(near) - position.x()) <= paint.DIAMOND_PX + 1 else None
