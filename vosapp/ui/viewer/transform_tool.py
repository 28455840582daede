"""Transform tool: moves, scales and turns the active object's mask by a box with handles."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGraphicsItem

from vosapp.core.document import Colour
from vosapp.core.mask import Mask
from vosapp.presentation.placement import Placement, Point
from vosapp.ui.viewer.gestures import Gesture, Pointer, distance
from vosapp.ui.viewer.pen_surface import PenSurface
from vosapp.ui.viewer.transform_item import TransformItem

TAKE_PX = 8.0  # a press this near a handle takes hold of it, in logical pixels
_SHIFT = Qt.KeyboardModifier.ShiftModifier


class TransformTool(QObject):
    """Holds how the mask is dragged until it is taken or dropped.

    Signals:
        changed: the mask was dragged, or is where it was again.
    """

    changed = Signal()

    def __init__(self, surface: PenSurface, layer: QGraphicsItem, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._surface = surface
        self.item = TransformItem(layer)

    @property
    def placement(self) -> Placement | None:
        """Where the mask is dragged to, None where there is none to drag."""
        return self.item.placement

    def begin(self, mask: Mask, colour: Colour) -> None:
        """Shows the handles of a mask; the colour is its object's."""
        self.item.set_mask(mask, QColor(*colour))
        left, top, right, bottom = mask.bounding_box or (0, 0, mask.width, mask.height)
        self.item.show_placement(Placement((left, top, right, bottom)))

    def end(self) -> None:
        """Hides the handles."""
        self.item.set_mask(None, QColor())
        self.item.show_placement(None)

    def reset(self) -> None:
        """Puts the mask where it was."""
        if self.placement is not None:
            self.place(Placement(self.placement.box))

    def press(self, pointer: Pointer) -> Gesture | None:
        """What a press begins; None off the box and its handles."""
        made = self._grasp(pointer.picture)
        return None if made is None else _Drag(made, show=self.item.show_placement, done=self.place)

    def is_over(self, pointer: Pointer) -> bool:
        """Whether a press would take hold of something."""
        return self._grasp(pointer.picture) is not None

    def _grasp(self, point: Point) -> Callable[[Pointer], Placement] | None:
        before = self.placement
        if before is None:
            return None
        zoom = self._surface.zoom
        if distance(point, self.item.turn_handle()) * zoom <= TAKE_PX:
            return partial(_turned, before, point)
        for place in (0, 2, 4, 6, 1, 3, 5, 7):  # corners lie over sides that are short on the screen
            if distance(point, before.handle(place)) * zoom <= TAKE_PX:
                return partial(_scaled, before, place)
        return partial(_moved, before, point) if before.holds(point) else None

    def place(self, placement: Placement | None) -> None:
        """Drags the mask somewhere, as a drag with the mouse does."""
        self.item.show_placement(placement)
        self.changed.emit()


class _Drag:
    """Follows the pointer with a placement."""

    def __init__(
        self,
        made: Callable[[Pointer], Placement],
        *,
        show: Callable[[Placement | None], None],
        done: Callable[[Placement | None], None],
    ) -> None:
        self._made, self._show, self._done = made, show, done
        self._last: Placement | None = None

    def move(self, pointer: Pointer) -> None:
        """The mask goes along."""
        self._last = self._made(pointer)
        self._show(self._last)

    def finish(self, pointer: Pointer) -> None:
        """The mask stays here, until that is taken or dropped."""
        self._done(self._made(pointer))

    def cancel(self) -> None:
        """What was dragged so far stays to be seen; Esc drops it."""
        if self._last is not None:
            self._done(self._last)


def _moved(before: Placement, start: Point, pointer: Pointer) -> Placement:
    dx, dy = pointer.picture[0] - start[0], pointer.picture[1] - start[1]
    if pointer.holds(_SHIFT):
        dx, dy = (dx, 0.0) if abs(dx) >= abs(dy) else (0.0, dy)
    return before.moved(dx, dy)


def _turned(before: Placement, start: Point, pointer: Pointer) -> Placement:
    return before.turned_to(start, pointer.picture, in_steps=pointer.holds(_SHIFT))


def _scaled(before: Placement, place: int, pointer: Pointer) -> Placement:
    return before.scaled_to(place, pointer.picture, freely=pointer.holds(_SHIFT))
