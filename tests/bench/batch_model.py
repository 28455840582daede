"""A model of a batch on many workers: list scheduling behind one driver. docs/batch-scaling.md says what it assumes."""

from __future__ import annotations

import heapq
import random
from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measured:
    """What the model takes from measurements.

    Attributes:
        piece_s: mean duration of a piece on a worker.
        spread: standard deviation of it, as a share of the mean.
        driver_s: what the driver spends on a shot: planning, joining, writing.
        dispatch_s: what the driver spends on handing a piece over and taking it back.
    """

    piece_s: float
    spread: float
    driver_s: float
    dispatch_s: float


def simulated_seconds(measured: Measured, *, shots: int, pieces: int, workers: int, seed: int = 1) -> float:
    """When the last shot is written.

    Args:
        measured: durations.
        shots, pieces: how many shots, and pieces of each.
        workers: how many work side by side.
        seed: of the pieces' durations, which are drawn from a normal distribution and cut off at a tenth of the mean.
    """
    chance = random.Random(seed)
    waiting = deque(shot for shot in range(shots) for _ in range(pieces))
    left = [pieces] * shots
    running: list[tuple[float, int]] = []
    driver_free = 0.0
    while waiting or running:
        while waiting and len(running) < workers:
            driver_free += measured.dispatch_s
            took = max(0.1 * measured.piece_s, chance.gauss(measured.piece_s, measured.spread * measured.piece_s))
            heapq.heappush(running, (driver_free + took, waiting.popleft()))
        ended, shot = heapq.heappop(running)
        driver_free = max(driver_free, ended)
        left[shot] -= 1
        if left[shot] == 0:
            driver_free += measured.driver_s
    return driver_free
