"""Closed cubic Bezier paths as arrays, and fitting them to polygons."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vosapp.shapes.outline import Points

Path = NDArray[np.float64]
"""(points, 3, 2): incoming handle, point, outgoing handle of each point, as absolute x and y."""

_RIDGE = 1e-3  # pulls handles that few pixels determine to a third of the chord; too weak to move others
_LONGEST_HANDLE = 1.2  # times the length of the line between two points; longer ones make loops


def flattened(path: Path, per_segment: int = 12) -> Points:
    """A closed path as a polygon of `per_segment` points for each of its segments."""
    t = np.arange(per_segment) / per_segment
    weights = np.stack([(1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3])
    following = np.roll(path, -1, axis=0)
    controls = np.stack([path[:, 1], path[:, 2], following[:, 0], following[:, 1]], axis=1)
    return np.asarray(np.einsum("ct,pcx->ptx", weights, controls).reshape(-1, 2), np.float64)


def fitted_handles(line: Points) -> tuple[Points, Points]:
    """The two handles of the cubic that follows an open line best (least squares), its ends being fixed.

    Args:
        line: (n, 2), n at least 2.

    Returns:
        The handle that leaves the first point, and the one that arrives at the last.
    """
    first, last = line[0], line[-1]
    steps = np.hypot(*np.diff(line, axis=0).T)
    length = float(steps.sum())
    thirds = first + (last - first) / 3, last - (last - first) / 3
    if len(line) < 4 or length <= 0:
        return thirds
    t = np.concatenate([[0.0], np.cumsum(steps)]) / length
    b1, b2 = 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2
    rest = line - np.outer((1 - t) ** 3 + b1, first) - np.outer(t**3 + b2, last)
    ridge = _RIDGE * len(line)
    a11, a12, a22 = b1 @ b1 + ridge, b1 @ b2, b2 @ b2 + ridge
    y1 = b1 @ rest + ridge * (thirds[0] - first)
    y2 = b2 @ rest + ridge * (thirds[1] - last)
    determinant = a11 * a22 - a12 * a12
    out = (a22 * y1 - a12 * y2) / determinant
    into = (a11 * y2 - a12 * y1) / determinant
    return first + _shortened(out, length), last + _shortened(into, length)


def _shortened(handle: Points, length: float) -> Points:
    size = float(np.hypot(*handle))
    return handle * (_LONGEST_HANDLE * length / size) if size > _LONGEST_HANDLE * length else handle


def smoothed(path: Path, most_degrees: float = 40.0) -> Path:
    """A path whose handles lie on one line at every point where they nearly do; corners stay corners.

    Args:
        path: to be smoothed.
        most_degrees: how far the handles of a point may be from one line for it to be no corner.
    """
    into, out = path[:, 1] - path[:, 0], path[:, 2] - path[:, 1]
    long_in, long_out = np.hypot(*into.T), np.hypot(*out.T)
    known = (long_in > 1e-6) & (long_out > 1e-6)
    safe_in, safe_out = np.where(known, long_in, 1.0), np.where(known, long_out, 1.0)
    unit_in, unit_out = into / safe_in[:, None], out / safe_out[:, None]
    cosine = np.sum(unit_in * unit_out, axis=1)
    blend = known & (cosine > np.cos(np.radians(most_degrees)))
    # The longer handle says more about the direction of the outline.
    direction = unit_in * long_in[:, None] + unit_out * long_out[:, None]
    direction /= np.maximum(np.hypot(*direction.T), 1e-9)[:, None]
    result = path.copy()
    result[blend, 0] = path[blend, 1] - direction[blend] * long_in[blend, None]
    result[blend, 2] = path[blend, 1] + direction[blend] * long_out[blend, None]
    return result
