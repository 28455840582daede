"""Outlines of a mask as closed polylines on pixel corners, as the temporal stability measure of DAVIS 2016 takes them.

Points are (row, column) in doubled coordinates: the top left corner of pixel (r, c) is (2r, 2c).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BoolImage = NDArray[np.bool_]
Points = NDArray[np.int64]

_TOLERANCES = (0.1, 3.0)  # doubled units; the first only thins out, the second simplifies
_DOWN, _UP, _RIGHT, _LEFT = (1, 0), (-1, 0), (0, 1), (0, -1)


def longest_contour(mask: BoolImage) -> Points | None:
    """The simplified outline with the most vertices, as (count, 2) of (column, row) pixels; None when none is left.

    The first point is repeated at the end. Of several outlines with the same number of vertices the first one met
    from the top left is taken.
    """
    best: Points | None = None
    for contour in trace(mask):
        simple = simplify(simplify(contour, _TOLERANCES[0]), _TOLERANCES[1])
        simple = _oriented(simple, clockwise=_depth(contour, mask) % 2 == 0)
        halved = simple // 2
        if len(halved) > 3 and (best is None or len(halved) > len(best)):
            best = halved
    return None if best is None else best[:, ::-1]


def trace(mask: BoolImage) -> list[Points]:
    """All closed outlines of a mask, each (count, 2) with its start repeated at the end.

    The picture is padded with background, so that an object has an outline along the frame edge.
    """
    padded = np.pad(mask, 1)
    # vertical[r, c]: an edge between pixels (r, c - 1) and (r, c); horizontal[r, c]: between (r - 1, c) and (r, c).
    vertical = padded[1:-1, 1:] != padded[1:-1, :-1]
    horizontal = padded[1:, 1:-1] != padded[:-1, 1:-1]
    starts = np.argwhere(vertical)
    contours = []
    for row, column in starts:
        if vertical[row, column]:
            contours.append(_follow(int(row), int(column), vertical, horizontal))
    return contours


def _follow(row: int, column: int, vertical: BoolImage, horizontal: BoolImage) -> Points:
    """Walks along unused edges from the upper corner of a vertical edge, down first, until it is back; uses them up."""
    corners = [(row, column)]
    here = (row, column)
    while len(corners) == 1 or here != corners[0]:
        for step in (_DOWN, _UP, _RIGHT, _LEFT):
            if _use(here, step, vertical, horizontal):
                here = (here[0] + step[0], here[1] + step[1])
                corners.append(here)
                break
    return 2 * np.array(corners, np.int64)


def _use(corner: tuple[int, int], step: tuple[int, int], vertical: BoolImage, horizontal: BoolImage) -> bool:
    row, column = corner
    if step in (_DOWN, _UP):
        edges, place = vertical, (row if step == _DOWN else row - 1, column)
    else:
        edges, place = horizontal, (row, column if step == _RIGHT else column - 1)
    inside = 0 <= place[0] < edges.shape[0] and 0 <= place[1] < edges.shape[1]
    if not inside or not edges[place]:
        return False
    edges[place] = False
    return True


def simplify(contour: Points, tolerance: float) -> Points:
    """Drops points that lie within the tolerance of the line that is kept: radial thinning, then Douglas-Peucker."""
    squared = tolerance * tolerance
    thinned = _thin(contour, squared)
    keep = np.zeros(len(thinned), np.bool_)
    keep[[0, -1]] = True
    pending = [(0, len(thinned) - 1)]
    while pending:
        first, last = pending.pop()
        farthest = _farthest(thinned, first, last, squared)
        if farthest is not None:
            keep[farthest] = True
            pending += [(first, farthest), (farthest, last)]
    return thinned[keep]


def _thin(contour: Points, squared: float) -> Points:
    kept = [contour[0]]
    for point in contour[1:-1]:
        if ((point - kept[-1]) ** 2).sum() >= squared:
            kept.append(point)
    return np.array([*kept, contour[-1]])


def _farthest(points: Points, first: int, last: int, squared: float) -> int | None:
    """Index of the point farthest from the segment, the later on ties; None when all lie within the tolerance."""
    if last - first < 2:
        return None
    start, middle = points[first].astype(np.float64), points[first + 1 : last].astype(np.float64)
    along = points[last] - start
    length = float(along @ along)
    offset = middle - start
    # The reference rounds the place on the segment to single precision, which decides ties.
    place = np.clip((offset @ along / length).astype(np.float32), 0, 1) if length else np.zeros(len(middle), np.float32)
    distance = ((offset - place[:, None].astype(np.float64) * along) ** 2).sum(axis=1)
    best = len(distance) - 1 - int(np.argmax(distance[::-1]))
    return first + 1 + best if distance[best] > squared else None


def _oriented(contour: Points, *, clockwise: bool) -> Points:
    rows, columns = contour[:, 0].astype(np.float32), contour[:, 1].astype(np.float32)
    closed_rows, closed_columns = np.roll(rows, -1), np.roll(columns, -1)
    turn = float(((closed_rows - rows) * (closed_columns + columns)).sum(dtype=np.float32))
    return contour if (turn > 0) == clockwise else contour[::-1]


def _depth(contour: Points, mask: BoolImage) -> int:
    """0 for an outer outline, 1 for the outline of a hole: the pixel right of the first edge tells."""
    row, column = contour[0] // 2
    return 0 if column < mask.shape[1] and mask[row, column] else 1
