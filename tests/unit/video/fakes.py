"""A source of known pictures that notes what is asked of it."""

from __future__ import annotations

import threading
from fractions import Fraction
from pathlib import Path

import numpy as np

from vosapp.core.errors import MediaError
from vosapp.video.source import ClipInfo, RgbImage

PATIENCE_S = 60.0
"""How long tests wait for another thread. It costs nothing when all is well; a busy machine is not a failed test."""


class NumberSource:
    """Frame k is an 8 x 8 picture of the value k. Frames listed in `broken` raise.

    Attributes:
        asked: the frames asked for, in order.
        damaged: the frames that it calls damaged.
        gate: cleared, it holds every call of `frame` back.
    """

    def __init__(self, frames: int = 100, broken: tuple[int, ...] = ()) -> None:
        self._info = ClipInfo(Path("numbers"), "video", 8, 8, frames, Fraction(24))
        self._broken = broken
        self.asked: list[int] = []
        self.closed = False
        self.damaged: set[int] = set()
        self.entered = threading.Semaphore(0)
        self.gate = threading.Event()
        self.gate.set()

    @property
    def info(self) -> ClipInfo:
        return self._info

    def set_info(self, info: ClipInfo) -> None:
        self._info = info

    def frame(self, index: int) -> RgbImage:
        self.asked.append(index)
        self.entered.release()
        self.gate.wait(PATIENCE_S)
        if index in self._broken:
            raise MediaError(f"frame {index} is broken")
        if not 0 <= index < self._info.frame_count:
            raise IndexError(index)
        picture = np.full((8, 8, 3), index, np.uint8)
        picture.flags.writeable = False
        return picture

    def native(self, index: int) -> RgbImage:
        return self.frame(index)

    def is_damaged(self, index: int) -> bool:
        return index in self.damaged

    def close(self) -> None:
        self.closed = True
