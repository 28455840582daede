"""cheapest: assigns predictions to true objects where nobody said in which order they come."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


def cheapest(cost: Numbers) -> list[int]:
    """The column of each row in the one-to-one assignment of the smallest total cost.

    The Hungarian method with potentials: rows join one after the other, each along the cheapest path of exchanges.

    Args:
        cost: (n, n).
    """
    count = cost.shape[0]
    rows, columns = np.zeros(count + 1), np.zeros(count + 1)  # potentials; index 0 stands for "nobody yet"
    owner = np.zeros(count + 1, np.int64)
    for row in range(1, count + 1):
        owner[0] = row
        way = _cheapest_path(cost, owner, (rows, columns))
        column = int(way[-1])
        while column:
            before = int(way[column])
            owner[column] = owner[before]
            column = before
    found = [0] * count
    for column in range(1, count + 1):
        found[owner[column] - 1] = column - 1
    return found


def _cheapest_path(cost: Numbers, owner: NDArray[np.int64], potentials: tuple[Numbers, Numbers]) -> NDArray[np.int64]:
    """Per column the one before it on the path, and at the end the free column that the path leads to."""
    rows, columns = potentials
    distance = np.full(len(owner), np.inf)
    before, used = np.zeros(len(owner) + 1, np.int64), np.zeros(len(owner), bool)
    column = 0
    while owner[column]:
        used[column] = True
        row = int(owner[column])
        reduced = cost[row - 1] - rows[row] - columns[1:]
        nearer = ~used[1:] & (reduced < distance[1:])
        distance[1:][nearer], before[1:-1][nearer] = reduced[nearer], column
        open_columns = np.where(used, np.inf, distance)
        open_columns[0] = np.inf
        nearest = int(np.argmin(open_columns))
        step = open_columns[nearest]
        rows[owner[used]] += step
        columns[used] -= step
        distance[~used] -= step
        column = nearest
    before[-1] = column
    return before
