"""mask_prediction: makes a `Prediction` of what a network found and what was given."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from vosapp.core.document import ObjectId
from vosapp.engine.disjoint import disjoint, in_what_is_left
from vosapp.engine.propagator import Prediction, Probability

_NOISE = 0.05  # a faint haze over the whole picture must not outweigh a small object


def mask_prediction(found: Mapping[ObjectId, Probability], given: Mapping[ObjectId, Probability]) -> Prediction:
    """A prediction of found and given masks.

    Args:
        found: (height, width) in 0..1 for each predicted object; they sum to at most 1.
        given: given masks of the frame. They come back as they are, and what was found gives way to them.
    """
    predicted = disjoint(found, given, in_what_is_left)
    doubt = dict.fromkeys(given, 0.0) | {i: doubt_of(mask) for i, mask in predicted.items()}
    return Prediction({**given, **predicted}, doubt)


def doubt_of(probability: Probability) -> float:
    """One minus the overlap (IoU) with the truth that the probabilities themselves lead one to expect.

    Were they calibrated, a mask of pixels with p >= 0.5 would share sum(p inside) pixels with the truth, and the
    union would have all of the mask's pixels and sum(p outside) more.

    Args:
        probability: (height, width) in 0..1.

    Returns:
        0 where all is certain, 1 where nothing is left of the object.
    """
    inside = probability >= 0.5
    area = int(np.count_nonzero(inside))
    if area == 0:
        return 1.0
    total = float(np.sum(probability, where=probability >= _NOISE, dtype=np.float64))
    shared = float(np.sum(probability, where=inside, dtype=np.float64))
    return float(np.clip(1 - shared / (area + total - shared), 0.0, 1.0))
