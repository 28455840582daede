"""What a user types to go to a frame: a number, a step from here, or a timecode."""

from __future__ import annotations

import re

from vosapp.core.document import ClipRef
from vosapp.core.errors import UserError
from vosapp.core.timecode import frame_of, timecode

_NUMBER = re.compile(r"^\d{1,8}$")
_STEP = re.compile(r"^[+-]\d{1,8}$")
_HINT = "Type a frame number, +10 or -5 from here, or a timecode."


def typed_frame(text: str, clip: ClipRef, *, here: int, start_timecode: str) -> int:
    """The 0-based frame that a text means. Steps end at the ends of the clip.

    Args:
        text: a number in the source's own numbering, "+10", "-5", or a timecode, which may be short.
        clip: what the frame is of.
        here: where steps begin.
        start_timecode: of frame 0, "" for zero.

    Raises:
        UserError: it means nothing, or a frame that the clip does not have.
    """
    text, last = text.strip(), clip.frame_count - 1
    if _STEP.match(text):
        return min(max(here + int(text), 0), last)
    if _NUMBER.match(text):
        frame = int(text) - clip.first_number
        ends = str(clip.first_number), str(clip.first_number + last)
    else:
        try:
            frame = frame_of(text, clip.rate, start_timecode)
        except ValueError:
            raise UserError(f"{text or 'Nothing'} is no frame.", _HINT) from None
        ends = timecode(0, clip.rate, start_timecode), timecode(last, clip.rate, start_timecode)
    if not 0 <= frame <= last:
        raise UserError(f"There is no frame {text}: the clip goes from {ends[0]} to {ends[1]}.", _HINT)
    return frame
