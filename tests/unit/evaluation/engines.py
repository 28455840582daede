"""Propagators whose answers a test knows. They live in a module so that other processes can build them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import NDArray

from vosapp.engine.propagator import Prediction, Probability


class Holding:
    """Leaves every mask where it was; doubt grows by a hundredth a frame. Writes down what it was told."""

    def __init__(self) -> None:
        self.masks: dict[int, Probability] = {}
        self.told: list[tuple[str, int, tuple[int, ...]]] = []
        self.shapes: set[tuple[int, ...]] = set()
        self._age = 0

    def remember(self, frame_index: int, rgb: NDArray[np.uint8], masks: Mapping[int, Probability]) -> None:
        self.told.append(("remember", frame_index, tuple(masks)))

    def step(
        self, frame_index: int, rgb: NDArray[np.uint8], given: Mapping[int, Probability] | None = None
    ) -> Prediction:
        self.shapes.add(rgb.shape)
        self._age = 0 if given else self._age + 1
        if given:
            self.told.append(("given", frame_index, tuple(given)))
            self.masks.update(given)
        doubt = {i: 0.0 if given and i in given else self._age / 100 for i in self.masks}
        return Prediction(dict(self.masks), doubt)

    def forget(self, object_ids: Collection[int]) -> None:
        for object_id in object_ids:
            self.masks.pop(object_id, None)


class KnowsNothing(Holding):
    """Knows no object at all."""

    def step(
        self, frame_index: int, rgb: NDArray[np.uint8], given: Mapping[int, Probability] | None = None
    ) -> Prediction:
        return Prediction({}, {})
