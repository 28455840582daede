"""Shape tool: polygon, lasso, box and ellipse as drafts, and the points of shapes that are in the mask already."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGraphicsItem

from vosapp.core.document import Colour
from vosapp.core.pen_shape import Combine, PenShape, Point
from vosapp.presentation.pen_shapes import box, ellipse
from vosapp.presentation.view_state import Tool
from vosapp.ui.viewer.gestures import Gesture, Pointer
from vosapp.ui.viewer.pen_items import PolygonItem, ShapeItem
from vosapp.ui.viewer.pen_surface import PenSurface
from vosapp.ui.viewer.polygon import TAKE_PX, CornerGesture, LassoGesture, PolygonDraft, ShapeGesture

_ALT = Qt.KeyboardModifier.AltModifier
_CTRL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier


class ShapeTool(QObject):
    """Owns the draft of a shape, and moves the points of the one that the document offers for it.

    Attributes:
        draft: the shape that is not closed yet.

    Signals:
        changed: number of the draft's corners.
        closed: a `PenShape` and what it does with the mask (`Combine`).
        moved: the `PenShape` that takes the place of the one shown.
    """

    changed = Signal(int)
    closed = Signal(object, object)
    moved = Signal(object)

    def __init__(self, surface: PenSurface, layer: QGraphicsItem, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._surface = surface
        self.draft = PolygonDraft()
        self._polygon_item = PolygonItem(layer)
        self.item = ShapeItem(layer)
        self._shape: PenShape | None = None
        self._colour = QColor()

    def show_shape(self, shape: PenShape | None, colour: Colour) -> None:
        """Shows the handles of a shape that is in the mask, None for none; the colour is the object's."""
        self._shape, self._colour = shape, QColor(*colour)
        self._show_still()

    # -- pointer ------------------------------------------------------------------------------------------------

    def press(self, pointer: Pointer, tool: Tool) -> Gesture | None:
        """What a press begins; None where it only closes."""
        if self.draft.pasted is not None:
            return self._press_pasted(pointer, self.draft.pasted)
        if self._shape is not None and not len(self.draft):
            gesture = self._press_shape(pointer, self._shape, tool)
            if gesture is not None:
                return gesture
        if tool is Tool.POLYGON:
            return self._press_polygon(pointer)
        intersects = combine_of(pointer) is Combine.INTERSECT  # whose Shift is no wish for a square
        made = partial(self._dragged, tool, pointer.picture, intersects)
        done = partial(self._put, combine_of(pointer))
        return ShapeGesture(pointer, made, show=self._show_moving, done=done)

    def _press_shape(self, pointer: Pointer, shape: PenShape, tool: Tool) -> Gesture | None:
        """Takes hold of a point, or with Ctrl of the line; a click with Ctrl and Alt takes the point out."""
        held = self._held(pointer)
        clicked: Callable[[Pointer], None] | None = None
        if pointer.holds(_CTRL):
            if held < 0:
                shape, held = shape.with_handle_on(pointer.picture, TAKE_PX / self._surface.zoom)
            elif pointer.holds(_ALT):
                clicked = partial(self._remove_point, shape, held)
        elif tool is Tool.POLYGON:
            clicked = self._set_corner
        if held < 0:
            return None
        made = partial(self._with_handle, shape, held)
        done = partial(self._hand_over_moved, self._shape)
        return ShapeGesture(pointer, made, show=self._show_moving, done=done, clicked=clicked)

    def _remove_point(self, shape: PenShape, place: int, _pointer: Pointer) -> None:
        self.moved.emit(shape.without_handle(place))

    def hover(self, pointer: Pointer) -> bool:
        """Follows the pointer between presses; returns whether a press would take hold of a point."""
        if len(self.draft) and self.draft.pasted is None:
            self._show_draft(pointer.picture)
            return self.draft.corner_at(pointer.picture, self._surface.zoom) >= 0
        held = self._held(pointer)
        self._show_still(held)
        return held >= 0

    def _held(self, pointer: Pointer) -> int:
        """Place of the handle that a press takes hold of, -1 for none.

        Without Ctrl, Alt draws a shape that takes away; a lasso's points are left alone: one corrects along its line.
        """
        shape = self.draft.pasted or self._shape
        if shape is None:
            return -1
        if self.draft.pasted is None and not pointer.holds(_CTRL) and (shape.is_freehand or pointer.holds(_ALT)):
            return -1
        return shape.handle_at(pointer.picture, TAKE_PX / self._surface.zoom)

    def _press_pasted(self, pointer: Pointer, shape: PenShape) -> Gesture:
        """A pasted shape is taken at a handle, or else moves as a whole."""
        held = self._held(pointer)
        made = partial(self._with_handle, shape, held) if held >= 0 else partial(_shifted, shape, pointer.picture)
        return ShapeGesture(pointer, made, show=self._show_moving, done=self._keep_pasted)

    def _press_polygon(self, pointer: Pointer) -> Gesture:
        place = self.draft.corner_at(pointer.picture, self._surface.zoom)
        if place >= 0:
            return CornerGesture(
                pointer, self.draft, place, moved=partial(self._show_draft, None), clicked=partial(self._clicked, place)
            )
        self._set_corner(pointer)
        return LassoGesture(self.draft, self._surface, moved=self._show_draft, ended=self._end_lasso)

    def _set_corner(self, pointer: Pointer) -> None:
        self.draft.click(pointer.picture)
        self._show_draft(pointer.picture)
        self.changed.emit(len(self.draft))

    def _clicked(self, place: int, pointer: Pointer) -> None:
        """A click at the first corner closes, with Alt at another one takes it out."""
        if place == 0 and self.draft.is_area:
            self.close(combine_of(pointer))
        elif pointer.holds(_ALT):
            del self.draft.points[place]
            self.changed.emit(len(self.draft))
            self._show_draft(pointer.picture)

    def _end_lasso(self, pointer: Pointer) -> None:
        """Closes a lasso; after a mere click the corner stays and more may follow."""
        if self.draft.is_lasso:
            self.close(combine_of(pointer))
        else:
            self.changed.emit(len(self.draft))

    def _dragged(self, tool: Tool, start: Point, intersects: bool, pointer: Pointer) -> PenShape:
        make = ellipse if tool is Tool.ELLIPSE else box
        return make(start, pointer.picture, even=pointer.holds(_SHIFT) and not intersects)

    def _with_handle(self, shape: PenShape, place: int, pointer: Pointer) -> PenShape:
        return shape.with_handle_at(place, pointer.picture)

    # -- what becomes of it -------------------------------------------------------------------------------------

    def close(self, combine: Combine = Combine.ADD) -> None:
        """Closes the draft, which takes effect; one that is no area yet is dropped."""
        if not self.draft.is_area:
            self.drop()
            return
        shape = self.draft.shape(self._surface.zoom)
        self.draft.clear()
        self._put(combine, shape)
        self.changed.emit(0)
        self._show_draft(None)

    def paste(self, shape: PenShape) -> None:
        """Takes a shape as the draft, to be moved and closed."""
        self.draft.clear()
        self.draft.pasted = shape
        self.changed.emit(len(self.draft))
        self._show_draft(None)

    def take_back(self) -> None:
        """Removes the last corner of the draft."""
        self.draft.take_back()
        self.changed.emit(len(self.draft))
        self._show_draft(None)

    def drop(self) -> None:
        """Forgets the draft."""
        if len(self.draft):
            self.draft.clear()
            self.changed.emit(0)
            self._show_draft(None)

    def _put(self, combine: Combine, shape: PenShape, _pointer: Pointer | None = None) -> None:
        self.closed.emit(shape, combine)

    def _keep_pasted(self, shape: PenShape, _pointer: Pointer) -> None:
        self.draft.pasted = shape
        self._show_draft(None)

    def _hand_over_moved(self, before: PenShape | None, shape: PenShape, _pointer: Pointer) -> None:
        """Hands a moved shape over, unless another frame or object came under the pointer, with a shape of its own."""
        if before == self._shape:
            self.moved.emit(shape)

    # -- what is shown ------------------------------------------------------------------------------------------

    def _show_draft(self, pointer: Point | None) -> None:
        closing = pointer is not None and self.draft.closes_at(pointer, self._surface.zoom)
        self._polygon_item.show_points(tuple(self.draft.points), pointer, closing=closing, colour=self._colour)
        self._show_still()

    def _show_still(self, lit: int = -1) -> None:
        pasted = self.draft.pasted
        self.item.show_shape(pasted or self._shape, self._colour, filled=pasted is not None, lit=lit)

    def _show_moving(self, shape: PenShape | None) -> None:
        if shape is None:
            self._show_still()
        else:
            self.item.show_shape(shape, self._colour, filled=True)


def combine_of(pointer: Pointer) -> Combine:
    """What a shape does with the mask, by the keys that are held."""
    if not pointer.holds(_ALT):
        return Combine.ADD
    return Combine.INTERSECT if pointer.holds(_SHIFT) else Combine.SUBTRACT


def _shifted(shape: PenShape, start: Point, pointer: Pointer) -> PenShape:
    return shape.moved(pointer.picture[0] - start[0], pointer.picture[1] - start[1])
