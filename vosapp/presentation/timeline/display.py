"""What the timeline shows: lanes, marks, cuts and the ruler's timecode."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from vosapp.core.document import Document, ObjectId, RotoObject
from vosapp.core.timeline import FrameRange
from vosapp.presentation.timeline.lanes import Coverage, Doubts, Lane, matte_keys
from vosapp.presentation.view_state import ViewState


@dataclass(frozen=True, slots=True)
class TimecodeRuler:
    """Timecode on the ruler: frames a second, and the timecode of frame 0, "" for zero."""

    rate: Fraction
    start: str


@dataclass(frozen=True, slots=True)
class TimelineDisplay:
    """The lanes and marks of the timeline; `timecode` is None where the ruler shows frame numbers."""

    frame_count: int
    first_number: int
    lanes: tuple[Lane, ...]
    doubts: tuple[tuple[int, float], ...]
    review: tuple[int, ...]
    in_out: FrameRange | None
    cuts: tuple[int, ...]
    damaged: tuple[int, ...] = ()
    cuts_text: str = ""
    timecode: TimecodeRuler | None = None
    thumbnails: bool = False


def resolve_timeline(
    document: Document,
    state: ViewState,
    active: RotoObject | None,
    *,
    coverages: dict[ObjectId, Coverage],
    doubts: Doubts,
    review: tuple[int, ...],
) -> TimelineDisplay:
    """The timeline of a document in a view state.

    Args:
        document: what is open.
        state: of the view.
        active: the object that is worked on.
        coverages: of each object.
        doubts: of the frames.
        review: the doubtful frames.
    """
    lanes = tuple(
        Lane(
            o.id,
            o.name,
            o.colour,
            coverages[o.id].spans,
            coverages[o.id].anchors,
            active=o is active,
            shown=state.shot.shows(o.id),
            doubts=coverages[o.id].doubts,
            findings=coverages[o.id].findings,
            matte_keys=matte_keys(o),
            muted=o.muted,
            locked=o.locked,
        )
        for o in document.objects
    )
    clip = document.clip
    return TimelineDisplay(
        clip.frame_count if clip else 0,
        clip.first_number if clip else 0,
        lanes,
        doubts,
        review,
        document.in_out,
        document.cuts,
        tuple(sorted(state.shot.damaged)),
        _cuts_text(document, state),
        _timecode_ruler(document, state),
        state.app.thumbnails,
    )


def _timecode_ruler(document: Document, state: ViewState) -> TimecodeRuler | None:
    if document.clip is None or not state.app.timecode:
        return None
    return TimecodeRuler(document.clip.rate, state.shot.clip.start_timecode if state.shot.clip else "")


def _cuts_text(document: Document, state: ViewState) -> str:
    if state.shot.cut_search is not None:
        return f"Looking for cuts: {state.shot.cut_search} %"
    count = len(document.cuts)
    return f"{count} cut{'s' * (count != 1)}" if count else ""
