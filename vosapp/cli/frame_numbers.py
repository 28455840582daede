"""Frames as people number them on the command line: in the clip's own numbering, which files are named by too."""

from __future__ import annotations

import argparse
import re

from vosapp.core.errors import MediaError
from vosapp.core.timeline import FrameRange

Ends = tuple[int | None, int | None]


def frame_ends(text: str) -> Ends:
    """The argument A:B, both ends included; either may be left out, or below 0 as in --range=-5:5. For argparse."""
    matched = re.fullmatch(r"(-?[0-9]+)?:(-?[0-9]+)?", text)
    if matched is None or text == ":":
        raise argparse.ArgumentTypeError(f"{text!r} is not a range such as 0:99")
    first, last = (int(end) if end else None for end in matched.groups())
    if first is not None and last is not None and last < first:
        raise argparse.ArgumentTypeError(f"the range {text} ends before it begins")
    return first, last


def frame_index(number: int, *, first_number: int, frame_count: int) -> int:
    """The index of a numbered frame.

    Raises:
        MediaError: the clip has no such frame.
    """
    index = number - first_number
    if not 0 <= index < frame_count:
        last = first_number + frame_count - 1
        raise MediaError(f"The clip has no frame {number}.", f"It has frames {first_number} to {last}.")
    return index


def frame_range(ends: Ends | None, *, first_number: int, frame_count: int) -> FrameRange:
    """The frames of a range argument; all without one. Raises MediaError when the clip does not have them."""
    first, last = ends or (None, None)
    facts = {"first_number": first_number, "frame_count": frame_count}
    return FrameRange(
        frame_index(first, **facts) if first is not None else 0,
        frame_index(last, **facts) if last is not None else frame_count - 1,
    )
