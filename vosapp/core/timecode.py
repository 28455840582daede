"""SMPTE timecode of frames, with drop frame."""

from __future__ import annotations

import re
from fractions import Fraction

_TIMECODE = re.compile(r"^(\d\d):(\d\d):(\d\d)([:;])(\d\d)$")
_SHORT = re.compile(r"^\d{1,4}([:;]\d{1,2}){1,3}$")


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
    base, dropped = _counting(rate, start)
    number = _start_number(start, base, dropped) + frame_index
    if dropped:
        number = _with_drops(number, base, dropped)
    total_seconds, frame = divmod(number, base)
    mark = ";" if dropped else ":"
    return f"{total_seconds // 3600 % 24:02}:{total_seconds // 60 % 60:02}:{total_seconds % 60:02}{mark}{frame:02}"


def frame_of(text: str, rate: Fraction, start: str = "") -> int:
    """The 0-based frame of a timecode, which may be short ("12:05" is 12 seconds and 5 frames) and outside the clip.

    Args:
        text: groups of digits between ":" or ";", at most four, the last one frames.
        rate, start: as `timecode` takes them.

    Raises:
        ValueError: it is no timecode, or one that is never counted at this rate.
    """
    if not _SHORT.match(text):
        raise ValueError(f"{text} is no timecode")
    base, dropped = _counting(rate, start)
    groups = [int(group) for group in re.split("[:;]", text)]
    hours, minutes, seconds, frames = [0] * (4 - len(groups)) + groups
    left_out = dropped and seconds == 0 and frames < dropped and minutes % 10
    if minutes > 59 or seconds > 59 or frames >= base or left_out:
        raise ValueError(f"{text} is no timecode at {base} frames a second")
    return _number((hours, minutes, seconds, frames), base, dropped) - _start_number(start, base, dropped)


def frame_label_step(least: float, rate: Fraction) -> int:
    """Frames between two labels of a ruler in timecode, at least so many: parts of a second, or round times."""
    base = max(1, round(rate))
    parts = [step for step in (1, 2, 5, 10) if base % step == 0 and step < base]
    seconds = [base * step for step in (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)]
    return next(
        (step for step in (*parts, *seconds) if step >= least), base * 3600 * max(1, round(least / base / 3600))
    )


def _counting(rate: Fraction, start: str) -> tuple[int, int]:
    """Frames counted in a second, and numbers left out in most minutes."""
    base = max(1, round(rate))
    return base, base // 15 if ";" in start and base in (30, 60) else 0


def _start_number(start: str, base: int, dropped: int) -> int:
    matched = _TIMECODE.match(start)
    if matched is None:
        return 0
    hours, minutes, seconds, _, frames = matched.groups()
    return _number((int(hours), int(minutes), int(seconds), int(frames)), base, dropped)


def _number(groups: tuple[int, int, int, int], base: int, dropped: int) -> int:
    hours, minutes, seconds, frames = groups
    total_minutes = hours * 60 + minutes
    number = (total_minutes * 60 + seconds) * base + frames
    return number - dropped * (total_minutes - total_minutes // 10)


def _with_drops(number: int, base: int, dropped: int) -> int:
    """The frame number as counted with the left-out numbers put back in."""
    ten_minutes = base * 600 - dropped * 9
    minute = base * 60 - dropped
    tens, rest = divmod(number, ten_minutes)
    number += dropped * 9 * tens
    if rest >= base * 60:
        number += dropped * ((rest - base * 60) // minute + 1)
    return number
