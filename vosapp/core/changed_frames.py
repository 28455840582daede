"""The frames on which two versions of a document differ."""

from __future__ import annotations

from vosapp.core.document import Document, RotoObject
from vosapp.core.frame_map import changes_between


def changed_frames(old: Document, new: Document) -> frozenset[int]:
    """Frames whose masks, painted edges, absences or cuts are other ones.

    Empty where names, settings or the order changed alone.
    """
    before, after = ({one.id: one for one in document.objects} for document in (old, new))
    frames = set(old.cuts) ^ set(new.cuts)
    for object_id in before.keys() | after.keys():
        frames |= _changed(before.get(object_id), after.get(object_id))
    return frozenset(frames)


def nearest(frames: frozenset[int], here: int) -> int | None:
    """The nearest frame to another one, the earlier of two; None without any."""
    return min(frames, key=lambda frame: (abs(frame - here), frame), default=None)


def _changed(old: RotoObject | None, new: RotoObject | None) -> set[int]:
    if old is new:
        return set()
    cells = changes_between(old.cells if old is not None else {}, new.cells if new is not None else {})
    frames = {frame for frame, _, _ in cells}
    painted = [set(one.trimaps) if one is not None else set() for one in (old, new)]
    frames |= {frame for frame, _ in painted[0] ^ painted[1]}
    absent = [set(one.absences) if one is not None else set() for one in (old, new)]
    return frames | {frame for absence in absent[0] ^ absent[1] for frame in absence}
