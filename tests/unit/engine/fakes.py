"""A clip of arrays and a propagator that moves masks by a known offset, for tests of the loop."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vosapp.core.document import ObjectId
from vosapp.engine.propagator import Prediction, Probability
from vosapp.video.source import ClipInfo, RgbImage


class ArraySource:
    """Frames from memory; notes the order in which they were read."""

    def __init__(self, frames: Sequence[NDArray[np.uint8]] | int, *, size: tuple[int, int] = (32, 48)) -> None:
        self.frames = (
            [np.full((*size, 3), i % 256, np.uint8) for i in range(frames)] if isinstance(frames, int) else frames
        )
        height, width = self.frames[0].shape[:2]
        self.info = ClipInfo(Path("memory"), "sequence", height, width, len(self.frames), Fraction(24))
        self.read: list[int] = []
        self.damaged: set[int] = set()
        self.closed = False

    def frame(self, index: int) -> RgbImage:
        self.read.append(index)
        return self.frames[index]

    def native(self, index: int) -> NDArray[np.generic]:
        return self.frame(index)

    def is_damaged(self, index: int) -> bool:
        return index in self.damaged

    def close(self) -> None:
        self.closed = True


class ShiftPropagator:
    """Moves every mask one pixel to the right for each step, whichever way the pass goes. Notes what it is told."""

    def __init__(self) -> None:
        self.state: dict[ObjectId, Probability] = {}
        self.remembered: list[tuple[int, tuple[ObjectId, ...]]] = []
        self.forgotten: list[tuple[ObjectId, ...]] = []
        self.steps: list[int] = []
        self.fail_at: int | None = None

    def remember(self, frame_index: int, rgb: RgbImage, masks: Mapping[ObjectId, Probability]) -> None:
        self.remembered.append((frame_index, tuple(sorted(masks))))

    def step(self, frame_index: int, rgb: RgbImage, given: Mapping[ObjectId, Probability] | None = None) -> Prediction:
        if frame_index == self.fail_at:
            raise RuntimeError("the engine broke")
        self.steps.append(frame_index)
        self.state = {o: np.roll(p, 1, axis=1) for o, p in self.state.items()} | dict(given or {})
        return Prediction(dict(self.state), {o: 0.0 if given and o in given else 0.25 for o in self.state})

    def forget(self, object_ids: Collection[ObjectId]) -> None:
        self.forgotten.append(tuple(sorted(object_ids)))
        for object_id in object_ids:
            del self.state[object_id]
