"""Timecode counts as SMPTE says."""

from __future__ import annotations

from fractions import Fraction

import pytest

from vosapp.core.timecode import timecode


@pytest.mark.parametrize(
    ("frame", "rate", "start", "code"),
    [
        (0, Fraction(24), "", "00:00:00:00"),
        (25, Fraction(24), "10:00:00:00", "10:00:01:01"),
        (1800, Fraction(30000, 1001), "00:00:00;00", "00:01:00;02"),
        (17982, Fraction(30000, 1001), "00:00:00;00", "00:10:00;00"),
        (1800, Fraction(30000, 1001), "00:00:00:00", "00:01:00:00"),
        (1, Fraction(25), "23:59:59:24", "00:00:00:00"),
    ],
)
def test_frames_are_counted(frame: int, rate: Fraction, start: str, code: str) -> None:
    assert timecode(frame, rate, start) == code
