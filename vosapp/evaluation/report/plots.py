"""Plots as SVG elements: lines over frames, points, bars. Colours come from the page's style sheet."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _HEIGHT = 460, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 36, 10, 20, 28
_MOST_POINTS = 1500  # a scatter of more would only make the page heavy


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a plot: (x, y) points and the class of the style sheet that colours it."""

    points: Sequence[tuple[float, float]]
    style: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Axes:
    """Ranges and names of a plot's axes; y is a share and shown in percent."""

    x_name: str
    y_name: str
    x_range: tuple[float, float]
    y_range: tuple[float, float] = (0.0, 1.0)
    x_in_percent: bool = False


def line_plot(lines: Sequence[Line], axes: Axes, *, marks: Iterable[float] = ()) -> str:
    """Lines over a grid.

    Args:
        lines: drawn in their order; a point that is not a number breaks its line.
        axes: ranges and names.
        marks: places on the x axis that get a thin upright line.
    """
    parts = [_grid(axes)]
    for mark in marks:
        x, _ = _place(mark, 0, axes)
        parts.append(f'<line class="mark" x1="{x:.1f}" y1="{_TOP}" x2="{x:.1f}" y2="{_HEIGHT - _BOTTOM}"/>')
    for line in lines:
        title = f"<title>{escape(line.title)}</title>" if line.title else ""
        for part in _unbroken(line.points):
            places = " ".join(f"{x:.1f},{y:.1f}" for x, y in (_place(*point, axes) for point in part))
            parts.append(f'<polyline class="{line.style}" points="{places}">{title}</polyline>')
    return _svg(parts, axes)


def scatter_plot(groups: Sequence[Line], axes: Axes) -> str:
    """Points over a grid; of very many every n-th is drawn."""
    parts = [_grid(axes)]
    for group in groups:
        known = [p for p in group.points if not math.isnan(p[0] + p[1])]
        for point in known[:: max(1, math.ceil(len(known) / _MOST_POINTS))]:
            x, y = _place(*point, axes)
            parts.append(f'<circle class="{group.style}" cx="{x:.1f}" cy="{y:.1f}" r="2"/>')
    return _svg(parts, axes)


def difference_bar(value: float, largest: float) -> str:
    """A small bar to the right (better) or to the left (worse) of a middle line."""
    if math.isnan(value):
        return ""
    length = 50 * min(1.0, abs(value) / largest) if largest > 0 else 0.0
    start = 50.0 if value >= 0 else 50 - length
    style = "better" if value >= 0 else "worse"
    return (
        f'<svg class="bar" viewBox="0 0 100 12" role="img" aria-label="{100 * value:+.1f}">'
        f'<line class="grid" x1="50" y1="0" x2="50" y2="12"/>'
        f'<rect class="{style}" x="{start:.1f}" y="2" width="{length:.1f}" height="8" rx="1"/></svg>'
    )


def _place(x: float, y: float, axes: Axes) -> tuple[float, float]:
    (x0, x1), (y0, y1) = axes.x_range, axes.y_range
    across = (x - x0) / (x1 - x0) if x1 > x0 else 0.5
    up = (y - y0) / (y1 - y0) if y1 > y0 else 0.5
    return _LEFT + across * (_WIDTH - _LEFT - _RIGHT), _HEIGHT - _BOTTOM - up * (_HEIGHT - _TOP - _BOTTOM)


def _unbroken(points: Sequence[tuple[float, float]]) -> list[list[tuple[float, float]]]:
    parts: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if math.isnan(point[1]):
            parts.append([])
        else:
            parts[-1].append(point)
    return [part for part in parts if part]


def _grid(axes: Axes) -> str:
    parts = []
    for i in range(5):
        value = axes.y_range[0] + i / 4 * (axes.y_range[1] - axes.y_range[0])
        _, y = _place(axes.x_range[0], value, axes)
        parts.append(f'<line class="grid" x1="{_LEFT}" y1="{y:.1f}" x2="{_WIDTH - _RIGHT}" y2="{y:.1f}"/>')
        parts.append(f'<text x="{_LEFT - 5}" y="{y + 3.5:.1f}" text-anchor="end">{100 * value:.0f}</text>')
    for value in _ticks(*axes.x_range):
        x, _ = _place(value, 0, axes)
        label = f"{100 * value:.0f}" if axes.x_in_percent else f"{value:g}"
        parts.append(f'<text x="{x:.1f}" y="{_HEIGHT - _BOTTOM + 14}" text-anchor="middle">{label}</text>')
    return "".join(parts)


def _ticks(low: float, high: float) -> list[float]:
    span = high - low
    if span <= 0:
        return [low]
    raw = span / 6
    power = 10 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw)
    if high > 1:  # counts of frames or corrections have no halves
        step = max(1.0, step)
    first = math.ceil(low / step)
    return [round(k * step, 10) for k in range(first, math.floor(high / step + 1e-9) + 1)]


def _svg(parts: Iterable[str], axes: Axes) -> str:
    names = (
        f'<text class="name" x="{_WIDTH - _RIGHT}" y="{_HEIGHT - 2}" text-anchor="end">{escape(axes.x_name)}</text>'
        f'<text class="name" x="{_LEFT}" y="{_TOP - 8}">{escape(axes.y_name)}</text>'
    )
    label = escape(f"{axes.y_name} over {axes.x_name}", quote=True)
    head = f'<svg class="plot" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{label}">'
    return f"{head}{''.join(parts)}{names}</svg>"
