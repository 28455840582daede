"""Finds cuts: the first frames of new shots in a clip of several.

A cut is where two neighbouring pictures have little in common. How little is told by two measures on pictures of
64x36 pixels: the colours of a part of the picture, against those of the parts around the same place on the other; and
the brightness that is left over when every small block is laid where it fits best. Both let things move. What is a lot
for one clip is usual for another, so a cut must also stand out from the frames around it; and a flash, or a picture or
two put in, after which the shot goes on, is none. Fades and dissolves are not found: no frame is the first one there.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from vosapp.video.source import RgbImage, VideoSource

_HEIGHT, _WIDTH = 36, 64  # of the pictures that are compared
_ROWS, _COLUMNS, _LEVELS = 3, 4, 16  # parts of a picture, and steps of a channel, whose colours are counted
_BLOCK_ROWS, _BLOCK_COLUMNS = 6, 8  # blocks that are laid where they fit
_REACH_PX = 6  # how far a block may have moved
_STILL = 2.0  # a difference in brightness, of 255, not worth looking for motion
_COLOUR_UNIT, _LEFT_OVER_UNIT = 1.6, 16.0  # what each measure is at a cut that can just be told
_LEAST = 0.8  # difference of a cut
_TIMES = 2.6  # and how many times the usual difference around it
_AROUND = 8  # frames on either side that tell what is usual
_FLASH = 2  # frames that a flash may last
_LASTING = 0.6  # share of a difference that is still there some frames on, where it is no flash

_Small = NDArray[np.float32]


class CutFinder:
    """Takes the pictures of a clip in ascending order and tells where shots begin."""

    def __init__(self) -> None:
        self._recent: deque[tuple[int, _Small]] = deque(maxlen=2 * _FLASH + 2)
        self._differences: dict[int, float] = {}
        self._lasting: dict[int, bool] = {}

    def add(self, frame_index: int, rgb: RgbImage) -> None:
        """Takes a picture (height, width, 3). Frames may be left out: those that are damaged say nothing."""
        self._recent.append((frame_index, _shrunk(rgb)))
        places = len(self._recent)
        if places > 1:
            self._differences[frame_index] = difference(self._recent[-2][1], self._recent[-1][1])
        if places > _FLASH + 1:
            self._look_back(places - 1 - _FLASH)

    def cuts(self) -> tuple[int, ...]:
        """First frames of new shots among the pictures so far, ascending."""
        for place in range(max(1, len(self._recent) - _FLASH), len(self._recent)):
            self._look_back(place)
        frames = sorted(self._differences)
        sizes = np.array([self._differences[frame] for frame in frames])
        return tuple(
            frame for place, frame in enumerate(frames) if self._lasting.get(frame, False) and _stands_out(sizes, place)
        )

    def _look_back(self, place: int) -> None:
        """Whether the picture at a place of the recent ones differs from what was before for good."""
        frame, _ = self._recent[place]
        size = self._differences[frame]
        if size < _LEAST:
            return
        before, after = place - 1, min(place + _FLASH, len(self._recent) - 1)
        first = max(0, before - _FLASH)
        pairs = {(before, after), (first, place)} - {(before, place)}
        small = [picture for _, picture in self._recent]
        self._lasting[frame] = all(difference(small[a], small[b]) >= max(_LEAST, _LASTING * size) for a, b in pairs)


def find_cuts(
    source: VideoSource, frame_count: int, *, watch: Callable[[int], None] = lambda _: None
) -> tuple[int, ...]:
    """Reads a clip once, in ascending order, and returns the first frames of new shots.

    Args:
        source: the clip, for the calling thread alone.
        frame_count: how many frames to read.
        watch: called before each frame with its index; what it raises ends the search.

    Raises:
        MediaError: a frame cannot be read at all.
    """
    finder = CutFinder()
    for index in range(frame_count):
        watch(index)
        picture = source.frame(index)
        if not source.is_damaged(index):
            finder.add(index, picture)
    return finder.cuts()


def difference(one: _Small, other: _Small) -> float:
    """How little two small pictures have in common: 0 for equal ones, about 1 and more for those of two shots."""
    first, second = _colours(one), _colours(other)
    colour = max(_colour_distance(first, second), _colour_distance(second, first))
    return 0.5 * (colour / _COLOUR_UNIT + _left_over(one[..., 0], other[..., 0]) / _LEFT_OVER_UNIT)


def _shrunk(rgb: RgbImage) -> _Small:
    """A picture as (36, 64, 3) float32: brightness and two colours, each in 0..255."""
    import cv2  # the window starts without it

    small = cv2.resize(np.ascontiguousarray(rgb), (_WIDTH, _HEIGHT), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2LAB), np.float32)


def _colours(small: _Small) -> NDArray[np.float64]:
    """(rows, columns, channel, level): which share of a part of the picture is of a level or below it."""
    levels = (small * (_LEVELS / 256)).astype(np.intp)
    parts = levels.reshape(_ROWS, _HEIGHT // _ROWS, _COLUMNS, _WIDTH // _COLUMNS, 3).transpose(0, 2, 4, 1, 3)
    counted = (parts.reshape(_ROWS, _COLUMNS, 3, -1, 1) == np.arange(_LEVELS)).mean(axis=3)
    return np.asarray(counted.cumsum(axis=-1))


def _colour_distance(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """By how many levels the colours of each part differ from the likest part around the same place, on the mean."""
    around = np.pad(other, ((1, 1), (1, 1), (0, 0), (0, 0)), mode="edge")
    weights = np.array([1.0, 1.5, 1.5])  # brightness changes by itself, colours rarely do
    moved = [
        np.abs(one - around[y : y + _ROWS, x : x + _COLUMNS]).sum(axis=-1) @ weights for y in range(3) for x in range(3)
    ]
    return float(np.min(moved, axis=0).mean())


def _left_over(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """The difference in brightness that is left when every block lies where it fits best, the greater of both ways."""
    if float(_by_block(np.abs(one - other)).mean()) < _STILL:
        return 0.0
    return max(_fitted(one, other), _fitted(other, one))


def _fitted(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    around = np.pad(other, _REACH_PX, mode="reflect")
    best = np.full((_BLOCK_ROWS, _BLOCK_COLUMNS), np.inf, np.float32)
    for y in range(2 * _REACH_PX + 1):
        for x in range(2 * _REACH_PX + 1):
            np.minimum(best, _by_block(np.abs(one - around[y : y + _HEIGHT, x : x + _WIDTH])), out=best)
    return float(best.mean())


def _by_block(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    blocks = plane.reshape(_BLOCK_ROWS, _HEIGHT // _BLOCK_ROWS, _BLOCK_COLUMNS, _WIDTH // _BLOCK_COLUMNS)
    return np.asarray(blocks.mean(axis=(1, 3)))


def _stands_out(sizes: NDArray[np.float64], place: int) -> bool:
    """Whether a difference is the greatest near it, and far greater than those around it usually are."""
    first = max(0, place - _AROUND)
    around = np.concatenate((sizes[first:place], sizes[place + 1 : place + 1 + _AROUND]))
    near = sizes[max(0, place - _FLASH) : place + _FLASH + 1]
    usual = float(np.median(around)) if around.size else 0.0
    return bool(sizes[place] >= near.max() and sizes[place] >= _TIMES * usual)
