"""Presence: where each object has masks, over the whole clip at a glance."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from vosapp.core.document import DOUBTFUL, Colour, Document, ObjectId
from vosapp.core.timeline import FrameRange
from vosapp.presentation.timeline.lanes import Coverage, Kind

MOST_COLUMNS = 60


class Presence(enum.Enum):
    """What a part of the clip holds of an object."""

    NONE = "no mask"
    SOME = "masks on some frames"
    ALL = "a mask on every frame"
    ABSENT = "marked as absent"


@dataclass(frozen=True, slots=True)
class PresenceCell:
    """One object in one part of the clip.

    Attributes:
        frames: the part.
        presence: what it holds.
        anchors: how many of the frames are anchors.
        is_doubtful: whether any frame there should be looked at.
        missing: the first frame with neither mask nor absence, -1 for none.
    """

    frames: FrameRange
    presence: Presence
    anchors: int
    is_doubtful: bool
    missing: int


@dataclass(frozen=True, slots=True)
class PresenceRow:
    """One object over the whole clip."""

    object_id: ObjectId
    name: str
    colour: Colour
    cells: tuple[PresenceCell, ...]


def presence_grid(document: Document, coverages: Mapping[ObjectId, Coverage]) -> tuple[PresenceRow, ...]:
    """A row an object, with the clip in parts of equal length, one frame each where it is short."""
    clip = document.clip
    if clip is None or not clip.frame_count:
        return ()
    columns = min(clip.frame_count, MOST_COLUMNS)
    ends = [clip.frame_count * column // columns for column in range(columns + 1)]
    parts = [FrameRange(first, after - 1) for first, after in pairwise(ends)]
    return tuple(
        PresenceRow(item.id, item.name, item.colour, tuple(_cell(coverages[item.id], part) for part in parts))
        for item in document.objects
    )


def _cell(coverage: Coverage, part: FrameRange) -> PresenceCell:
    absent = masked = 0
    missing, reached = -1, part.first
    for span in coverage.spans:
        shared = part.intersection(FrameRange(span.first, span.last))
        if shared is None:
            continue
        if missing < 0 and shared.first > reached:
            missing = reached
        reached = shared.last + 1
        if span.kind is Kind.ABSENT:
            absent += len(shared)
        else:
            masked += len(shared)
    if missing < 0 and reached <= part.last:
        missing = reached
    doubtful = any(frame in part and doubt >= DOUBTFUL for frame, doubt in coverage.doubts)
    anchors = sum(1 for frame in coverage.anchors if frame in part)
    return PresenceCell(part, _presence(masked, absent, len(part)), anchors, doubtful, missing)


def _presence(masked: int, absent: int, whole: int) -> Presence:
    if masked + absent == whole:
        return Presence.ALL if masked else Presence.ABSENT
    return Presence.SOME if masked + absent else Presence.NONE
