"""What a mask by marks costs, the first click on a frame and a further one, and a search for objects by clicks.

The network is loaded already; its weights are those that come with the program. The object is a ball, once a third of
the frame's height, once a fifteenth, which the network has to look at from closer by.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.bench.bench_networks import _one_thread
from vosapp.engine.select.grab_cut import GrabCutSelector
from vosapp.engine.select.marks import BuildSelector, Marks, Stroke
from vosapp.engine.select.network_selector import NetworkSelector, load_select_network
from vosapp.engine.suggest.click_grid import candidates
from vosapp.video.source import RgbImage

SIZES = {"1080p": (1080, 1920), "2160p": (2160, 3840)}
OBJECTS = {"large": 1 / 3, "small": 1 / 15}  # heights as shares of the frame's
ROUNDS = 3
PARTS = (*SIZES, "grid")
NOTE = "Times are the processor's, one thread, the best of some rounds; the machine was shared."


def run() -> list[tuple[str, str]]:
    """Figures of all parts."""
    return [row for part in PARTS for row in run_part(part)]


def run_part(part: str) -> list[tuple[str, str]]:
    """Figures of one of `PARTS`."""
    with _one_thread():
        return list(_rows(part))


def _rows(part: str) -> Iterator[tuple[str, str]]:
    network = load_select_network("cpu")
    if part == "grid":
        for name, size in SIZES.items():
            source = _Stills([ball(size, OBJECTS["large"], index) for index in range(3)])
            begun = time.process_time()
            found = candidates(network, source, 2, shot=range(3), check=lambda: None)  # type: ignore[arg-type]
            took_s = time.process_time() - begun
            yield f"{name}, objects by a grid of clicks", f"{took_s:.1f} s, {len(found)} candidates"
    else:
        yield from _clicks(part, network)


def _clicks(name: str, network: object) -> Iterator[tuple[str, str]]:
    size = SIZES[name]
    for kind, share in OBJECTS.items():
        rgb = ball(size, share, 0)
        first, further = click_ms(lambda rgb, _=None: NetworkSelector(network, rgb), rgb)  # type: ignore[arg-type,misc]
        yield f"{name}, a {kind} object", f"{first:.0f} ms for the first click, {further:.0f} ms for a further one"
    first, further = click_ms(GrabCutSelector, ball(size, OBJECTS["large"], 0))
    yield (
        f"{name}, a large object by GrabCut",
        f"{first:.0f} ms for the first click, {further:.0f} ms for a further one",
    )


def click_ms(build: BuildSelector, rgb: RgbImage) -> tuple[float, float]:
    """Milliseconds of the first click on a frame, and of the second and third together divided by two."""
    height, width = rgb.shape[:2]
    inside, outside = (width * 0.5, height * 0.5), (width * 0.9, height * 0.9)
    strokes = (Stroke((inside,)), Stroke((outside,), is_inside=False), Stroke(((inside[0] + 9, inside[1] + 7),)))
    first, further = [], []
    for _ in range(ROUNDS):
        times = [time.process_time()]
        selector = build(rgb)
        for count in (1, 2, 3):
            selector.propose(Marks(strokes[:count]))
            times.append(time.process_time())
        first.append(times[1] - times[0])
        further.append((times[3] - times[1]) / 2)
    return 1000 * min(first), 1000 * min(further)


def ball(size: tuple[int, int], share: float, index: int) -> NDArray[np.uint8]:
    """A ball of two colours in the middle of a textured frame, two pixels further with each index."""
    height, width = size
    random = np.random.default_rng(3)
    coarse = random.integers(60, 150, (height // 24, width // 24, 3), np.uint8)
    picture = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    centre, radius = (width // 2 + 2 * index, height // 2), round(height * share / 2)
    cv2.circle(picture, centre, radius, (215, 70, 60), -1, cv2.LINE_AA)
    cv2.ellipse(picture, centre, (radius, radius), 30, 0, 180, (240, 235, 225), -1, cv2.LINE_AA)
    return np.asarray(picture, np.uint8)


class _Stills:
    """A source of pictures that are there already."""

    def __init__(self, frames: list[NDArray[np.uint8]]) -> None:
        self._frames = frames

    def frame(self, index: int) -> NDArray[np.uint8]:
        """See `VideoSource`."""
        return self._frames[index]
