"""Polygon draft: corners by clicks, a lasso by dragging."""

from __future__ import annotations

from collections.abc import Callable

from vosapp.presentation.viewer.raster import Point
from vosapp.ui.viewer.gestures import Pointer, distance
from vosapp.ui.viewer.pen_surface import PenSurface

CLOSE_PX = 10.0  # a click this near the first corner closes, in logical pixels
LASSO_STEP_PX = 3.0  # a lasso sets a corner each time the pointer went this far, in logical pixels


class PolygonDraft:
    """Corners in picture coordinates, in the order they were set."""

    def __init__(self) -> None:
        self.points: list[Point] = []
        self._lasso_start = 0

    def __len__(self) -> int:
        return len(self.points)

    def closes_at(self, point: Point, zoom: float) -> bool:
        """Whether a click at a point closes the polygon."""
        return len(self.points) >= 3 and distance(point, self.points[0]) * zoom <= CLOSE_PX

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
        """Removes the last corner."""
        if self.points:
            self.points.pop()
            self._lasso_start = len(self.points)

    def clear(self) -> None:
        """Forgets all corners."""
        self.points.clear()
        self._lasso_start = 0

    @property
    def is_area(self) -> bool:
        """Whether there are enough corners for an area."""
        return len(self.points) >= 3


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
