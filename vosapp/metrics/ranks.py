"""rank_correlation, separation: how well one number predicts the order of another, as doubt the error."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def rank_correlation(a: Sequence[float], b: Sequence[float]) -> float:
    """Spearman's rank correlation, -1 to 1; equal values share their mean rank. NaN when one side is constant."""
    if len(a) != len(b):
        raise ValueError(f"sequences of {len(a)} and {len(b)} values have no correlation")
    if len(a) < 2:
        return math.nan
    x, y = _ranks(a), _ranks(b)
    x, y = x - x.mean(), y - y.mean()
    spread = math.sqrt(float((x @ x) * (y @ y)))
    return float(x @ y) / spread if spread else math.nan


def separation(values: Sequence[float], marked: Sequence[bool]) -> float:
    """Chance that a marked item has a larger value than an unmarked one, equal values counting half.

    It is the area under the ROC curve: 1 when the values tell the marked ones apart, 0.5 for a guess. NaN when all or
    none are marked.
    """
    count = sum(marked)
    others = len(marked) - count
    if not count or not others:
        return math.nan
    ranks = _ranks(values)[np.asarray(marked, np.bool_)]
    return float((ranks.sum() - count * (count + 1) / 2) / (count * others))


def _ranks(values: Sequence[float]) -> NDArray[np.float64]:
    _, place, counts = np.unique(np.asarray(values, np.float64), return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2)[place], np.float64)
