"""Rates read off the times of frames."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from vosapp.video.frame_index import MISSING
from vosapp.video.rates import MeasuredRate, measure_rate, seconds_of_frames

MILLISECONDS = Fraction(1, 1000)
NTSC = Fraction(30000, 1001)


def measured(times: list[int], declared: list[Fraction], *, pieces: list[int] | None = None) -> MeasuredRate:
    whose = np.array(pieces if pieces is not None else [0] * len(times), np.int64)
    return measure_rate(np.array(times, np.int64), whose, time_base=MILLISECONDS, declared=declared)


def rounded(rate: Fraction, count: int, start: int = 0) -> list[int]:
    return [start + round(n * 1000 / rate) for n in range(count)]


@pytest.mark.parametrize("rate", [Fraction(24000, 1001), Fraction(25), NTSC, Fraction(60000, 1001), Fraction(120)])
def test_rates_in_milliseconds_are_snapped_to_standard_ones(rate: Fraction) -> None:
    assert measured(rounded(rate, 100), [Fraction(1000)]) == MeasuredRate(rate)


def test_a_declared_rate_counts_when_the_times_agree() -> None:
    assert measured(rounded(Fraction(13), 40), [Fraction(13)]) == MeasuredRate(Fraction(13))
    assert measured(rounded(NTSC, 40), [Fraction(50), NTSC]) == MeasuredRate(NTSC)
    assert measured(rounded(Fraction(60000, 1001), 90), [Fraction(19001, 317)]).rate == Fraction(60000, 1001)


def test_an_unusual_rate_is_measured() -> None:
    found = measured(rounded(Fraction(37, 3), 400), [Fraction(25)])
    assert abs(found.rate - Fraction(37, 3)) < Fraction(1, 500)
    assert not found.is_variable


def test_varying_steps_have_the_average() -> None:
    found = measured([0, 40, 90, 700, 740, 1200], [Fraction(25)])
    assert found == MeasuredRate(Fraction(5000, 1200), is_variable=True)


def test_holes_in_a_grid_are_dropped_frames() -> None:
    times = [40 * n for n in range(30) if not 10 <= n < 15]
    assert measured(times, [Fraction(25)]) == MeasuredRate(Fraction(25), True, 5)


def test_joined_recordings_are_measured_apart() -> None:
    times = [*rounded(NTSC, 30), *rounded(NTSC, 30, 5)]
    assert measured(times, [Fraction(1000)], pieces=[0] * 30 + [1] * 30) == MeasuredRate(NTSC, breaks=1)
    late = [*rounded(NTSC, 30), *rounded(NTSC, 30, 3_600_000)]
    assert measured(late, [Fraction(1000)]) == MeasuredRate(NTSC, breaks=1)


def test_without_times_the_declared_rate_stands() -> None:
    assert measured([0, MISSING, 80], [Fraction(30)]) == MeasuredRate(Fraction(30))
    assert measured([7], [Fraction(30)]) == MeasuredRate(Fraction(30))
    assert measured([7, 7, 7], [Fraction(30)]) == MeasuredRate(Fraction(30))


def seconds(times: list[int], *, pieces: list[int] | None = None) -> list[Fraction]:
    whose = np.array(pieces if pieces is not None else [0] * len(times), np.int64)
    found = measured(times, [Fraction(25)], pieces=pieces)
    return list(seconds_of_frames(np.array(times, np.int64), whose, time_base=MILLISECONDS, measured=found))


def test_frames_of_a_constant_rate_begin_where_the_rate_puts_them() -> None:
    assert seconds(rounded(NTSC, 60, 700)) == [n / NTSC for n in range(60)]


def test_frames_of_a_variable_rate_begin_when_the_file_says() -> None:
    times = [0, 40, 90, 700, 740, 1200]
    assert seconds([5 + time for time in times]) == [Fraction(time, 1000) for time in times]
    # Two at one time are shown one after the other; without times there is only the rate.
    assert seconds([0, 40, 40, 700, 740, 1200])[:4] == [0, Fraction(40, 1000), Fraction(41, 1000), Fraction(701, 1000)]
    assert seconds([0, MISSING, 700]) == [0, Fraction(1, 25), Fraction(2, 25)]


def test_where_the_clock_starts_again_one_frame_of_the_average_is_put_between() -> None:
    pieces = [0] * 6 + [1] * 6
    found = seconds([0, 40, 90, 700, 740, 1200] * 2, pieces=pieces)
    gap = found[6] - found[5]
    assert gap == Fraction(240, 1000)  # 2.4 seconds in ten steps
    assert [time - found[6] for time in found[6:]] == found[:6]
