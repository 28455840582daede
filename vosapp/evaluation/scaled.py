"""An engine that sees pictures at another size: benchmarks of odd resolutions are run at a fixed shorter side."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import cv2
import numpy as np

from vosapp.core.document import ObjectId
from vosapp.engine.propagator import Prediction, Probability, Propagator
from vosapp.evaluation.run import BuildPropagator
from vosapp.video.source import RgbImage


class ScaledPropagator:
    """Scales pictures and masks for a propagator and its answers back. A `Propagator`."""

    def __init__(self, inner: Propagator, shorter_side_px: int) -> None:
        self._inner = inner
        self._shorter_side_px = shorter_side_px

    def remember(self, frame_index: int, rgb: RgbImage, masks: Mapping[ObjectId, Probability]) -> None:
        size = self._size(rgb)
        self._inner.remember(frame_index, _resized(rgb, size), _resized_masks(masks, size))

    def step(self, frame_index: int, rgb: RgbImage, given: Mapping[ObjectId, Probability] | None = None) -> Prediction:
        """See `Propagator.step`; given masks come back exactly as they were."""
        size, own = self._size(rgb), (rgb.shape[1], rgb.shape[0])
        small = self._inner.step(frame_index, _resized(rgb, size), _resized_masks(given or {}, size) or None)
        return Prediction({**_resized_masks(small.probabilities, own), **(given or {})}, small.doubt)

    def forget(self, object_ids: Collection[ObjectId]) -> None:
        self._inner.forget(object_ids)

    def _size(self, rgb: RgbImage) -> tuple[int, int]:
        scale = self._shorter_side_px / min(rgb.shape[:2])
        return max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale))


def build_scaled(build: BuildPropagator, shorter_side_px: int) -> Propagator:
    """A fresh propagator that sees pictures at a shorter side."""
    return ScaledPropagator(build(), shorter_side_px)


def _resized(rgb: RgbImage, size: tuple[int, int]) -> RgbImage:
    if size == (rgb.shape[1], rgb.shape[0]):
        return rgb
    # Averaging where it shrinks, else fine patterns turn into noise.
    way = cv2.INTER_AREA if size[0] < rgb.shape[1] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(rgb, size, interpolation=way), np.uint8)


def _resized_masks(masks: Mapping[ObjectId, Probability], size: tuple[int, int]) -> dict[ObjectId, Probability]:
    return {i: np.asarray(cv2.resize(m, size, interpolation=cv2.INTER_LINEAR), np.float32) for i, m in masks.items()}
