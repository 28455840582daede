"""Polygon draft: corners by clicks, a lasso by dragging, and the gestures that make and move shapes."""

from __future__ import annotations

from collections.abc import Callable

from vosapp.core.pen_shape import PenShape, Point
from vosapp.presentation.pen_shapes import lasso, polygon
from vosapp.ui.viewer.gestures import Pointer, distance
from vosapp.ui.viewer.pen_surface import PenSurface

CLOSE_PX = 10.0  # a click this near the first corner closes, in logical pixels
TAKE_PX = 7.0  # a press this near a point takes hold of it
LASSO_STEP_PX = 3.0  # a lasso sets a corner each time the pointer went this far, in logical pixels
LASSO_TOLERANCE_PX = 3.0  # how far a lasso's line may be from the one through its handles
_STILL_PX = 2.0  # a hand that means to click moves less


class PolygonDraft:
    """A shape before it is closed, in picture coordinates: corners in the order they were set, or a pasted shape.

    Attributes:
        pasted: a shape as it was pasted and moved since; None while corners are set.
    """

    def __init__(self) -> None:
        self.points: list[Point] = []
        self.pasted: PenShape | None = None
        self._lasso_start = 0

    def __len__(self) -> int:
        return len(self.points) if self.pasted is None else len(self.pasted.points)

    def closes_at(self, point: Point, zoom: float) -> bool:
        """Whether a click at a point closes the polygon."""
        return len(self.points) >= 3 and distance(point, self.points[0]) * zoom <= CLOSE_PX

    def corner_at(self, point: Point, zoom: float) -> int:
        """Place of the corner that a press takes hold of, -1 for none."""
        if self.closes_at(point, zoom):
            return 0
        return polygon(self.points).handle_at(point, TAKE_PX / zoom)

    def click(self, point: Point) -> None:
        """Sets a corner."""
        self.points.append(point)
        self._lasso_start = len(self.points)

    def drag(self, point: Point, zoom: float) -> None:
        """Goes on as a lasso when the pointer went far enough."""
        if self.points and distance(point, self.points[-1]) * zoom >= LASSO_STEP_PX:
            self.points.append(point)

    @property
    def is_lasso(self) -> bool:
        """Whether corners were set by dragging since the last click, enough to be an area."""
        return len(self.points) - self._lasso_start >= 5

    def take_back(self) -> None:
        """Removes the last corner, or the whole of a pasted shape."""
        self.pasted = None
        if self.points:
            self.points.pop()
            self._lasso_start = len(self.points)

    def clear(self) -> None:
        """Forgets all corners."""
        self.points.clear()
        self.pasted = None
        self._lasso_start = 0

    @property
    def is_area(self) -> bool:
        """Whether there are enough corners for an area."""
        return len(self) >= 3

    def shape(self, zoom: float) -> PenShape:
        """The shape when it is closed now; a freehand line has handles where it bends."""
        if self.pasted is not None:
            return self.pasted
        return lasso(self.points, LASSO_TOLERANCE_PX / zoom) if self.is_lasso else polygon(self.points)


class LassoGesture:
    """Holding the button after a corner draws on freehand."""

    def __init__(
        self,
        draft: PolygonDraft,
        surface: PenSurface,
        *,
        moved: Callable[[Point], None],
        ended: Callable[[Pointer], None],
    ) -> None:
        """Begins at the draft's last corner; `moved` and `ended` hear of the pointer."""
        self._draft = draft
        self._surface = surface
        self._moved = moved
        self._ended = ended

    def move(self, pointer: Pointer) -> None:
        """Goes on with the lasso."""
        self._draft.drag(pointer.picture, self._surface.zoom)
        self._moved(pointer.picture)

    def finish(self, pointer: Pointer) -> None:
        """Lets the owner see whether it is a lasso."""
        self._ended(pointer)

    def cancel(self) -> None:
        """The corners stay."""


class CornerGesture:
    """Moves a corner of a draft; where the pointer stays, it was a click."""

    def __init__(
        self,
        start: Pointer,
        draft: PolygonDraft,
        place: int,
        *,
        moved: Callable[[], None],
        clicked: Callable[[Pointer], None],
    ) -> None:
        """Takes hold of the corner at a place; `moved` shows the draft, `clicked` hears that it was none."""
        self._start, self._draft, self._place = start, draft, place
        self._before = draft.points[place]
        self._moved, self._clicked = moved, clicked
        self._is_click = True

    def move(self, pointer: Pointer) -> None:
        """The corner goes along."""
        self._is_click = self._is_click and distance(pointer.view, self._start.view) <= _STILL_PX
        if not self._is_click:
            self._draft.points[self._place] = pointer.picture
            self._moved()

    def finish(self, pointer: Pointer) -> None:
        """The corner stays here."""
        self.move(pointer)
        if self._is_click:
            self._clicked(pointer)

    def cancel(self) -> None:
        """The corner goes back."""
        self._draft.points[self._place] = self._before
        self._moved()


class ShapeGesture:
    """Shows a shape that follows the pointer, and hands it over: a new box or ellipse, or one that is moved."""

    def __init__(
        self,
        start: Pointer,
        made: Callable[[Pointer], PenShape],
        *,
        show: Callable[[PenShape | None], None],
        done: Callable[[PenShape, Pointer], None],
        clicked: Callable[[Pointer], None] | None = None,
    ) -> None:
        """Begins.

        Args:
            start: where the button went down.
            made: the shape for where the pointer is.
            show: shows the shape so far, None for none.
            done: takes the shape; not called where the pointer hardly moved.
            clicked: hears of that.
        """
        self._start, self._made, self._show, self._done, self._clicked = start, made, show, done, clicked
        self._has_moved = False

    def move(self, pointer: Pointer) -> None:
        """The shape follows."""
        self._has_moved = self._has_moved or distance(pointer.view, self._start.view) > _STILL_PX
        if self._has_moved:
            self._show(self._made(pointer))

    def finish(self, pointer: Pointer) -> None:
        """Hands the shape over."""
        self.move(pointer)
        self._show(None)
        if self._has_moved:
            self._done(self._made(pointer), pointer)
        elif self._clicked is not None:
            self._clicked(pointer)

    def cancel(self) -> None:
        """Takes the shape away again."""
        self._show(None)
