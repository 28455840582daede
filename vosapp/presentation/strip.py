"""Strip: a row of frames above the timeline, to review doubtful masks, or to see what an engine goes by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from vosapp.core.document import DOUBTFUL, Document, ObjectId, RotoObject
from vosapp.engine.run.plan import shown_anchors
from vosapp.presentation.text.doubt_words import doubt_words
from vosapp.presentation.timeline.lanes import Doubts, stops
from vosapp.presentation.view_state import StripKind, ViewState


@dataclass(frozen=True, slots=True)
class Suspect:
    """A stretch of frames worth a look.

    Attributes:
        frame: its most doubtful frame.
        first, last: the stretch.
        doubt: of that frame.
    """

    frame: int
    first: int
    last: int
    doubt: float


@dataclass(frozen=True, slots=True)
class Card:
    """One frame of the strip.

    Attributes:
        frame: its index.
        title, text: what is written below its picture.
        is_bad: it looks wrong, and not just less sure than others.
        is_muted: engines are not shown it.
        is_here: the playhead stands in its stretch.
    """

    frame: int
    title: str
    text: str
    is_bad: bool = False
    is_muted: bool = False
    is_here: bool = False


@dataclass(frozen=True, slots=True)
class StripDisplay:
    """The strip as it is to be seen; `kind` is OFF where it is not."""

    kind: StripKind
    heading: str = ""
    counter: str = ""
    hint: str = ""
    cards: tuple[Card, ...] = ()
    object_ids: tuple[ObjectId, ...] = ()


def resolve_strip(document: Document, state: ViewState, doubts: Doubts, active: RotoObject | None) -> StripDisplay:
    """The strip for a document and a view state."""
    if state.shot.strip is StripKind.REVIEW and document.clip is not None:
        return _review(document, state, suspects(doubts))
    if state.shot.strip is StripKind.MEMORY and document.clip is not None:
        return _memory(document, state, active)
    return StripDisplay(StripKind.OFF)


def suspects(doubts: Doubts) -> tuple[Suspect, ...]:
    """The stretches of doubtful frames, the most doubtful one first; where none is, the frames that are least sure."""
    known = dict(doubts)
    found = [_stretch(frame, known) for frame in stops(doubts)]
    return tuple(sorted(found, key=lambda one: (-one.doubt, one.frame)))


def suspect_at(found: Iterable[Suspect], frame_index: int) -> Suspect | None:
    """The suspect in whose stretch a frame lies, or None."""
    return next((one for one in found if one.first <= frame_index <= one.last), None)


def next_suspect(found: tuple[Suspect, ...], frame_index: int) -> Suspect | None:
    """The suspect after the one at a frame, by doubt, going round; the most doubtful one from elsewhere."""
    here = suspect_at(found, frame_index)
    if not found:
        return None
    return found[(found.index(here) + 1) % len(found)] if here is not None else found[0]


def doubtful_object(document: Document, frame_index: int) -> ObjectId:
    """The object whose mask on a frame is the most doubtful, 0 where none is; locked ones are done."""
    doubts = {
        item.id: cell.doubt or 0.0
        for item in document.objects
        if (cell := item.cells.get(frame_index)) is not None and not cell.is_barrier and not item.locked
    }
    return max(doubts, key=lambda one: doubts[one], default=0)


def _stretch(frame: int, known: dict[int, float]) -> Suspect:
    first = last = frame
    if known[frame] >= DOUBTFUL:
        while known.get(first - 1, 0.0) >= DOUBTFUL:
            first -= 1
        while known.get(last + 1, 0.0) >= DOUBTFUL:
            last += 1
    return Suspect(frame, first, last, known[frame])


def _review(document: Document, state: ViewState, found: tuple[Suspect, ...]) -> StripDisplay:
    here = suspect_at(found, state.shot.frame_index)
    first_number = document.clip.first_number if document.clip is not None else 0
    cards = tuple(_suspect_card(document, one, first_number, is_here=one is here) for one in found)
    frames = sum(one.last - one.first + 1 for one in found)
    if not found:
        counter, hint = "Nothing left to review", "Masks without a doubt, anchors and approved ones are not listed."
    elif found[0].doubt >= DOUBTFUL:
        place = f"{found.index(here) + 1} of {len(found)}" if here is not None else f"{len(found)} to review"
        counter, hint = f"{place} · {frames} frame{'s' * (frames != 1)}", "The most doubtful first."
    else:
        counter, hint = "No frame is doubtful", "These are the least sure ones."
    shown = tuple(item.id for item in document.objects if state.shot.shows(item.id))
    return StripDisplay(StripKind.REVIEW, "REVIEW", counter, hint, cards, shown)


def _suspect_card(document: Document, one: Suspect, first_number: int, *, is_here: bool) -> Card:
    first, last = one.first + first_number, one.last + first_number
    title = f"{one.frame + first_number}" + (f"  ({first}–{last})" if last > first else "")
    cell = document.cell(found, one.frame) if (found := doubtful_object(document, one.frame)) else None
    reasons = doubt_words(cell.finding.reasons) if cell is not None and cell.finding is not None else ""
    text = f"doubt {one.doubt:.2f}" + f": {reasons}" * bool(reasons)
    return Card(one.frame, title, text, is_bad=one.doubt >= DOUBTFUL, is_here=is_here)


def _memory(document: Document, state: ViewState, active: RotoObject | None) -> StripDisplay:
    if active is None:
        return StripDisplay(StripKind.MEMORY, "MEMORY", "There is no object yet")
    here = state.shot.frame_index
    first = max((cut for cut in document.cuts if cut <= here), default=0)
    shot = range(first, min((cut for cut in document.cuts if cut > here), default=2**31))
    frames = [frame for frame in active.barriers() if frame in shot]
    shown = shown_anchors([frame for frame in frames if frame not in active.muted], here, shot)
    first_number = document.clip.first_number if document.clip is not None else 0
    made_from = _made_from(active, here)
    cards = tuple(
        Card(
            frame,
            str(frame + first_number),
            _anchor_words(active, frame, shown=shown, made_from=made_from),
            is_muted=frame not in shown,
            is_here=frame == state.shot.picked_anchor,
        )
        for frame in frames
    )
    counter = f"{len(shown)} of {len(frames)} anchors used"
    hint = f"By a run to {here + first_number}, {active.name}."
    return StripDisplay(StripKind.MEMORY, "MEMORY", counter, hint, cards, (active.id,))


def _made_from(active: RotoObject, frame_index: int) -> tuple[int, ...]:
    cell = active.cells.get(frame_index)
    return cell.sources if cell is not None and not cell.is_anchor else ()


def _anchor_words(active: RotoObject, frame: int, *, shown: set[int], made_from: tuple[int, ...]) -> str:
    kind = "" if active.cells[frame].is_anchor else "approved, "
    if frame in active.muted:
        return f"{kind}muted"
    if frame not in shown:
        return f"{kind}too far"
    return f"{kind}made this" if frame in made_from else f"{kind}used"
