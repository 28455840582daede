"""The gesture of the select tool: a click, a box, or a stroke."""

from __future__ import annotations

from collections.abc import Callable

from vosapp.engine.select.marks import Mark, Stroke
from vosapp.ui.viewer.gestures import Pointer, distance

_CLICK_PX = 4.0  # logical pixels that a hand moves while it means to click


class MarkGesture:
    """Marks what lies between press and release: where the pointer hardly moved, the point under it."""

    def __init__(
        self,
        start: Pointer,
        draw: Callable[[Mark | None], None],
        done: Callable[[Mark], None],
        *,
        is_inside: bool,
        as_stroke: bool,
    ) -> None:
        """Begins.

        Args:
            start: where the button went down.
            draw: shows the mark so far, None for none.
            done: takes the mark.
            is_inside: whether it lies on the object.
            as_stroke: dragging draws a stroke in place of a box; on what is not the object it always does.
        """
        self._start, self._draw, self._done = start, draw, done
        self._is_inside, self._as_stroke = is_inside, as_stroke or not is_inside
        self._points = [start.picture]
        self._moved = False

    def move(self, pointer: Pointer) -> None:
        """Draws on to the pointer."""
        self._moved = self._moved or distance(pointer.view, self._start.view) > _CLICK_PX
        if self._moved:
            self._points.append(pointer.picture)
            self._draw(self._mark())

    def finish(self, pointer: Pointer) -> None:
        """Hands the mark over."""
        self.move(pointer)
        self._draw(None)
        self._done(self._mark())

    def cancel(self) -> None:
        """Takes the mark away again."""
        self._draw(None)

    def _mark(self) -> Mark:
        if not self._moved or self._as_stroke:
            return Stroke(tuple(self._points), self._is_inside)
        (x0, y0), (x1, y1) = self._points[0], self._points[-1]
        return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
