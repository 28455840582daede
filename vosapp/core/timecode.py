"""SMPTE timecode of frames, with drop frame."""

from __future__ import annotations

import re
from fractions import Fraction

_TIMECODE = re.compile(r"^(\d\d):(\d\d):(\d\d)([:;])(\d\d)$")


def is_timecode(text: str) -> bool:
    """Whether a text is a timecode "HH:MM:SS:FF"."""
    return _TIMECODE.match(text) is not None


def timecode(frame_index: int, rate: Fraction, start: str = "") -> str:
    """The SMPTE timecode "HH:MM:SS:FF" of a frame.

    With a ";" before the frames of `start` and a rate of 30000/1001 or 60000/1001, drop-frame counting is used: two
    (four) numbers are left out in every minute that is not a multiple of ten, so that the code keeps clock time.

    Args:
        frame_index: 0-based.
        rate: frames a second.
        start: timecode of frame 0; "" starts at zero.
    """
    base = max(1, round(rate))
    matched = _TIMECODE.match(start)
    hours, minutes, seconds, separator, frames = matched.groups() if matched else ("0", "0", "0", ":", "0")
    dropped = base // 15 if separator == ";" and base in (30, 60) else 0
    total_minutes = int(hours) * 60 + int(minutes)
    number = (total_minutes * 60 + int(seconds)) * base + int(frames) + frame_index
    if dropped:
        number -= dropped * (total_minutes - total_minutes // 10)
        number = _with_drops(number, base, dropped)
    total_seconds, frame = divmod(number, base)
    mark = ";" if dropped else ":"
    return f"{total_seconds // 3600 % 24:02}:{total_seconds // 60 % 60:02}:{total_seconds % 60:02}{mark}{frame:02}"


def _with_drops(number: int, base: int, dropped: int) -> int:
    """The frame number as counted with the left-out numbers put back in."""
    ten_minutes = base * 600 - dropped * 9
    minute = base * 60 - dropped
    tens, rest = divmod(number, ten_minutes)
    number += dropped * 9 * tens
    if rest >= base * 60:
        number += dropped * ((rest - base * 60) // minute + 1)
    return number
