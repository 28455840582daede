"""Gestures between press and release: pan, wipe, brush size, stroke. Each ends exactly once."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import Qt

from vosapp.presentation.viewer.raster import Point
from vosapp.ui.viewer.live_stroke import LiveStroke

SMALLEST_BRUSH, LARGEST_BRUSH = 1.0, 1000.0
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


class ResizeGesture:
    """Changes the brush size by dragging: right is larger. The change is by ratio, so small brushes stay fine."""

    def __init__(self, start: Pointer, brush_px: float, resize: Callable[[float], None]) -> None:
        self._start = start.view[0]
        self._before = brush_px
        self._resize = resize

    def move(self, pointer: Pointer) -> None:
        """Sets the size for the way so far: a hundred logical pixels double or halve it."""
        self._resize(clamp_brush(self._before * 2.0 ** ((pointer.view[0] - self._start) / 100.0)))

    def finish(self, pointer: Pointer) -> None:
        """Keeps the last size."""
        self.move(pointer)

    def cancel(self) -> None:
        """Goes back to the size before."""
        self._resize(self._before)


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
