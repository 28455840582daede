"""mixed_odds: makes one opinion of two engines' opinions of an object."""

from __future__ import annotations

import cv2
import numpy as np
import torch

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
