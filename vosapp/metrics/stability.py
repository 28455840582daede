"""Temporal instability T of DAVIS 2016: how much the outline of a result changes its shape from frame to frame.

Perazzi et al., CVPR 2016: the outlines of two consecutive masks are described point by point by shape contexts
(Belongie et al., 2002), matched by dynamic time warping, and T is the mean cost of the matched pairs. Lower is
better; what moves without changing its shape scores low.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vosapp.metrics.contours import longest_contour

BoolImage = NDArray[np.bool_]
Floats = NDArray[np.float64]

_LONGEST_SEGMENT = 3.0  # pixels between two described points of an outline
_RADIAL_EDGES = np.geomspace(1 / 8, 2, 5)
_ANGLE_BINS = 12
_TINY = 2.2204e-16
_SCALE = 5.0  # what the benchmark multiplies a frame pair's value by


def sequence_instability(masks: Sequence[BoolImage]) -> float:
    """T of a sequence of masks of one result; NaN when no pair has outlines.

    The first and the last frame are left out, as DAVIS does.
    """
    inner = masks[1:-1]
    pairs = [_SCALE * pair_instability(a, b) for a, b in itertools.pairwise(inner)]
    known = [value for value in pairs if not math.isnan(value)]
    return float(np.mean(known)) if known else math.nan


def pair_instability(first: BoolImage, second: BoolImage) -> float:
    """Cost of turning one mask's longest outline into the other's, 0..1; NaN when one has no outline."""
    outlines = longest_contour(first), longest_contour(second)
    if outlines[0] is None or outlines[1] is None:
        return math.nan
    a, b = (_normalised(shape_contexts(upsample(outline))) for outline in outlines if outline is not None)
    cost = chi_square(a, b)
    return _mean_matched(cost, match_cyclic(cost))


def upsample(contour: NDArray[np.integer]) -> NDArray[np.float32]:
    """Cuts the segments of a closed outline (count, 2) into parts of at most three pixels."""
    points = contour.astype(np.float32)
    result = [points[0]]
    for start, end in itertools.pairwise(points):
        step = end - start
        length = float(np.sqrt((step.astype(np.float64) ** 2).sum()))
        parts = math.ceil(length / _LONGEST_SEGMENT) if length > _LONGEST_SEGMENT else 1
        part = (step / np.float32(parts)).astype(np.float32)
        for _ in range(parts - 1):
            result.append(result[-1] + part)
        result.append(end)
    return np.array(result, np.float32)


def shape_contexts(points: NDArray[np.float32]) -> NDArray[np.int64]:
    """Where all points of an outline lie as seen from each: counts (count, 60) over five distances and 12 angles.

    Distances are relative to the mean of all; points far away are not counted.
    """
    x, y = points[:, 0].astype(np.float64), points[:, 1].astype(np.float64)
    right, down = x[None] - x[:, None], y[None] - y[:, None]
    distance = np.hypot(right, down)
    relative = distance / distance.mean()
    ring = (relative[..., None] < _RADIAL_EDGES).sum(axis=-1)
    angle = np.mod(np.arctan2(down, right), 2 * np.pi)
    sector = np.minimum((angle / (2 * np.pi / _ANGLE_BINS)).astype(np.int64), _ANGLE_BINS - 1)
    rings = len(_RADIAL_EDGES)
    cell = np.where(ring > 0, _ANGLE_BINS * (ring - 1) + sector, rings * _ANGLE_BINS)
    counts = np.zeros((len(points), rings * _ANGLE_BINS + 1), np.int64)
    np.add.at(counts, (np.arange(len(points))[:, None], cell), 1)
    return counts[:, :-1]


def chi_square(a: Floats, b: Floats) -> Floats:
    """Chi-square distances (count a, count b) between rows of histograms that sum to one."""
    cost = np.empty((len(a), len(b)))
    for i, row in enumerate(a):
        cost[i] = 0.5 * ((row - b) ** 2 / (row + b + _TINY)).sum(axis=1)
    return cost


def match_cyclic(cost: Floats) -> list[tuple[int, int]]:
    """Pairs of the cheapest monotone match of two closed outlines.

    A first match along the given starts finds the best place to begin; the second begins there.
    """
    first = cheapest_path(cost)
    inner = first[:-1]  # the path comes from its end; the start is last and does not count
    if not inner:
        return first
    a, b = min(inner, key=lambda node: cost[node])
    rolled = np.roll(cost, (-(a + 1), -(b + 1)), axis=(0, 1))
    rows, columns = cost.shape
    return [((i + a + 1) % rows, (j + b + 1) % columns) for i, j in cheapest_path(rolled)]


def cheapest_path(cost: Floats) -> list[tuple[int, int]]:
    """The cheapest monotone path from the first to the last node, listed from its end; the start node is free."""
    rows, columns = cost.shape
    total = np.full((rows, columns), np.inf)
    total[0] = np.cumsum(cost[0]) - cost[0, 0]
    total[:, 0] = np.cumsum(cost[:, 0]) - cost[0, 0]
    # Nodes of one diagonal depend only on the two diagonals before, so a whole diagonal is filled at once.
    for diagonal in range(2, rows + columns - 1):
        i = np.arange(max(1, diagonal - columns + 1), min(rows - 1, diagonal - 1) + 1)
        j = diagonal - i
        before = np.minimum(np.minimum(total[i - 1, j], total[i, j - 1]), total[i - 1, j - 1])
        total[i, j] = before + cost[i, j]
    return _backtrack(total)


def _backtrack(total: Floats) -> list[tuple[int, int]]:
    i, j = total.shape[0] - 1, total.shape[1] - 1
    path = [(i, j)]
    while (i, j) != (0, 0):
        steps = [(i - 1, j - 1), (i - 1, j), (i, j - 1)]
        i, j = min((s for s in steps if s[0] >= 0 and s[1] >= 0), key=lambda node: total[node])
        path.append((i, j))
    return path


def _mean_matched(cost: Floats, path: Sequence[tuple[int, int]]) -> float:
    """Mean cost of the pairs that are the cheapest of their point on the first outline, then on the second."""
    for side in (0, 1):
        cheapest: dict[int, tuple[int, int]] = {}
        for pair in path:
            known = cheapest.get(pair[side])
            if known is None or cost[pair] < cost[known]:
                cheapest[pair[side]] = pair
        path = list(cheapest.values())
    return float(np.mean([cost[pair] for pair in path]))


def _normalised(counts: NDArray[np.int64]) -> Floats:
    return np.asarray(counts / (counts.sum(axis=1, keepdims=True) + _TINY), np.float64)
