"""Gestures between press and release: pan, wipe, brush, stroke. Each ends exactly once."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import Qt

from vosapp.presentation.viewer.raster import Point
from vosapp.ui.viewer.live_stroke import LiveStroke

SMALLEST_BRUSH, LARGEST_BRUSH = 1.0, 1000.0
SOFTEST_PX = 200.0
DECIDES_PX = 4.0  # logical pixels after which a drag is for the size or for the edge
LIGHTEST_PRESSURE = 0.15  # a pen that barely touches still paints


@dataclass(frozen=True, slots=True)
class Pointer:
    """One mouse or pen event.

    Attributes:
        view: in logical pixels of the viewer.
        picture: in picture pixels.
        modifiers: keys held.
        pressure: 0 to 1; 1 for a mouse.
    """

    view: Point
    picture: Point
    modifiers: Qt.KeyboardModifier
    pressure: float = 1.0

    def holds(self, modifier: Qt.KeyboardModifier) -> bool:
        """Whether a key is held."""
        return bool(self.modifiers & modifier)


class Gesture(Protocol):
    """Protocol of what happens between press and release."""

    def move(self, pointer: Pointer) -> None:
        """The pointer went on."""

    def finish(self, pointer: Pointer) -> None:
        """The button or pen was lifted."""

    def cancel(self) -> None:
        """Ends without a trace."""


class PanGesture:
    """Moves the picture with the hand."""

    def __init__(self, start: Pointer, pan: Callable[[float, float], None]) -> None:
        self._last = start.view
        self._pan = pan

    def move(self, pointer: Pointer) -> None:
        """Moves the picture by what the pointer moved."""
        self._pan(pointer.view[0] - self._last[0], pointer.view[1] - self._last[1])
        self._last = pointer.view

    def finish(self, pointer: Pointer) -> None:
        """Moves the last piece."""
        self.move(pointer)

    def cancel(self) -> None:
        """A pan stays where it is."""


class RightGesture:
    """Waits whether the right button is clicked or dragged."""

    def __init__(
        self, start: Pointer, *, begin: Callable[[Pointer], None] | None, clicked: Callable[[Point], None]
    ) -> None:
        """Begins; `begin` takes over once it is a drag (None: a drag does nothing), `clicked` takes the view point."""
        self._start, self._begin, self._clicked = start, begin, clicked
        self._is_click = True

    def move(self, pointer: Pointer) -> None:
        """Hands over to the gesture of a drag."""
        if self._is_click and distance(pointer.view, self._start.view) >= DECIDES_PX:
            self._is_click = False
            if self._begin is not None:
                self._begin(pointer)

    def finish(self, pointer: Pointer) -> None:
        """It was a click."""
        if self._is_click:
            self._clicked(pointer.view)

    def cancel(self) -> None:
        """Nothing has begun."""


class WipeGesture:
    """Moves the wipe's line with the pointer."""

    def __init__(self, drag: Callable[[Point], None]) -> None:
        self._drag = drag

    def move(self, pointer: Pointer) -> None:
        """The line goes along."""
        self._drag(pointer.picture)

    def finish(self, pointer: Pointer) -> None:
        """The line stays here."""
        self._drag(pointer.picture)

    def cancel(self) -> None:
        """The line stays where it is."""


class BrushGesture:
    """Changes the brush size by dragging aside, right is larger, or the edge's softness by dragging up and down.

    Whichever way the pointer goes first decides. The size changes by ratio, so small brushes stay fine.
    """

    def __init__(
        self,
        start: Pointer,
        brush_px: float,
        soft_px: float,
        *,
        resize: Callable[[float], None],
        soften: Callable[[float], None],
    ) -> None:
        """Begins with the size and softness as they are, both in picture pixels; the calls take the new ones."""
        self._start = start.view
        self._brush_px, self._soft_px = brush_px, soft_px
        self._resize, self._soften = resize, soften
        self._way = ""

    def move(self, pointer: Pointer) -> None:
        """Sets what the way so far is for: a hundred logical pixels double or halve the size, five are a soft pixel."""
        right, up = pointer.view[0] - self._start[0], self._start[1] - pointer.view[1]
        if not self._way and max(abs(right), abs(up)) >= DECIDES_PX:
            self._way = "size" if abs(right) >= abs(up) else "edge"
        if self._way == "size":
            self._resize(clamp_brush(self._brush_px * 2.0 ** (right / 100.0)))
        elif self._way == "edge":
            self._soften(clamp_softness(round(self._soft_px + up / 5.0)))

    def finish(self, pointer: Pointer) -> None:
        """Keeps what was set last."""
        self.move(pointer)

    def cancel(self) -> None:
        """Goes back to what was before."""
        if self._way == "size":
            self._resize(self._brush_px)
        elif self._way == "edge":
            self._soften(self._soft_px)


class StrokeGesture:
    """Paints or erases along the pointer."""

    def __init__(
        self,
        start: Pointer,
        live: LiveStroke,
        radius: Callable[[Pointer], float],
        *,
        done: Callable[[LiveStroke, Point], None],
        dropped: Callable[[], None],
        line_from: Point | None = None,
    ) -> None:
        self._live = live
        self._radius = radius
        self._done = done
        self._dropped = dropped
        if line_from is not None:
            live.extend(line_from, radius(start))
        self.move(start)

    def move(self, pointer: Pointer) -> None:
        """Paints on to the pointer."""
        self._live.extend(pointer.picture, self._radius(pointer))

    def finish(self, pointer: Pointer) -> None:
        """Hands the stroke over. The place of the release was painted by the last move."""
        self._done(self._live, pointer.picture)

    def cancel(self) -> None:
        """Takes the live stroke away again."""
        self._dropped()


def clamp_brush(brush_px: float) -> float:
    """A brush diameter within what is useful, in picture pixels."""
    return min(max(brush_px, SMALLEST_BRUSH), LARGEST_BRUSH)


def clamp_softness(soft_px: float) -> float:
    """The width of a soft edge within what is useful, in picture pixels."""
    return min(max(soft_px, 0.0), SOFTEST_PX)


def stepped_brush(brush_px: float, direction: int) -> float:
    """The next larger (+1) or smaller (-1) brush: a tenth more or less, at least one pixel, in whole pixels."""
    step = max(1.0, round(brush_px * 0.1))
    return clamp_brush(round(brush_px) + direction * step)


def pen_radius(brush_px: float, pressure: float, *, use_pressure: bool) -> float:
    """Radius of a stroke in picture pixels; pressure makes it smaller, never larger than the ring."""
    share = max(LIGHTEST_PRESSURE, min(pressure, 1.0)) if use_pressure else 1.0
    return brush_px * share / 2.0


def distance(first: Point, second: Point) -> float:
    """Distance between two points."""
    return math.hypot(first[0] - second[0], first[1] - second[1])
