"""Carries points along an outline from one frame to the next, so that each keeps its place on the object."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vosapp.shapes.outline import Points

Indices = NDArray[np.int64]

_REACH_PX = 24  # how far along the outline a point may slide against its neighbours from frame to frame
_STRIDE_PX = 2
_DIRECTION = 60.0  # cost of an opposite direction in square pixels: keeps a point on its side of a thin limb
_STRETCH = 1.5  # cost of a change of distance between neighbours, against the same distance off its predicted place
_NEVER = 1e9


def carried(before: Points, at: Indices, after: Points) -> Indices:
    """Where points of one outline lie on the next one.

    Each goes near the place that it and its neighbours move to, keeps its direction, and keeps its distance to its
    neighbours along the line: the cheapest such places by dynamic programming. Their order never changes.

    Args:
        before: (n, 2), points about a pixel apart.
        at: ascending indices into it, at least 3.
        after: (m, 2), likewise; m at least as many as there are points.

    Returns:
        Indices into `after`; ascending but for one place where they go over its end.
    """
    here, facing, facing_after = before[at], _directions(before)[at], _directions(after)
    predicted = here + _displacement(here, facing, after, facing_after)
    gaps = np.asarray((np.roll(at, -1) - at) % len(before) * (len(after) / len(before)), np.float64)
    turned = _in_proportion(gaps, predicted, after)
    nearest = _nearest(predicted, facing, after, facing_after)
    offsets = np.arange(-_REACH_PX, _REACH_PX + 1, _STRIDE_PX)
    # Nearest places may be out of order where a limb swings; those in proportion never are.
    candidates = (np.stack([nearest, turned])[:, :, None] + offsets).transpose(1, 0, 2) % len(after)
    candidates = candidates.reshape(len(at), -1)
    unary = np.sum((after[candidates] - predicted[:, None]) ** 2, axis=2)
    unary += _DIRECTION * (1 - np.einsum("kcx,kx->kc", facing_after[candidates], facing))
    found = _cheapest(candidates, unary, gaps, len(after))
    goes_round_once = int(np.sum((np.roll(found, -1) - found) % len(after))) == len(after)
    return found if goes_round_once else turned


def _in_proportion(gaps: Points, predicted: Points, after: Points) -> Indices:
    """Places at the same shares of the line's length as before, turned to where they fit best.

    A way round that always exists, however much an outline changes from one frame to the next.
    """
    along = np.round(np.concatenate([[0.0], np.cumsum(gaps)[:-1]])).astype(np.int64)
    turns = np.arange(0, len(after), _STRIDE_PX)
    places = (along[None] + turns[:, None]) % len(after)
    cost = np.sum((after[places] - predicted[None]) ** 2, axis=(1, 2))
    return np.asarray(places[int(np.argmin(cost))], np.int64)


def _cheapest(candidates: Indices, unary: Points, gaps: Points, length: int) -> Indices:
    """The choice of candidates, one a point, with the least cost; it begins and ends at the surest point."""
    start = int(np.argmin(unary.min(axis=1)))
    order = np.roll(np.arange(len(candidates)), -start)
    first = int(np.argmin(unary[start]))
    cost = np.full(candidates.shape[1], _NEVER)
    cost[first] = unary[start, first]
    came_from = []
    for before, here in zip(order, np.roll(order, -1), strict=True):
        move = _stretch(candidates[before], candidates[here], gaps[before], length)
        total = cost[:, None] + move
        came_from.append(np.argmin(total, axis=0))
        cost = np.min(total, axis=0) + unary[here]
    choice = np.empty(len(candidates), np.int64)
    state = first  # the way round ends where it began
    for here, back in zip(np.roll(order, -1)[::-1], came_from[::-1], strict=True):
        choice[here] = state
        state = int(back[state])
    return np.asarray(candidates[np.arange(len(candidates)), choice], np.int64)


def _stretch(before: Indices, here: Indices, gap: float, length: int) -> Points:
    """(c, c) cost of the distances along the line between candidates of two neighbours."""
    distance = (here[None, :] - before[:, None]) % length
    backward = (distance == 0) | (distance > length / 2 + gap / 2)
    change = (distance - gap) ** 2 / max(gap, 1.0)
    return np.where(backward, _NEVER, _STRETCH * change)


def _displacement(here: Points, facing: Points, after: Points, facing_after: Points) -> Points:
    """How each point moves, by rounds of nearest points with ever more local averages."""
    moved = np.median(after, axis=0) - np.median(here, axis=0)
    displacement = np.tile(moved, (len(here), 1))
    for share in (1.0, 0.5, 0.25, 0.12):
        there = after[_nearest(here + displacement, facing, after, facing_after)]
        displacement = _averaged(there - here, max(1, round(share * len(here) / 2)))
    return displacement


def _averaged(values: Points, reach: int) -> Points:
    """The mean of each value and `reach` neighbours on either side, all round."""
    count = len(values)
    if 2 * reach + 1 >= count:
        return np.tile(values.mean(axis=0), (count, 1))
    sums = np.cumsum(np.vstack([np.zeros((1, 2)), values[-reach:], values, values[:reach]]), axis=0)
    return np.asarray((sums[2 * reach + 1 :] - sums[: -2 * reach - 1]) / (2 * reach + 1), np.float64)


def _nearest(points: Points, facing: Points, line: Points, facing_line: Points) -> Indices:
    """For each point the index of the nearest point of a line that runs its way."""
    cost = np.sum((points[:, None] - line[None]) ** 2, axis=2) + _DIRECTION * (1 - facing @ facing_line.T)
    return np.asarray(np.argmin(cost, axis=1), np.int64)


def _directions(line: Points) -> Points:
    """Unit vectors along a closed line, over three points on either side."""
    along = np.roll(line, -3, axis=0) - np.roll(line, 3, axis=0)
    return np.asarray(along / np.maximum(np.hypot(*along.T), 1e-9)[:, None], np.float64)
