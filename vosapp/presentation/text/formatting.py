"""Formats durations, rates and dates for the screen."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

from vosapp.core.recent import UnsavedWork


def duration(seconds: float) -> str:
    """A time span as "0:07", "12:30" or "1:02:03"."""
    whole = max(0, round(seconds))
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def rate_text(rate: Fraction) -> str:
    """A frame rate as "24", "23.976" or "12.5"."""
    return f"{float(rate):.3f}".rstrip("0").rstrip(".")


def bytes_text(count: float) -> str:
    """A size for people: "840 kB", "1.4 GB"."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if count >= 10 or unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


def unsaved_text(work: UnsavedWork) -> str:
    """Describes unsaved work: steps, time, last step; or why it cannot be read."""
    if not work.step_count:
        return work.last_step
    steps = f"{work.step_count} step{'s' * (work.step_count != 1)}"
    return f"{steps}, the last one “{work.last_step}”, {when(work.changed_at)}"


def when(moment: datetime) -> str:
    """A moment of the past as a user says it: "today 14:20", "3 January 2026, 14:20"."""
    today = datetime.now().date()
    time = f"{moment:%H:%M}"
    days = (today - moment.date()).days
    if days in (0, 1):
        return f"{'today' if days == 0 else 'yesterday'} {time}"
    return f"{moment.day} {moment:%B %Y}, {time}"
