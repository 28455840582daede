"""What engines with a memory of anchors promise of spans, run for real."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from tests.photographs import textured
from vosapp.engine.propagator import Probability, Propagator


def assert_spans_are_apart(make: Callable[[], Propagator], anchors: Mapping[int, Probability]) -> None:
    """What follows the second anchor is the same to the bit whether the pass came along another span or began there.

    Args:
        make: a new engine, the same each time.
        anchors: masks (120, 160) by frame, of which the second is that of frame 3.
    """
    world = textured(np.random.default_rng(2), 120, 240)
    shown = [world[:, 4 * k : 4 * k + 160] for k in range(7)]
    found = []
    for first in (0, 3):
        propagator = make()
        for k, mask in anchors.items():
            propagator.remember(k, shown[k], {1: mask})
        for k in range(first, 7):
            prediction = propagator.step(k, shown[k], {1: anchors[k]} if k in anchors else None)
            if k > 3:
                found.append(prediction.probabilities[1])
    for along, alone in zip(found[:3], found[3:], strict=True):
        np.testing.assert_array_equal(along, alone)
