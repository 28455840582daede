"""Gaussian filtering in a space of many dimensions, on the permutohedral lattice.

A bilateral filter is a Gaussian filter in the space of position and colour. Adams, Baek and Davis ("Fast
High-Dimensional Filtering Using the Permutohedral Lattice", 2010) lay a lattice of simplices through that space: each
point gives its value to the corners of the simplex around it, the lattice is blurred along its axes, and the point
reads the blurred values back with the same weights. The cost grows with the number of points and of dimensions, not
with the width of the filter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]
Ints: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Lattice:
    """A lattice built for one set of points; it filters any values that stand at them.

    Attributes:
        corners: (d + 1, points) which lattice points surround each point; row 0 of the values is for none.
        weights: (d + 1, points) how much each of them counts.
        neighbours: (d + 1, 2, lattice points + 1) the lattice points on both sides along each axis.
    """

    corners: Ints
    weights: Floats
    neighbours: Ints

    def filter(self, values: Floats) -> Floats:
        """Sums of values weighted by a Gaussian of unit width around each point, up to a common factor.

        Args:
            values: (points,).
        """
        size = self.neighbours.shape[2]
        on_lattice = np.zeros(size, np.float64)
        for corner, weight in zip(self.corners, self.weights, strict=True):
            on_lattice += np.bincount(corner, weights=weight * values, minlength=size)
        blurred = on_lattice.astype(np.float32)
        for before, after in self.neighbours:
            blurred = blurred + np.float32(0.5) * (blurred[before] + blurred[after])
            blurred[0] = 0
        return sum(
            (weight * blurred[corner] for corner, weight in zip(self.corners, self.weights, strict=True)),
            np.zeros(values.shape, np.float32),
        )


def build_lattice(features: Floats) -> Lattice:
    """The lattice of a set of points.

    Args:
        features: (points, d), each divided by the width that the filter has along its dimension.
    """
    elevated = _elevate(features)
    base, rank = _nearest_remainder_zero(elevated)
    weights = _barycentric(elevated, base, rank)
    dimensions = features.shape[1]
    keys = np.stack([base + _corner_offset(rank, remainder, dimensions) for remainder in range(dimensions + 1)])
    code = _Code.covering(keys)
    unique, inverse = np.unique(code.of(keys).ravel(), return_inverse=True)
    corners = inverse.reshape(keys.shape[:2]) + 1
    return Lattice(np.asarray(corners, np.int64), weights, _neighbours(unique, code, dimensions))


def _elevate(features: Floats) -> Floats:
    """Points (n, d) on the plane in d + 1 dimensions whose coordinates sum to zero, (n, d + 1)."""
    count, dimensions = features.shape
    index = np.arange(1, dimensions + 1)
    spread = np.sqrt(2 / 3) * (dimensions + 1)  # makes the filter's standard deviation one
    scaled = features * (spread / np.sqrt(index * (index + 1))).astype(np.float32)
    above = np.zeros((count, dimensions + 1), np.float32)  # sum of the coordinates after each
    above[:, :-1] = np.cumsum(scaled[:, ::-1], axis=1)[:, ::-1]
    elevated = above.copy()
    elevated[:, 1:] -= index.astype(np.float32) * scaled
    return elevated


def _nearest_remainder_zero(elevated: Floats) -> tuple[Ints, Ints]:
    """The lattice point of remainder zero that a point's simplex begins at, and the order of its differences.

    Returns:
        base (n, d + 1) and rank (n, d + 1); rank 0 has the largest difference to the base.
    """
    size = elevated.shape[1]
    base = np.rint(elevated / size).astype(np.int64) * size
    excess = base.sum(axis=1, keepdims=True) // size
    order = np.argsort(-(elevated - base), axis=1, kind="stable")
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.arange(size)[None, :], axis=1)
    rank = rank + excess
    low, high = rank < 0, rank >= size
    base = base + size * low.astype(np.int64) - size * high.astype(np.int64)
    return base, rank + size * low - size * high


def _barycentric(elevated: Floats, base: Ints, rank: Ints) -> Floats:
    """Weights (d + 1, n) of the corners of each point's simplex; they sum to one."""
    count, size = elevated.shape
    difference = np.empty((count, size + 1), np.float32)
    np.put_along_axis(difference[:, :size], rank, ((elevated - base) / size).astype(np.float32), axis=1)
    ordered = difference[:, :size]  # by rank, falling
    weights = np.empty((count, size), np.float32)
    weights[:, 1:] = (ordered[:, :-1] - ordered[:, 1:])[:, ::-1]
    weights[:, 0] = 1 - (ordered[:, 0] - ordered[:, -1])
    return np.ascontiguousarray(weights.T)


def _corner_offset(rank: Ints, remainder: int, dimensions: int) -> Ints:
    """From the base to the corner of a remainder: that much along every axis, less d + 1 along the last ones."""
    return np.where(rank <= dimensions - remainder, remainder, remainder - dimensions - 1)


@dataclass(frozen=True, slots=True)
class _Code:
    """Turns lattice points into single numbers. The last coordinate follows from the others and is left out."""

    lowest: Ints
    factors: Ints

    @classmethod
    def covering(cls, keys: Ints) -> _Code:
        """A code for these lattice points (..., d + 1) and their neighbours."""
        dimensions = keys.shape[-1] - 1
        flat = keys.reshape(-1, dimensions + 1)[:, :dimensions]
        lowest = flat.min(axis=0) - dimensions
        spans = flat.max(axis=0) + dimensions - lowest + 1
        return cls(lowest, np.concatenate([[1], np.cumprod(spans[:-1])]).astype(np.int64))

    def of(self, keys: Ints) -> Ints:
        """The numbers of lattice points (..., d + 1)."""
        return np.asarray((keys[..., :-1] - self.lowest) @ self.factors, np.int64)

    def step(self, axis: int) -> int:
        """What a step along an axis adds: d along it, minus one along all others."""
        dimensions = len(self.factors)
        step = np.full(dimensions + 1, -1, np.int64)
        step[axis] = dimensions
        return int(step[:-1] @ self.factors)


def _neighbours(unique: Ints, code: _Code, dimensions: int) -> Ints:
    found = np.zeros((dimensions + 1, 2, len(unique) + 1), np.int64)
    for axis in range(dimensions + 1):
        step = code.step(axis)
        for side, wanted in enumerate((unique - step, unique + step)):
            place = np.minimum(np.searchsorted(unique, wanted), len(unique) - 1)
            found[axis, side, 1:] = np.where(unique[place] == wanted, place + 1, 0)
    return found
