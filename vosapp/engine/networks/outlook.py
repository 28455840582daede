"""How unsure a predicted mask is, judged from its own probabilities."""

from __future__ import annotations

import numpy as np

from vosapp.engine.propagator import Probability

_NOISE = 0.05  # a faint haze over the whole picture must not outweigh a small object


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
