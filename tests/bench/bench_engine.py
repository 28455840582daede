"""Propagation of one object per frame at 480x854, against plain flow warping in the same run."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.engine.engines import build_propagator
from vosapp.engine.propagator import Propagator

SIZE = (480, 854)
FRAMES = 16
OBJECTS = (1, 3)


def _pictures() -> list[NDArray[np.uint8]]:
    """A textured ground under a slow pan, and a disc that goes its own way."""
    rng = np.random.default_rng(5)
    height, width = SIZE
    ground, patch = (
        cv2.GaussianBlur(rng.integers(0, 256, (height, width + 100, 3), dtype=np.uint8), (0, 0), 3) for _ in range(2)
    )
    y, x = np.mgrid[:height, :width]
    pictures = []
    for i in range(FRAMES):
        picture = ground[:, 2 * i : 2 * i + width].copy()
        disc = _disc(x, y, i)
        picture[disc] = 255 - patch[:, :width][disc] // 2
        pictures.append(picture)
    return pictures


def _disc(x: NDArray[np.int64], y: NDArray[np.int64], frame: int, radius: int = 90) -> NDArray[np.bool_]:
    return np.asarray((x - 300 - 5 * frame) ** 2 + (y - 240) ** 2 < radius**2)


def _given(objects: int) -> dict[int, NDArray[np.float32]]:
    """The disc as one object, or cut into sectors."""
    y, x = np.mgrid[: SIZE[0], : SIZE[1]]
    disc = _disc(x, y, 0)
    sector = ((np.arctan2(y - 240, x - 300) + np.pi) / (2 * np.pi) * objects).astype(int) % objects
    return {i + 1: (disc & (sector == i)).astype(np.float32) for i in range(objects)}


def _milliseconds(build: Callable[[], Propagator], pictures: list[NDArray[np.uint8]], objects: int) -> float:
    propagator = build()
    given = _given(objects)
    propagator.remember(0, pictures[0], given)
    propagator.step(0, pictures[0], given)
    times = []
    for index, picture in enumerate(pictures[1:], start=1):
        start = time.perf_counter()
        propagator.step(index, picture)
        times.append(1000 * (time.perf_counter() - start))
    return median(times[1:])


def run() -> list[tuple[str, str]]:
    """Measures engines that need no imported weights."""
    pictures = _pictures()
    rows = []
    for objects in OBJECTS:
        word = "one object" if objects == 1 else f"{objects} objects"
        plain = _milliseconds(lambda: build_propagator("plain-dis", "cpu"), pictures, objects)
        rows.append((f"plain flow warping, {word}", f"{plain:.0f} ms a frame"))
        taken = _milliseconds(lambda: build_propagator("flow", "cpu"), pictures, objects)
        rows.append((f"flow, {word}", f"{taken:.0f} ms a frame, {taken / plain:.1f} times plain warping"))
    return rows
