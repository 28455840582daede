"""How doubtful a prediction of hybrid is, from three signs that go with its errors.

The network learns its own opinion on clips of a few frames, where errors have no time to add up. Two more signs
know of the rest of a shot: frames since a mask was given, and how much of the object is neither in nor out. The
weights are fitted, by `packaging/fit_doubt.py`, to runs of the engine over longer made-up clips.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from vosapp.engine.propagator import Probability

_UNDECIDED = (0.1, 0.9)
_FEW_PX = (5, 20)  # added to counts of pixels, so that a few pixels say little
_SURE = 0.01  # opinions within this of 0 and 1 count as this


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


def signs(own: float, frames: int, mask: Probability) -> Signs:
    """The signs of a prediction.

    Args:
        own: the network's opinion of 1 - J, 0..1.
        frames: since a mask was given.
        mask: (height, width) in 0..1.
    """
    opinion = min(max(own, _SURE), 1 - _SURE)
    undecided = np.count_nonzero((mask > _UNDECIDED[0]) & (mask < _UNDECIDED[1]))
    inside = np.count_nonzero(mask >= 0.5)
    share = (undecided + _FEW_PX[0]) / (inside + _FEW_PX[1])
    return Signs(math.log(opinion / (1 - opinion)), math.log1p(frames), math.log(share))


def doubt_of(seen: Signs, weights: Weights = FITTED) -> float:
    """The doubt, 0..1: what 1 - J is expected to be."""
    odds = sum(weight * sign for weight, sign in zip(weights, (*seen, 1.0), strict=True))
    return 1 / (1 + math.exp(-odds))
