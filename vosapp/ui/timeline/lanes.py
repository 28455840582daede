"""What the timeline draws, as values: runs of frames of one kind, anchors and doubt. No Qt.

A lane is made of spans, not of frames, so that a clip of a hundred thousand frames draws as quickly as one of ninety.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from vosapp.core.document import Cell, Colour, Document, ObjectId, RotoObject

DOUBTFUL = 0.5  # a frame at least this doubtful is one to look at


class Kind(enum.Enum):
    """What stands on a frame; the timeline gives each its own shape."""

    PREDICTED = "predicted"
    PAINTED = "painted"
    STALE = "stale"
    APPROVED = "approved"
    DRAWN = "drawn"
    ABSENT = "absent"


KIND_WORDS = {
    Kind.PREDICTED: "predicted",
    Kind.PAINTED: "predicted, painted over",
    Kind.STALE: "predicted from a mask that has changed since",
    Kind.APPROVED: "approved: no run changes it",
    Kind.DRAWN: "anchor: drawn or confirmed by you",
    Kind.ABSENT: "marked as not in the picture",
}


@dataclass(frozen=True, slots=True)
class LaneSpan:
    """Neighbouring frames of one kind, both ends included."""

    first: int
    last: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Lane:
    """One object's row.

    Attributes:
        object_id, name, colour: whose it is.
        spans: coverage, ascending; frames in no span have no mask.
        anchors: frames with a diamond, ascending.
        active, shown: the tools change this object; its masks are visible.
    """

    object_id: ObjectId
    name: str
    colour: Colour
    spans: tuple[LaneSpan, ...]
    anchors: tuple[int, ...]
    active: bool
    shown: bool


def kind_of(cell: Cell) -> Kind:
    """The kind of a frame with a mask."""
    if cell.is_anchor:
        return Kind.DRAWN
    if cell.locked:
        return Kind.APPROVED
    if cell.stale:
        return Kind.STALE
    return Kind.PAINTED if cell.is_painted else Kind.PREDICTED


def _spans(item: RotoObject) -> tuple[LaneSpan, ...]:
    kinds = {frame: kind_of(cell) for frame, cell in item.cells.items()}
    for absence in item.absences:
        for frame in absence:
            kinds.setdefault(frame, Kind.ABSENT)
    spans: list[LaneSpan] = []
    first = last = -2
    kind = Kind.PREDICTED
    for frame in sorted(kinds):
        if frame == last + 1 and kinds[frame] is kind:
            last = frame
            continue
        if last >= 0:
            spans.append(LaneSpan(first, last, kind))
        first = last = frame
        kind = kinds[frame]
    if last >= 0:
        spans.append(LaneSpan(first, last, kind))
    return tuple(spans)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is derived from one object's cells: spans, anchors, and doubt per frame above zero."""

    spans: tuple[LaneSpan, ...]
    anchors: tuple[int, ...]
    doubts: tuple[tuple[int, float], ...]


class CoverageCache:
    """Coverage per object, made anew only when the object's cells are another mapping.

    A document shares what did not change with the one before it, so identity is the right test, and stepping through
    a clip costs nothing here. Keeps one entry for each object of the newest document.
    """

    def __init__(self) -> None:
        self._entries: dict[ObjectId, tuple[Mapping[int, Cell], tuple[object, ...], Coverage]] = {}

    def of(self, document: Document) -> dict[ObjectId, Coverage]:
        """The coverage of every object of a document."""
        entries = {}
        for item in document.objects:
            known = self._entries.get(item.id)
            if known is None or known[0] is not item.cells or known[1] != item.absences:
                known = (item.cells, item.absences, _coverage(item))
            entries[item.id] = known
        self._entries = entries
        return {object_id: entry[2] for object_id, entry in entries.items()}


def _coverage(item: RotoObject) -> Coverage:
    doubts = sorted((f, c.doubt) for f, c in item.cells.items() if c.doubt and not c.is_barrier)
    return Coverage(_spans(item), tuple(item.anchors()), tuple(doubts))


def combined_doubt(coverages: Mapping[ObjectId, Coverage]) -> tuple[tuple[int, float], ...]:
    """Per frame the greatest doubt of any object, ascending by frame."""
    if len(coverages) == 1:
        return next(iter(coverages.values())).doubts
    worst: dict[int, float] = {}
    for coverage in coverages.values():
        for frame, doubt in coverage.doubts:
            worst[frame] = max(doubt, worst.get(frame, 0.0))
    return tuple(sorted(worst.items()))


def frames_to_review(doubts: tuple[tuple[int, float], ...]) -> tuple[int, ...]:
    """Frames doubtful enough to look at, ascending."""
    return tuple(frame for frame, doubt in doubts if doubt >= DOUBTFUL)
