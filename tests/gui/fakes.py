"""Propagators that need no network and no time."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping

import numpy as np

from vosapp.core.document import ObjectId
from vosapp.engine.propagator import Prediction, Probability
from vosapp.video.source import RgbImage

SHIFT_PX = 3  # to the right for each frame forward


class ShiftPropagator:
    """Moves every mask to the right by a known number of pixels a frame; its doubt grows with the distance."""

    def __init__(self) -> None:
        self._masks: dict[ObjectId, Probability] = {}
        self._since: dict[ObjectId, int] = {}
        self._last = 0

    def remember(self, frame_index: int, rgb: RgbImage, masks: Mapping[ObjectId, Probability]) -> None:
        """Learns nothing."""

    def step(self, frame_index: int, rgb: RgbImage, given: Mapping[ObjectId, Probability] | None = None) -> Prediction:
        """Shifts what it knows and takes what is given."""
        by = (frame_index - self._last) * SHIFT_PX
        self._last = frame_index
        self._masks = {object_id: shifted(mask, by) for object_id, mask in self._masks.items()} | dict(given or {})
        for object_id in given or {}:
            self._since[object_id] = frame_index
        doubt = {o: min(1.0, 0.08 * abs(frame_index - self._since[o])) for o in self._masks}
        return Prediction(dict(self._masks), doubt)

    def forget(self, object_ids: Collection[ObjectId]) -> None:
        """Drops objects."""
        for object_id in object_ids:
            self._masks.pop(object_id, None)


class GatedPropagator(ShiftPropagator):
    """Waits for permission before every frame, so that a test decides how far a run is."""

    def __init__(self, gate: threading.Semaphore) -> None:
        super().__init__()
        self._gate = gate

    def step(self, frame_index: int, rgb: RgbImage, given: Mapping[ObjectId, Probability] | None = None) -> Prediction:
        """Waits, then shifts."""
        self._gate.acquire()
        return super().step(frame_index, rgb, given)


class FailingPropagator(ShiftPropagator):
    """Raises an error when it comes to a frame."""

    def __init__(self, at: int, error: Exception) -> None:
        super().__init__()
        self._at, self._error = at, error

    def step(self, frame_index: int, rgb: RgbImage, given: Mapping[ObjectId, Probability] | None = None) -> Prediction:
        """Raises at its frame, else shifts."""
        if frame_index == self._at:
            raise self._error
        return super().step(frame_index, rgb, given)


def shifted(mask: np.ndarray, by: int) -> np.ndarray:
    """A mask moved to the right (left when negative); what leaves the picture is lost."""
    result = np.zeros_like(mask)
    if by >= 0:
        result[:, by:] = mask[:, : mask.shape[1] - by]
    else:
        result[:, :by] = mask[:, -by:]
    return result
