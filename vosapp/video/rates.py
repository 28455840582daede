"""The frame rate that the times of a clip's frames show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from vosapp.video.frame_index import MISSING, IntArray

_WHOLE = (1, 2, 5, 6, 8, 10, 12, 15, 16, 18, 20, 24, 25, 30, 48, 50, 60, 72, 90, 96, 100, 120, 144, 200, 240, 300, 480)
STANDARD_RATES = tuple(
    sorted([Fraction(n) for n in _WHOLE] + [Fraction(n * 1000, 1001) for n in (24, 30, 48, 60, 120, 240)])
)
_ROUNDING_SECONDS = Fraction(1, 1000)
"""Times that once went through a file of milliseconds (Matroska, FLV) are off by that much."""
_SAME = 1e-4
"""A rate that differs by a smaller share than this from a standard one is that one, written with fewer digits."""
_MOST_OF_A_STEP = 0.4
"""Where a unit of time is as coarse as a frame (AVI), less than a frame is still rounding, a frame is not."""
_BREAK_SECONDS = 10
_MOST_STEPS_ARE_ONE = 0.5


@dataclass(frozen=True, slots=True)
class MeasuredRate:
    """Rate that the times of the frames show.

    Attributes:
        rate: frames a second; of a variable rate the average.
        is_variable: whether a constant rate cannot explain the times.
        dropped: frames left out of an otherwise constant rate, so that the picture before them lasts longer.
        breaks: how often the clock starts again or stops for long.
    """

    rate: Fraction
    is_variable: bool = False
    dropped: int = 0
    breaks: int = 0


def measure_rate(
    times: IntArray, pieces: IntArray, *, time_base: Fraction, declared: Sequence[Fraction]
) -> MeasuredRate:
    """The rate of frames shown at given times: (n - 1) / (last - first), snapped to a declared or a standard rate.

    A rate is constant when every frame is within the rounding of the container of where the rate puts it.

    Args:
        times: of every frame in units of `time_base`, MISSING where unknown.
        pieces: which of several joined streams each frame belongs to; a clock may start again with each.
        time_base: unit of the times in seconds.
        declared: rates that the file claims, the likeliest first. Not empty.
    """
    if bool((times == MISSING).any()):
        return MeasuredRate(declared[0])
    runs = list(_runs(times, pieces, time_base))
    steps = sum(len(run) - 1 for run in runs)
    span = sum(int(run[-1] - run[0]) for run in runs)
    if steps < 1 or span <= 0:
        return MeasuredRate(declared[0])
    average = Fraction(steps, span) / time_base
    near = [rate for rate in (*declared, *STANDARD_RATES) if 0.5 < float(rate / average) < 2]
    constant = _constant(runs, average, near, time_base, declared)
    if constant is not None:
        return MeasuredRate(constant, breaks=len(runs) - 1)
    for rate in near:
        dropped = _dropped(runs, 1 / (rate * time_base), time_base)
        if dropped is not None:
            return MeasuredRate(_tidied(rate, near), True, dropped, len(runs) - 1)
    half_fits = [r for r in near if _spread(runs, 1 / (r * time_base)) <= float(1 / (r * time_base))]
    rate = min(half_fits, key=lambda r: abs(r - average)) if half_fits else average.limit_denominator(100_000)
    return MeasuredRate(rate, True, 0, len(runs) - 1)


def seconds_of_frames(
    times: IntArray, pieces: IntArray, *, time_base: Fraction | None, measured: MeasuredRate
) -> tuple[Fraction, ...]:
    """When every frame begins, in seconds after the first one; ascending, no two alike.

    Frames of a constant rate begin where the rate puts them, free of the rounding of the container. Those of a
    variable one begin when the file says; where its clock falls back or starts again, one frame of the average rate
    is put between. Times that are missing come from the rate.

    Args:
        times, pieces: as in `measure_rate`.
        time_base: unit of the times in seconds, None when there is none.
        measured: what `measure_rate` found.
    """
    if time_base is None or not measured.is_variable or bool((times == MISSING).any()):
        return tuple(number / measured.rate for number in range(len(times)))
    frame = max(1, round(1 / (measured.rate * time_base)))
    steps = np.diff(times)
    steps[np.diff(pieces) != 0] = frame
    ticks = np.concatenate([[0], np.cumsum(np.maximum(steps, 1))])
    return tuple(int(tick) * time_base for tick in ticks)


def _runs(times: IntArray, pieces: IntArray, time_base: Fraction) -> Iterator[IntArray]:
    """The times of each stretch without a break of the clock, ascending."""
    for piece in np.unique(pieces):
        run = np.sort(times[pieces == piece])
        steps = np.diff(run)
        far = max(int(_BREAK_SECONDS / time_base), 10 * int(np.median(steps)) if len(steps) else 0)
        yield from np.split(run, np.flatnonzero(steps > far) + 1)


def _spread(runs: Sequence[IntArray], step: Fraction) -> float:
    """How far frames are from where a constant step puts them, from the earliest to the latest, in units."""
    spread = 0.0
    for run in runs:
        off = (run - run[0]) - np.arange(len(run)) * float(step)
        spread = max(spread, float(off.max() - off.min()))
    return spread


def _tolerance(step: float, time_base: Fraction) -> float:
    return min(max(1.0, float(_ROUNDING_SECONDS / time_base)), _MOST_OF_A_STEP * step) + 1e-6


def _constant(
    runs: Sequence[IntArray],
    average: Fraction,
    near: Sequence[Fraction],
    time_base: Fraction,
    declared: Sequence[Fraction],
) -> Fraction | None:
    spreads = {rate: _spread(runs, 1 / (rate * time_base)) for rate in (*near, average)}
    step = float(1 / (average * time_base))
    allowed, most = _tolerance(step, time_base), _MOST_OF_A_STEP * step
    fitting = [rate for rate, spread in spreads.items() if spread <= allowed]
    for rate in declared:
        if rate in fitting:
            return _tidied(rate, fitting)
    standard = [rate for rate in fitting if rate in STANDARD_RATES]
    if standard:
        return min(standard, key=lambda rate: spreads[rate])
    # The ends, from which the average comes, may be rounded themselves.
    return average.limit_denominator(100_000) if spreads[average] <= min(allowed + 1, most) else None


def _tidied(rate: Fraction, fitting: Sequence[Fraction]) -> Fraction:
    """The standard rate that a container wrote with fewer digits (19001/317 for 60000/1001)."""
    same = [other for other in fitting if other in STANDARD_RATES and abs(float(other / rate) - 1) < _SAME]
    return same[0] if same else rate


def _dropped(runs: Sequence[IntArray], step: Fraction, time_base: Fraction) -> int | None:
    """How many frames are left out of a constant step; None when the times are no such grid with holes."""
    allowed = _tolerance(float(step), time_base)
    counts = []
    for run in runs:
        place = (run - run[0]) / float(step)
        nearest = np.rint(place)
        if float(np.abs(place - nearest).max()) * float(step) > allowed:
            return None
        counts.append(np.diff(nearest))
    steps = np.concatenate(counts)
    if bool((steps < 1).any()) or float((steps == 1).mean()) < _MOST_STEPS_ARE_ONE:
        return None
    return int((steps - 1).sum())
