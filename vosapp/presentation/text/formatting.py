"""Durations and rates as text for the screen."""

from __future__ import annotations

from fractions import Fraction


def duration(seconds: float) -> str:
    """A time span as "0:07", "12:30" or "1:02:03"."""
    whole = max(0, round(seconds))
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def rate_text(rate: Fraction) -> str:
    """A frame rate as "24", "23.976" or "12.5"."""
    return f"{float(rate):.3f}".rstrip("0").rstrip(".")
