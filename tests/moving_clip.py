"""A clip with true masks that is made in memory: a patterned ellipse, and a square, moving over a patterned ground."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.photographs import textured
from vosapp.data.truth import Truth, TruthObject


@dataclass(frozen=True)
class MovingClip:
    """A `TruthClip` with two objects."""

    name: str = "moving"
    frame_count: int = 3
    size: tuple[int, int] = (64, 64)
    alone: bool = False  # only the ellipse is an object; the square is part of the ground

    @property
    def objects(self) -> tuple[TruthObject, ...]:
        return (TruthObject(1),) if self.alone else (TruthObject(1), TruthObject(2))

    @property
    def annotated(self) -> tuple[int, ...]:
        return tuple(range(self.frame_count))

    def frame_name(self, index: int) -> str:
        return f"{index:05d}"

    def frame(self, index: int) -> NDArray[np.uint8]:
        height, width = self.size
        random = np.random.default_rng(3)
        ground, *coats = (textured(random, height, width) for _ in range(3))
        picture = ground // 2
        for coat, mask in zip(coats, self._shapes(index), strict=True):
            picture[mask] = 120 + np.roll(coat, 2 * index, axis=1)[mask] // 2
        return np.asarray(picture, np.uint8)

    def truth(self, index: int) -> Truth:
        shapes = self._shapes(index)
        return {item.id: shapes[item.id - 1] for item in self.objects}

    def _shapes(self, index: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        height, width = self.size
        ellipse, square = np.zeros((2, height, width), np.uint8)
        cv2.ellipse(ellipse, (width // 3 + 3 * index, height // 2), (width // 5, height // 4), 20.0, 0, 360, 1, -1)
        left, top = width * 5 // 8 - 2 * index, height // 8
        cv2.rectangle(square, (left, top), (left + width // 4, top + height // 3), 1, -1)
        return ellipse > 0, square > 0

    def alpha(self, index: int) -> None:
        """There is none."""
