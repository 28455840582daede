"""steady_frames: the frames around one whose mattes make its own steady."""

from __future__ import annotations

from bisect import bisect_right

from vosapp.core.document import Document, RotoObject

REACH = 2  # frames on either side


def steady_frames(item: RotoObject, document: Document, frame_index: int) -> tuple[int, ...]:
    """Up to two frames before and after a frame, of its shot, on which the object has masks without a gap."""
    clip = document.clip
    if item.matte.steady <= 0 or clip is None or frame_index not in item.cells:
        return ()
    place = bisect_right(document.cuts, frame_index)
    first = document.cuts[place - 1] if place > 0 else 0
    last = (document.cuts[place] if place < len(document.cuts) else clip.frame_count) - 1
    found = []
    for direction in (-1, 1):
        for step in range(1, REACH + 1):
            frame = frame_index + direction * step
            if not first <= frame <= last or frame not in item.cells:
                break
            found.append(frame)
    return tuple(sorted(found))
