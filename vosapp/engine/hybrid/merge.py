"""Putting opinions together: of two engines on one object, and of one engine on several objects."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
import torch

from vosapp.core.document import ObjectId
from vosapp.engine.propagator import Probability

_NOTHING = 0.002  # probabilities within this of 0 and 1 are sure


def mixed_odds(first: Probability, second: Probability, share: float) -> Probability:
    """Two opinions (height, width) in 0..1 as one: their log-odds weighed, `share` that of the second.

    Where both are sure that there is nothing the result is exactly 0.
    """
    mixed = np.zeros_like(first)
    left, top, width, height = cv2.boundingRect((np.maximum(first, second) > _NOTHING).astype(np.uint8))
    if not width:
        return mixed
    area = (slice(top, top + height), slice(left, left + width))
    odds = [torch.logit(torch.from_numpy(opinion[area]), _NOTHING) for opinion in (first, second)]
    weighed = torch.lerp(odds[0], odds[1], share).sigmoid_().numpy()
    weighed[weighed < 4 * _NOTHING] = 0
    mixed[area] = weighed
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
