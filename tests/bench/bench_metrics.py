"""Scoring: what J and F of a frame cost on one core, on real outlines' lengths, against dilating the whole picture."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import cv2
import numpy as np

from vosapp.data.suite.clips import suite_scenes
from vosapp.data.suite.render import render
from vosapp.metrics.davis import boundary_f, boundary_map, jaccard, tolerance_px
from vosapp.metrics.stability import pair_instability

SIZES = {"480p": (480, 854), "1080p": (1080, 1920)}


def body(shape: tuple[int, int], shift: float) -> np.ndarray:
    """A mask like a person's: a tenth of the picture, with a long, ragged outline."""
    height, width = shape
    y, x = np.ogrid[:height, :width]
    across, down = (x - width * (0.5 + shift)) / height, (y - height * 0.5) / height
    angle = np.arctan2(down, across)
    radius = 0.24 + 0.05 * np.sin(5 * angle) + 0.02 * np.sin(23 * angle) + 0.006 * np.sin(71 * angle)
    return np.asarray(np.hypot(across, down) < radius)


def milliseconds(work: Callable[[], object], repeats: int = 30) -> float:
    """Median time of some work."""
    times = []
    for _ in range(repeats):
        begun = time.perf_counter()
        work()
        times.append((time.perf_counter() - begun) * 1000)
    return median(times)


def whole_picture_f(a: np.ndarray, b: np.ndarray) -> float:
    """F as one would write it first: both outlines dilated over the whole picture."""
    radius = tolerance_px(a.shape)
    disk = cv2.circle(np.zeros((2 * radius + 1,) * 2, np.uint8), (radius, radius), radius, 1, -1)
    maps = [boundary_map(mask).astype(np.uint8) for mask in (a, b)]
    near = [cv2.dilate(outline, disk) for outline in maps]
    precision, recall = ((maps[i] & near[1 - i]).sum() / maps[i].sum() for i in (0, 1))
    return float(2 * precision * recall / (precision + recall))


def run() -> list[tuple[str, str]]:
    """The figures."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    rows = []
    for name, shape in SIZES.items():
        a, b = body(shape, 0), body(shape, 0.01)
        ours = milliseconds(lambda a=a, b=b: (jaccard(a, b), boundary_f(a, b)))
        plain = milliseconds(lambda a=a, b=b: (jaccard(a, b), whole_picture_f(a, b)))
        rows.append(
            (f"J and F of a {name} frame, one core", f"{ours:.1f} ms, {ours / plain:.2f} of the whole picture's")
        )
    a, b = body(SIZES["480p"], 0), body(SIZES["480p"], 0.01)
    rows.append(("T of a pair of 480p frames", f"{milliseconds(lambda: pair_instability(a, b), 5):.0f} ms"))
    scene = suite_scenes()["crossing-8"]
    rows.append(("rendering a frame of the synthetic suite", f"{milliseconds(lambda: render(scene, 10), 5):.0f} ms"))
    cv2.setNumThreads(threads)
    return rows
