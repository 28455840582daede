"""Frames in the words of a sentence."""

from __future__ import annotations

from collections.abc import Iterable

from vosapp.core.timeline import ranges_of

_MOST_NAMED = 4  # ranges named in one sentence; more are counted


def frame_words(frames: Iterable[int], first_number: int) -> str:
    """Frames as a user reads them: "frame 12", or "4 frames: 12, 40 to 42".

    Args:
        frames: indices, in any order.
        first_number: the source's number of frame 0.
    """
    ranges = ranges_of(frames)
    texts = [
        str(r.first + first_number) if len(r) == 1 else f"{r.first + first_number} to {r.last + first_number}"
        for r in ranges[:_MOST_NAMED]
    ]
    if len(ranges) > _MOST_NAMED:
        texts.append(f"{len(ranges) - _MOST_NAMED} more ranges")
    count = sum(len(r) for r in ranges)
    return f"{'frame' if count == 1 else f'{count} frames:'} {', '.join(texts)}"
