"""disjoint: makes the probabilities of several objects sum to at most 1 at every pixel, given masks first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np

from vosapp.core.document import ObjectId
from vosapp.engine.propagator import Probability

Masks = Mapping[ObjectId, Probability]
_TINY = 1e-6  # keeps divisions finite


class Rule(Protocol):
    """Rule by which objects share the pixels that given masks leave them."""

    def __call__(self, found: Masks, room: Probability, /) -> dict[ObjectId, Probability]: ...


def disjoint(found: Masks, given: Masks, rule: Rule) -> dict[ObjectId, Probability]:
    """What was found of several objects, so that it and the given masks sum to at most 1 on every pixel.

    Args:
        found: (height, width) float32 in 0..1 of each object, found one by one or together.
        given: given masks of the frame; what was found gives way to them.
        rule: how the found objects share what is left: `in_what_is_left`, `by_odds` or `scaled`.
    """
    if not given and len(found) < 2:
        return dict(found)
    room = 1 - np.clip(sum(given.values(), np.float32(0)), 0, 1)
    return rule(found, room)


def in_what_is_left(found: Masks, room: Probability) -> dict[ObjectId, Probability]:
    """For objects that exclude each other already."""
    return {i: np.asarray(mask * room, np.float32) for i, mask in found.items()}


def by_odds(found: Masks, room: Probability) -> dict[ObjectId, Probability]:
    """Odds against a background of one half count, as in RGMP's softmax aggregation; one object alone stays."""
    if len(found) > 1:
        odds = {i: mask / np.maximum(1 - mask, _TINY) for i, mask in found.items()}
        total = 1 + sum(odds.values())
        found = {i: np.asarray(odd / total, np.float32) for i, odd in odds.items()}
    return in_what_is_left(found, room)


def scaled(found: Masks, room: Probability) -> dict[ObjectId, Probability]:
    """Each object gives up the same part of itself, and nothing where there is room for all."""
    share = np.minimum(1, room / np.maximum(sum(found.values(), np.float32(0)), _TINY))
    return {i: np.asarray(mask * share, np.float32) for i, mask in found.items()}
