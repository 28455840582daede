"""Pen: turns mouse and tablet events into gestures, strokes and shapes."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QNativeGestureEvent, QPointingDevice, QTabletEvent
from PySide6.QtWidgets import QGraphicsItem

from vosapp.core.pen_shape import Combine, PenShape
from vosapp.presentation.pen_display import PenDisplay
from vosapp.presentation.view_state import MARK_TOOLS, SHAPE_TOOLS, Tool
from vosapp.presentation.viewer.raster import Box, Point, box_of, shape_change
from vosapp.ui.viewer.gestures import (
    BrushGesture,
    Gesture,
    PanGesture,
    Pointer,
    RightGesture,
    StrokeGesture,
    WipeGesture,
    pen_radius,
)
from vosapp.ui.viewer.live_stroke import LiveStroke, MaskStroke, Stroke, TrimapStroke
from vosapp.ui.viewer.mark_gesture import MarkGesture
from vosapp.ui.viewer.pen_surface import PenSurface
from vosapp.ui.viewer.pointer_look import PointerLook
from vosapp.ui.viewer.polygon import CornerGesture, ShapeGesture
from vosapp.ui.viewer.shape_tool import ShapeTool, combine_of
from vosapp.ui.viewer.transform_tool import TransformTool

_ALT = Qt.KeyboardModifier.AltModifier
_CTRL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_TWO_BUTTON_TOOLS = (Tool.BRUSH, Tool.ERASER, Tool.SCRIBBLE)  # a drag with the right button is one with Alt


class Pen(QObject):
    """Turns presses, moves and releases on a surface into pans, size changes, strokes and shapes.

    Attributes:
        settings: as they are set.
        gesture: between press and release, None else.
        shapes: polygon, lasso, box and ellipse.
        transform: moves, scales and turns a mask.
        look: ring and cursor.
        has_panned: the picture was moved since the hand is held.

    Signals:
        stroke_started: the pen went down; what hides the active object should step aside.
        stroke_finished: a `Stroke` is ready for the document.
        brush_resized: new diameter in picture pixels.
        edge_softened: new width of the object's soft edge in picture pixels.
        filled: the fill tool was pressed at a picture point, and whether it takes away.
        marked: the select tool marked something: a `Stroke` of `vosapp.engine.select.marks`, or a box.
    """

    stroke_started = Signal()
    stroke_finished = Signal(object)
    brush_resized = Signal(float)
    edge_softened = Signal(float)
    marked = Signal(object)
    filled = Signal(object, bool)

    def __init__(self, surface: PenSurface, layer: QGraphicsItem, parent: QObject | None = None) -> None:
        """Makes the pen.

        Args:
            surface: what it works on.
            layer: in picture coordinates, over which ring and shapes are drawn.
            parent: owner.
        """
        super().__init__(parent)
        self._surface = surface
        self.settings = PenDisplay()
        self.gesture: Gesture | None = None
        self._live: LiveStroke | None = None
        self._last_point: Point | None = None
        self.has_panned = False
        self.look = PointerLook(surface, layer)
        self.shapes = ShapeTool(surface, layer, self)
        self.shapes.closed.connect(self._put_shape)
        self.shapes.changed.connect(self._let_corner_go)
        self.transform = TransformTool(surface, layer, self)

    def set_settings(self, settings: PenDisplay) -> None:
        """Changes tool, size or object; another tool or object drops a shape that was begun."""
        before, self.settings = self.settings, settings
        if (before.tool, before.object_id) != (settings.tool, settings.object_id):
            self.shapes.drop()
        self.shapes.show_shape(settings.shape, settings.paint_colour)
        self.look.set_settings(settings)

    # -- mouse --------------------------------------------------------------------------------------------------

    def press(self, event: QMouseEvent) -> None:
        """Begins the gesture of a mouse button."""
        pointer = self._pointer(event.position(), event.modifiers())
        if event.button() == Qt.MouseButton.MiddleButton:
            self._begin_pan(pointer)
        elif event.button() == Qt.MouseButton.LeftButton:
            self._press_left(pointer)
        elif event.button() == Qt.MouseButton.RightButton:
            self._press_right(pointer)

    def move(self, event: QMouseEvent) -> None:
        """Goes on with the gesture, or follows the pointer."""
        self._move(self._pointer(event.position(), event.modifiers()))

    def release(self, event: QMouseEvent) -> None:
        """Ends the gesture."""
        if self.gesture is not None and event.buttons() == Qt.MouseButton.NoButton:
            self._finish(self._pointer(event.position(), event.modifiers()))

    def double_click(self, event: QMouseEvent) -> None:
        """Closes a polygon; with other tools it is a press like any other."""
        if self.settings.tool is Tool.POLYGON and self.shapes.draft.is_area:
            self.shapes.close(combine_of(self._pointer(event.position(), event.modifiers())))
        else:
            self.press(event)

    def leave(self) -> None:
        """The pointer left the viewer."""
        self.look.hide_ring()

    # -- pen and touch pad --------------------------------------------------------------------------------------

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Takes the events of a tablet pen and pinches, which have no handlers of their own in the viewer.

        Not the viewer's `viewportEvent`: where its handlers are called within Python's `super()`, their errors end the
        process in place of being told.
        """
        if not self._surface.has_picture:
            return False
        if isinstance(event, QTabletEvent):
            return self._tablet(event)
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            position = event.position()
            self._surface.zoom_by(1.0 + event.value(), (position.x(), position.y()))
            return True
        return False

    def _tablet(self, event: QTabletEvent) -> bool:
        """The other end of the pen does what Alt does with brush and shapes, and erases with the eraser too."""
        modifiers = event.modifiers()
        if event.pointerType() == QPointingDevice.PointerType.Eraser and self.settings.tool is not Tool.HAND:
            modifiers = modifiers & ~_ALT if self.settings.tool is Tool.ERASER else modifiers | _ALT
        pointer = self._pointer(event.position(), modifiers, event.pressure())
        kind = event.type()
        if kind == QEvent.Type.TabletPress and event.button() == Qt.MouseButton.LeftButton:
            self._press_left(pointer)
        elif kind == QEvent.Type.TabletMove:
            self._move(pointer)
        elif kind == QEvent.Type.TabletRelease and self.gesture is not None:
            self._finish(pointer)
        else:
            return False
        event.accept()
        return True

    # -- gestures -----------------------------------------------------------------------------------------------

    def _press_left(self, pointer: Pointer) -> None:
        tool = self.settings.tool
        if self.look.holds_hand:
            self._begin_pan(pointer)
        elif self._over_wipe(pointer):
            self._begin(WipeGesture(self._surface.drag_wipe))
        elif tool is Tool.HAND:
            self._begin_pan(pointer)
        elif self._surface.offers_suggestions:
            self._surface.click_suggestion(pointer.picture)
        elif self.settings.usable:
            self._press_tool(pointer, tool)

    def _press_tool(self, pointer: Pointer, tool: Tool) -> None:
        """Begins what a tool does with the picture's masks."""
        if tool in SHAPE_TOOLS or tool is Tool.TRANSFORM:
            gesture = self.transform.press(pointer) if tool is Tool.TRANSFORM else self.shapes.press(pointer, tool)
            if gesture is not None:
                self._begin(gesture)
        elif tool is Tool.FILL:
            self.filled.emit(pointer.picture, pointer.holds(_ALT))
        elif tool in MARK_TOOLS:
            as_stroke, is_inside = tool is Tool.SCRIBBLE or pointer.holds(_SHIFT), not pointer.holds(_ALT)
            draw = self._surface.draw_mark
            self._begin(MarkGesture(pointer, draw, self.marked.emit, is_inside=is_inside, as_stroke=as_stroke))
        elif pointer.holds(_CTRL):
            self._begin_brush(pointer)
        else:
            self._begin_stroke(pointer)

    def _press_right(self, pointer: Pointer) -> None:
        """Begins a drag that does what Alt does, or a click that opens the menu; each click of select is a mark."""
        swapped = replace(pointer, modifiers=pointer.modifiers ^ _ALT)
        if self.settings.tool is Tool.SELECT and self.settings.usable:
            self._press_left(swapped)
            return
        drags = self.settings.tool in _TWO_BUTTON_TOOLS and self.settings.usable
        begin = partial(self._begin_swapped, swapped) if drags else None
        self._begin(RightGesture(pointer, begin=begin, clicked=self._surface.ask_menu))

    def _begin_swapped(self, start: Pointer, pointer: Pointer) -> None:
        """The right button is dragged: its gesture takes the place of the one that waited for that."""
        self._press_left(start)
        if self.gesture is not None:
            self.gesture.move(pointer)

    def hold_hand(self, on: bool) -> None:
        """Gives the left button to the hand for as long as a key is held; a gesture that goes on is not disturbed."""
        self.look.holds_hand, self.has_panned = on, False
        if on:
            self.look.hide_ring()
        if self.gesture is None:
            self.look.show_cursor()

    def _begin_pan(self, pointer: Pointer) -> None:
        self.has_panned = True
        self._begin(PanGesture(pointer, self._surface.pan))
        self._surface.set_pointer(Qt.CursorShape.ClosedHandCursor)

    def _begin(self, gesture: Gesture) -> None:
        self.cancel_gesture()
        self.gesture = gesture

    def _begin_brush(self, pointer: Pointer) -> None:
        brush_px, soft_px = self.settings.brush_px, self.settings.soft_px
        resize, soften = self.brush_resized.emit, self.edge_softened.emit
        self._begin(BrushGesture(pointer, brush_px, soft_px, resize=resize, soften=soften))

    def _begin_stroke(self, pointer: Pointer) -> None:
        self.cancel_gesture()
        self.stroke_started.emit()
        live = self._new_live(erase=self._erases(pointer))
        line_from = self._last_point if pointer.holds(_SHIFT) else None
        self.gesture = StrokeGesture(
            pointer, live, self._radius, done=self._stroke_done, dropped=self._drop_live, line_from=line_from
        )

    def _new_live(self, *, erase: bool) -> LiveStroke:
        settings = self.settings
        if settings.trimap is not None:
            self._live = TrimapStroke(self._surface.trimap, settings.trimap, settings.object_id, erase=erase)
        else:
            stack = self._surface.paint_stack(settings.object_id, settings.paint_colour)
            self._live = MaskStroke(self._surface.overlay, stack, settings.object_id, erase=erase)
        return self._live

    def _stroke_done(self, live: LiveStroke, last_point: Point) -> None:
        self._last_point = last_point
        self._hand_over(live)

    def _hand_over(self, live: LiveStroke, shape: PenShape | None = None, combine: Combine = Combine.ADD) -> None:
        self._live = None
        if live.area.any():
            stroke = Stroke(
                live.object_id,
                self._surface.frame_index,
                live.area,
                live.erase,
                hidden_by=live.hidden_by(),
                shape=shape,
                combine=combine,
                trimap=live.kind if isinstance(live, TrimapStroke) else None,
            )
            self.stroke_finished.emit(stroke)
        self._surface.show_result()

    def _drop_live(self) -> None:
        self._live = None
        self._surface.drop_paint()

    def _move(self, pointer: Pointer) -> None:
        self._surface.follow_pointer(pointer.picture)
        self.look.follow_brush(pointer, erases=self._erases(pointer), is_resized=isinstance(self.gesture, BrushGesture))
        self.look.follow_wipe(self._over_wipe(pointer), is_idle=self.gesture is None)
        if self._surface.offers_suggestions and self.gesture is None:
            self._surface.follow_suggestion(pointer.picture)
        if self.gesture is not None:
            self.gesture.move(pointer)
        elif self.settings.tool in (*SHAPE_TOOLS, Tool.TRANSFORM) and self.settings.usable:
            transforms = self.settings.tool is Tool.TRANSFORM
            self.look.follow_point(self.transform.is_over(pointer) if transforms else self.shapes.hover(pointer))

    def _finish(self, pointer: Pointer) -> None:
        gesture, self.gesture = self.gesture, None
        if gesture is not None:
            gesture.finish(pointer)
        self.look.show_cursor()

    def commit(self) -> None:
        """Ends a stroke that is being drawn as if the pen were lifted: the frame under it is about to change."""
        if isinstance(self.gesture, StrokeGesture) and self._live is not None:
            self.gesture = None
            self._hand_over(self._live)
        self.shapes.drop()

    def rebase(self) -> None:
        """Goes on with a stroke after the masks under it changed."""
        if isinstance(self._live, TrimapStroke):
            self._live.redraw()
        elif isinstance(self._live, MaskStroke):
            self._live.rebase(self._surface.paint_stack(self._live.object_id, self.settings.paint_colour))

    def cancel_gesture(self) -> None:
        """Ends what is going on without a trace."""
        gesture, self.gesture = self.gesture, None
        if gesture is not None:
            gesture.cancel()

    def cancel(self) -> None:
        """Drops gesture and shape."""
        self.cancel_gesture()
        self.shapes.drop()

    # -- shapes -------------------------------------------------------------------------------------------------

    def _put_shape(self, shape: PenShape, combine: Combine) -> None:
        """Changes the object's mask by a closed shape."""
        self.gesture = None
        self.stroke_started.emit()
        size, shape = self._paint_size(), shape.storable()
        area, erase = shape_change(shape, combine, size)
        live = self._new_live(erase=erase)
        everywhere = Box(0, 0, size[1], size[0])
        live.fill(area, everywhere if combine is Combine.INTERSECT else box_of(shape.points, 1.0, size))
        self._hand_over(live, shape, combine)

    def _paint_size(self) -> tuple[int, int]:
        """(height, width) of what is painted on."""
        if self.settings.trimap is None:
            return self._surface.paint_stack(self.settings.object_id, self.settings.paint_colour).shape
        height, width = self._surface.trimap.labels.shape
        return height, width

    def _let_corner_go(self, _corners: int) -> None:
        """The draft has other corners, or none any more: the one that is held may be gone."""
        if isinstance(self.gesture, CornerGesture | ShapeGesture):
            self.gesture = None

    # -- pointer ------------------------------------------------------------------------------------------------

    def _pointer(self, position: QPointF, modifiers: Qt.KeyboardModifier, pressure: float = 1.0) -> Pointer:
        return Pointer((position.x(), position.y()), self._surface.to_picture(position), modifiers, pressure)

    def _erases(self, pointer: Pointer) -> bool:
        return (self.settings.tool is Tool.ERASER) != pointer.holds(_ALT)

    def _radius(self, pointer: Pointer) -> float:
        return pen_radius(self.settings.brush_px, pointer.pressure, use_pressure=self.settings.pressure)

    def _over_wipe(self, pointer: Pointer) -> bool:
        return self.gesture is None and self._surface.is_over_wipe(pointer.picture)
