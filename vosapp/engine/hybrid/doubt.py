"""How doubtful a prediction of hybrid is, from three signs that go with its errors.

The network learns its own opinion on clips of a few frames, where errors have no time to add up. Two more signs
know of the rest of a shot: frames since a mask was given, and how much of the object is neither in nor out. The
weights are fitted, by `packaging/fit_doubt.py`, to runs of the engine over longer made-up clips.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from vosapp.engine.propagator import Probability

_TINY = 1e-6  # keeps odds finite


class Signs(NamedTuple):
    """What a doubt is made of.

    Attributes:
        own: log-odds of the network's own opinion of 1 - J.
        age: log(1 + frames since a mask was given).
        undecided: log of the undecided pixels over the object's.
    """

    own: float
    age: float
    undecided: float


class Weights(NamedTuple):
    """Of the signs, and a constant; see `Signs`."""

    own: float
    age: float
    undecided: float
    constant: float


FITTED = Weights(0.69, 0.19, 0.39, -0.18)


@dataclass(frozen=True, slots=True)
class DoubtSettings:
    """How the doubt follows from its signs.

    Attributes:
        undecided: a probability this far from 0 and from 1 is undecided.
        weights: of the signs, from `packaging/fit_doubt.py`.
    """

    undecided: float = 0.1
    weights: Weights = FITTED


def signs(own: float, frames: int, mask: Probability, settings: DoubtSettings | None = None) -> Signs:
    """The signs of a prediction.

    Args:
        own: the network's opinion of 1 - J, 0..1.
        frames: since a mask was given.
        mask: (height, width) in 0..1.
        settings: how; None for the usual ones.
    """
    how = settings or DoubtSettings()
    opinion = min(max(own, _TINY), 1 - _TINY)
    undecided = np.count_nonzero((mask > how.undecided) & (mask < 1 - how.undecided))
    inside = np.count_nonzero(mask >= 0.5)
    share = (undecided + 0.25) / (inside + 1)  # one pixel more, so that there is a logarithm where nothing was found
    return Signs(math.log(opinion / (1 - opinion)), math.log1p(frames), math.log(share))


def doubt_of(seen: Signs, weights: Weights = FITTED) -> float:
    """The doubt, 0..1: what 1 - J is expected to be."""
    odds = sum(weight * sign for weight, sign in zip(weights, (*seen, 1.0), strict=True))
    return 1 / (1 + math.exp(-odds))
