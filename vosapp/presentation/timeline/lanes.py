"""Timeline lanes: spans of frames of one kind, anchors and doubt, derived from cells.

A lane is made of spans, not of frames, so that a clip of a hundred thousand frames draws as quickly as one of ninety.
"""

from __future__ import annotations

import enum
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from vosapp.core.document import DOUBTFUL, Cell, Colour, Document, Finding, ObjectId, RotoObject
from vosapp.core.frame_map import FrameMap
from vosapp.core.timeline import FrameRange, ranges_of
from vosapp.engine.run.plan import MAX_REMEMBERED

Doubts = tuple[tuple[int, float], ...]  # (frame, doubt), ascending by frame
Findings = tuple[tuple[int, Finding], ...]  # what runs noted, ascending by frame

LEAST_SURE = 5  # stops where no frame is that doubtful: doubt orders frames better than it judges them


class Kind(enum.Enum):
    """Kind of what stands on a frame."""

    PREDICTED = "predicted"
    PAINTED = "painted"
    OUTDATED = "outdated"
    FEWER = "fewer anchors"
    STALE = "stale"
    APPROVED = "approved"
    DRAWN = "drawn"
    ABSENT = "absent"


KIND_WORDS = {
    Kind.PREDICTED: "predicted",
    Kind.PAINTED: "predicted, painted over",
    Kind.OUTDATED: "predicted before a nearer anchor was there: propagating again renews it",
    Kind.FEWER: "predicted with fewer anchors than there are now: propagating again may do it a little better",
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
        doubts: how unsure the predictions are.
        findings: what else is known of them.
        matte_keys: frames on which its matte has a key, or is painted, ascending.
        muted: anchors that engines are not shown.
        locked: neither tools nor runs change the object.
        active, shown: the tools change this object; its masks are visible.
    """

    object_id: ObjectId
    name: str
    colour: Colour
    spans: tuple[LaneSpan, ...]
    anchors: tuple[int, ...]
    active: bool
    shown: bool
    doubts: Doubts = ()
    findings: Findings = ()
    matte_keys: tuple[int, ...] = ()
    muted: tuple[int, ...] = ()
    locked: bool = False


def matte_keys(item: RotoObject) -> tuple[int, ...]:
    """Frames on which a number of an object's matte has a key, or its edge is painted, ascending."""
    keys = {frame for curve in item.curves for frame, _ in curve.keys}
    return tuple(sorted(keys.union(frame for frame, _ in item.trimaps)))


def kind_of(cell: Cell) -> Kind:
    """The kind of a frame with a mask."""
    if cell.is_anchor:
        return Kind.DRAWN
    if cell.locked:
        return Kind.APPROVED
    if cell.stale:
        return Kind.STALE
    return Kind.PAINTED if cell.is_painted else Kind.PREDICTED


_Made = tuple[tuple[int, ...], int]  # the anchors that predictions come from, and how many the run knew
_Sourced = tuple[LaneSpan, _Made]
_NOTHING: _Made = ((), 0)


def _spans(item: RotoObject, cuts: Sequence[int]) -> tuple[LaneSpan, ...]:
    anchors = [frame for frame in item.anchors() if frame not in item.muted]
    sourced = _joined(FrameMap.of(item.cells).derived(_chunk_spans))
    spans = [_aged(span, made, anchors, cuts) for span, made in sourced]
    spans += [span for absence in item.absences for span in _absent(item, absence)]
    return tuple(span for span, _ in _joined((span, _NOTHING) for span in sorted(spans, key=lambda one: one.first)))


def _chunk_spans(cells: Mapping[int, Cell]) -> tuple[_Sourced, ...]:
    return _joined((LaneSpan(frame, frame, kind_of(cell)), _made(cell)) for frame, cell in cells.items())


def _made(cell: Cell) -> _Made:
    if kind_of(cell) is not Kind.PREDICTED:
        return _NOTHING
    return cell.sources, cell.finding.anchor_count if cell.finding is not None else 0


def _joined(spans: Iterable[_Sourced]) -> tuple[_Sourced, ...]:
    """Ascending spans with neighbours of one kind and origin made one."""
    joined: list[_Sourced] = []
    for span, sources in spans:
        before, known = joined[-1] if joined else (None, _NOTHING)
        if before is not None and before.last == span.first - 1 and (before.kind, known) == (span.kind, sources):
            joined[-1] = LaneSpan(before.first, span.last, span.kind), sources
        else:
            joined.append((span, sources))
    return tuple(joined)


def _aged(span: LaneSpan, made: _Made, anchors: Sequence[int], cuts: Sequence[int]) -> LaneSpan:
    """Predictions are outdated when an anchor stands between them and the one that they came from: it came later.

    Those beyond it were made with fewer anchors than an engine would be shown now. No anchor lies inside a span of
    predictions, so that the whole span is one or the other.
    """
    if span.kind is not Kind.PREDICTED:
        return span
    sources, known = made
    before = max((frame for frame in sources if frame < span.first), default=None)
    after = min((frame for frame in sources if frame > span.last), default=None)
    first = bisect_right(anchors, before) if before is not None else bisect_left(anchors, span.first)
    last = bisect_left(anchors, after) if after is not None else bisect_right(anchors, span.last)
    if last > first:
        return replace(span, kind=Kind.OUTDATED)
    return replace(span, kind=Kind.FEWER) if 0 < known < _shown(span, anchors, cuts) else span


def _shown(span: LaneSpan, anchors: Sequence[int], cuts: Sequence[int]) -> int:
    """How many anchors an engine would be shown for a span now: those between the cuts around it, up to a limit."""
    place = bisect_right(cuts, span.first)
    first = bisect_left(anchors, cuts[place - 1]) if place else 0
    last = bisect_left(anchors, cuts[place]) if place < len(cuts) else len(anchors)
    return min(last - first, MAX_REMEMBERED)


def _absent(item: RotoObject, absence: FrameRange) -> Iterator[LaneSpan]:
    """The frames of an absence that have no mask."""
    for part in ranges_of(frame for frame in absence if frame not in item.cells):
        yield LaneSpan(part.first, part.last, Kind.ABSENT)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is derived from one object's cells: spans, anchors, doubt per frame above zero, and what runs noted."""

    spans: tuple[LaneSpan, ...]
    anchors: tuple[int, ...]
    doubts: tuple[tuple[int, float], ...]
    findings: Findings = ()


class CoverageCache:
    """Coverage per object, made anew only when the object's cells are another mapping.

    A document shares what did not change with the one before it, so identity is the right test, and stepping through
    a clip costs nothing here. Keeps one entry for each object of the newest document.
    """

    def __init__(self) -> None:
        self._entries: dict[ObjectId, tuple[Mapping[int, Cell], tuple[object, ...], Coverage]] = {}
        self._combined: tuple[tuple[Coverage, ...], Doubts, tuple[int, ...]] = ((), (), ())

    def of(self, document: Document) -> dict[ObjectId, Coverage]:
        """The coverage of every object of a document."""
        entries = {}
        for item in document.objects:
            known = self._entries.get(item.id)
            rest = (item.absences, document.cuts, item.muted)
            if known is None or known[0] is not item.cells or known[1] != rest:
                known = (item.cells, rest, _coverage(item, document.cuts))
            entries[item.id] = known
        self._entries = entries
        return {object_id: entry[2] for object_id, entry in entries.items()}

    def doubts(self, document: Document) -> tuple[Doubts, tuple[int, ...]]:
        """The combined doubt of all objects and the frames to review, made anew only when a coverage is another one.

        The user is done with locked objects: their doubts do not count.
        """
        known_of = self.of(document)
        coverages = {one.id: known_of[one.id] for one in document.objects if not one.locked}
        parts = tuple(coverages.values())
        known = self._combined
        if len(parts) != len(known[0]) or any(a is not b for a, b in zip(parts, known[0], strict=True)):
            doubts = combined_doubt(coverages)
            known = self._combined = (parts, doubts, frames_to_review(doubts))
        return known[1], known[2]


def _coverage(item: RotoObject, cuts: Sequence[int]) -> Coverage:
    cells = FrameMap.of(item.cells)
    return Coverage(_spans(item, cuts), tuple(item.anchors()), cells.derived(_doubts), cells.derived(_findings))


def _doubts(cells: Mapping[int, Cell]) -> tuple[tuple[int, float], ...]:
    return tuple((frame, cell.doubt) for frame, cell in cells.items() if cell.doubt and not cell.is_barrier)


def _findings(cells: Mapping[int, Cell]) -> Findings:
    found = ((frame, cell.finding) for frame, cell in cells.items() if not cell.is_barrier)
    return tuple((frame, finding) for frame, finding in found if finding is not None)


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


def stops(doubts: Doubts) -> tuple[int, ...]:
    """Frames worth a look, ascending: the most doubtful one of each stretch of doubtful frames.

    Where no frame is doubtful these are the least sure ones, apart from each other by a tenth of what is covered: a
    mask can be wrong at a small doubt, and then the most doubtful frames are still where to look first.
    """
    stretches: list[tuple[int, float]] = []
    last = -2
    for frame, doubt in doubts:
        if doubt < DOUBTFUL:
            continue
        if frame == last + 1 and stretches:
            stretches[-1] = max(stretches[-1], (frame, doubt), key=lambda stop: stop[1])
        else:
            stretches.append((frame, doubt))
        last = frame
    return tuple(frame for frame, _ in stretches) or _least_sure(doubts)


def holes(spans: Iterable[LaneSpan], within: FrameRange) -> tuple[FrameRange, ...]:
    """The frames of a range in no span, which have neither a mask nor an absence, as ranges, ascending."""
    found, first = [], within.first
    for span in sorted(spans, key=lambda one: one.first):
        if span.first > within.last:
            break
        if span.first > first:
            found.append(FrameRange(first, span.first - 1))
        first = max(first, span.last + 1)
    return (*found, FrameRange(first, within.last)) if first <= within.last else tuple(found)


def most_doubtful(doubts: Doubts) -> int | None:
    """The most doubtful frame, the first of equals; None without any doubt."""
    return max(doubts, key=lambda one: one[1])[0] if doubts else None


def _least_sure(doubts: Doubts) -> tuple[int, ...]:
    apart = max(2, len(doubts) // 10)
    chosen: list[int] = []
    for frame, _ in sorted(doubts, key=lambda one: -one[1]):
        if all(abs(frame - other) >= apart for other in chosen):
            chosen.append(frame)
            if len(chosen) == LEAST_SURE:
                break
    return tuple(sorted(chosen))
