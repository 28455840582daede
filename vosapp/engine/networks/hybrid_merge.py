"""Putting opinions together: of two engines on one object, and of one engine on several objects."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from vosapp.core.document import ObjectId
from vosapp.engine.propagator import Probability

_NOTHING = 0.002  # probabilities within this of 0 and 1 are sure


def mixed_odds(first: Probability, second: Probability, share: float) -> Probability:
    """Two opinions (height, width) in 0..1 as one: their log-odds weighed, `share` that of the second.

    Where both are sure that there is nothing the result is exactly 0.
    """
    mixed = np.zeros_like(first)
    y, x = np.nonzero(np.maximum(first, second) > _NOTHING)
    if len(y) == 0:
        return mixed
    area = (slice(y.min(), y.max() + 1), slice(x.min(), x.max() + 1))
    odds = [np.log(p / (1 - p)) for p in (np.clip(o[area], _NOTHING, 1 - _NOTHING) for o in (first, second))]
    mixed[area] = 1 / (1 + np.exp((share - 1) * odds[0] - share * odds[1]))
    mixed[mixed < 4 * _NOTHING] = 0
    return mixed


def merge(found: Mapping[ObjectId, Probability], given: Mapping[ObjectId, Probability]) -> dict[ObjectId, Probability]:
    """Makes probabilities of several objects sum to at most 1 on every pixel.

    Each object's odds against the background count as in RGMP's softmax aggregation; given masks stay as they are
    and the others get what they leave.
    """
    if len(found) + len(given) < 2:
        return {**found, **given}
    free = None
    for mask in given.values():
        free = 1 - mask if free is None else free * (1 - mask)
    if len(found) > 1:
        odds = {i: p / np.maximum(1 - p, 1e-6) for i, p in found.items()}
        total = 1 + sum(odds.values())
        found = {i: np.asarray(odd / total, np.float32) for i, odd in odds.items()}
    if free is not None:
        found = {i: np.asarray(p * free, np.float32) for i, p in found.items()}
    return {**found, **given}
