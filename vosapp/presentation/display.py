"""Display: the whole screen as one value, resolved from the document and the view state.

The window keeps the last `Display` and touches only the widgets whose part differs. Everything the window shows can
therefore be tested without a window.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from vosapp.core.document import Cell, Colour, Document, ObjectId, RotoObject
from vosapp.core.recent import UnsavedWork
from vosapp.core.timecode import timecode
from vosapp.core.timeline import Direction, FrameRange
from vosapp.core.trimap import TrimapKind
from vosapp.presentation.availability import blocked_actions, checked_actions, enabled_actions
from vosapp.presentation.choices import EngineChoice
from vosapp.presentation.matte.display import MatteDisplay, resolve_matte
from vosapp.presentation.pen_shapes import PenShape, shape_at
from vosapp.presentation.requests.run import Refusal, RunRequest, active_object, request
from vosapp.presentation.select_display import SelectDisplay, resolve_select
from vosapp.presentation.status import FileWork, Notice, WorkStatus
from vosapp.presentation.strip import StripDisplay, resolve_strip
from vosapp.presentation.suggest.display import SuggestDisplay, resolve_suggest
from vosapp.presentation.text.clip_text import at_rate, banner, clip_facts, clip_text
from vosapp.presentation.text.formatting import rate_text
from vosapp.presentation.text.status_hint import status_hint
from vosapp.presentation.timeline.lanes import Coverage, CoverageCache, Doubts, Lane, matte_keys
from vosapp.presentation.tour import TourDisplay, resolve_tour
from vosapp.presentation.view_state import SHAPE_TOOLS, ObjectStyle, Playback, PropagateChoice, Tool, ViewState
from vosapp.presentation.viewer.changes import ChangesDisplay, resolve_changes
from vosapp.presentation.viewer.onion import OnionLayer, resolve_onion
from vosapp.presentation.viewer.overlay import OverlayDisplay, resolve_overlay
from vosapp.presentation.viewer.trimap import TrimapDisplay, painted_kind, resolve_trimap
from vosapp.presentation.viewer.wipe import WipeDisplay, resolve_wipe


@dataclass(frozen=True, slots=True)
class ObjectRow:
    """One row of the objects list."""

    object_id: ObjectId
    name: str
    colour: Colour
    coverage: str
    here: str
    active: bool
    visible: bool
    solo: bool
    style: ObjectStyle | None = None


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


@dataclass(frozen=True, slots=True)
class TransportDisplay:
    """The line of playback controls."""

    frame_text: str
    last_text: str
    timecode: str
    clip_text: str
    playback: Playback
    review_text: str
    in_out_text: str
    clip_facts: str = ""


@dataclass(frozen=True, slots=True)
class PropagateDisplay:
    """The propagate panel."""

    choice: PropagateChoice
    engines: tuple[EngineChoice, ...]
    button: str
    summary: str
    possible: bool
    run: WorkStatus | None
    has_in_out: bool
    many_objects: bool


@dataclass(frozen=True, slots=True)
class PenDisplay:
    """Tool, brush, the object that they change, the shape whose points can be moved, what is painted on its edge."""

    tool: Tool
    brush_px: float
    pressure: bool
    object_id: ObjectId
    colour: Colour | None
    usable: bool
    soft_px: float = 0.0
    shape: PenShape | None = None
    trimap: TrimapKind | None = None


@dataclass(frozen=True, slots=True)
class Display:
    """The whole screen. `None` parts are absent: without a clip the start page is shown.

    `enabled` and `checked` are ids of actions; `blocked` says of each that is not enabled why.
    """

    title: str
    has_clip: bool
    frame_index: int
    status_hint: str
    banner: str
    overlay: OverlayDisplay
    wipe: WipeDisplay
    onion: tuple[OnionLayer, ...]
    objects: tuple[ObjectRow, ...]
    timeline: TimelineDisplay
    transport: TransportDisplay
    propagate: PropagateDisplay
    pen: PenDisplay
    export: WorkStatus | None
    notice: Notice | None
    recent: tuple[str, ...]
    unsaved: tuple[UnsavedWork, ...]
    file_work: FileWork | None
    undo_text: str
    redo_text: str
    suggest: SuggestDisplay
    select: SelectDisplay
    matte: MatteDisplay
    strip: StripDisplay
    trimap: TrimapDisplay
    changes: ChangesDisplay
    magnifier: bool
    tour: TourDisplay | None
    enabled: frozenset[str]
    blocked: Mapping[str, str]
    checked: frozenset[str]


def resolve(document: Document, state: ViewState, coverage_cache: CoverageCache | None = None) -> Display:
    """The screen for a document and a view state.

    Args:
        document, state: what to show.
        coverage_cache: remembers what was derived from cells that did not change; the result is the same without.
    """
    cache = coverage_cache or CoverageCache()
    coverages = cache.of(document)
    active = active_object(document, state)
    doubts, review = cache.doubts(document)
    suggest = resolve_suggest(document, state)
    asked = request(document, state)
    refusal = asked.reason if isinstance(asked, Refusal) else ""
    blocked = blocked_actions(document, state, active, doubts, refusal=refusal)
    return Display(
        title=_title(state),
        has_clip=document.clip is not None,
        frame_index=state.shot.frame_index,
        status_hint=status_hint(document, state, coverages, doubts, review),
        banner=banner(document, state),
        overlay=resolve_overlay(document, state, active),
        wipe=resolve_wipe(document, state, active),
        onion=resolve_onion(state, active),
        objects=tuple(_row(o, document, state, active=o is active) for o in document.objects),
        timeline=_timeline(document, state, coverages, doubts, review),
        transport=_transport(document, state, review),
        propagate=_propagate(document, state, asked),
        pen=_pen(document, state, active),
        export=state.shot.export,
        notice=state.shot.notice,
        recent=state.app.recent,
        unsaved=state.app.unsaved,
        file_work=state.app.file_work,
        undo_text=f"Undo {state.shot.project.undo_label}".rstrip(),
        redo_text=f"Redo {state.shot.project.redo_label}".rstrip(),
        suggest=suggest,
        select=resolve_select(document, state),
        matte=MatteDisplay() if suggest.is_open else resolve_matte(document, state, active),
        strip=resolve_strip(document, state, doubts, active),
        trimap=resolve_trimap(state, active),
        changes=resolve_changes(state, active),
        magnifier=state.app.magnifier,
        tour=resolve_tour(state),
        enabled=enabled_actions(blocked),
        blocked=blocked,
        checked=checked_actions(document, state, active),
    )


def _title(state: ViewState) -> str:
    if not state.shot.project.name:
        return "vosapp"
    note = "" if state.shot.project.saved else " (not saved as a project yet)"
    note = " (read only)" if state.shot.project.read_only else note
    return f"{state.shot.project.name}{note} \N{EN DASH} vosapp"


def _here(cell: Cell | None) -> str:
    if cell is None:
        return ""
    if cell.is_anchor:
        return "anchor"
    if cell.locked:
        return "approved"
    if cell.stale:
        return "stale"
    return "painted" if cell.is_painted else "predicted"


def _row(item: RotoObject, document: Document, state: ViewState, *, active: bool) -> ObjectRow:
    count = document.clip.frame_count if document.clip else 0
    covered = len(item.cells)
    text = "no masks yet" if covered == 0 else "all frames" if covered == count else f"{covered} of {count}"
    here = (
        "not in the picture"
        if item.is_absent(state.shot.frame_index)
        else _here(item.cells.get(state.shot.frame_index))
    )
    if item.locked:
        here = f"locked, {here}" if here else "locked"
    visible, solo = item.id not in state.shot.hidden, item.id == state.shot.solo
    style = state.shot.styles.get(item.id)
    return ObjectRow(item.id, item.name, item.colour, text, here, active, visible, solo, style)


def _timeline(
    document: Document,
    state: ViewState,
    coverages: dict[ObjectId, Coverage],
    doubts: Doubts,
    review: tuple[int, ...],
) -> TimelineDisplay:
    active = active_object(document, state)
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


def _transport(document: Document, state: ViewState, review: tuple[int, ...]) -> TransportDisplay:
    clip = document.clip
    if clip is None:
        return TransportDisplay("", "", "", "", state.shot.playback, "", "")
    start = state.shot.clip.start_timecode if state.shot.clip else ""
    in_out = document.in_out
    frames = len(review)
    return TransportDisplay(
        frame_text=str(state.shot.frame_index + clip.first_number),
        last_text=str(clip.frame_count - 1 + clip.first_number),
        timecode=timecode(state.shot.frame_index, clip.rate, start),
        clip_text=clip_text(document, state, rate_text(clip.rate)),
        clip_facts=clip_facts(at_rate(state.shot.clip, clip) if state.shot.clip else None, state.shot.damaged),
        playback=state.shot.playback,
        review_text="" if not frames else f"{frames} frame{'s' * (frames != 1)} to review",
        in_out_text=""
        if in_out is None
        else f"{in_out.first + clip.first_number}–{in_out.last + clip.first_number} ({len(in_out)})",
    )


_BUTTONS = {
    Direction.FORWARD: "Propagate forward",
    Direction.BACKWARD: "Propagate backward",
    Direction.BOTH: "Propagate both ways",
}


def _propagate(document: Document, state: ViewState, asked: RunRequest | Refusal) -> PropagateDisplay:
    if isinstance(asked, Refusal):
        summary = asked.reason
    else:
        summary = _run_summary(document, asked)
    return PropagateDisplay(
        state.app.propagate,
        state.app.engines,
        _BUTTONS[state.app.propagate.direction],
        summary,
        isinstance(asked, RunRequest),
        state.shot.run,
        document.in_out is not None,
        len(document.objects) > 1,
    )


def _run_summary(document: Document, asked: RunRequest) -> str:
    offset = document.clip.first_number if document.clip else 0
    within = asked.plan.within
    if asked.redone:
        return _redo_summary(document, asked, offset)
    objects = len(asked.plan.object_ids)
    first, last = within.first + offset, within.last + offset
    parts = [f"Frames {first}–{last}" if last > first else f"Frame {first}"]
    if objects > 1:
        parts.append(f"{objects} objects")
    if asked.kept:
        parts.append(f"{asked.kept} mask{'s' * (asked.kept != 1)} kept")
    return " · ".join(parts)


def _redo_summary(document: Document, asked: RunRequest, offset: int) -> str:
    """Summary of what is made anew after a correction: "25 frames, 43 to 68"."""
    within, here = asked.plan.within, asked.plan.start
    first = within.first + (within.first == here)
    last = within.last - (within.last == here)
    where = f"{first + offset} to {last + offset}" if last > first else f"{first + offset}"
    others = " · the rest stays" if len(within) < (document.clip.frame_count if document.clip else 0) else ""
    return f"Around this frame: {asked.redone} frame{'s' * (asked.redone != 1)}, {where}{others}"


def _pen(document: Document, state: ViewState, active: RotoObject | None) -> PenDisplay:
    # Without any object the first stroke makes one, so the pen works as soon as there is a clip.
    usable = document.clip is not None and not state.shot.media_problem and state.shot.playback.speed == 0
    choosing = state.shot.suggestions is not None and state.shot.suggestions.frame_index == state.shot.picture_index
    kind = painted_kind(state) if active is not None else None
    return PenDisplay(
        state.app.tool,
        state.app.brush_px,
        state.app.pressure,
        active.id if active else 0,
        active.colour if active else None,
        usable and not choosing and not (active is not None and active.locked),
        active.matte_at(state.shot.frame_index).feather_px if active else 0.0,
        _movable_shape(document, state, active) if usable and not choosing and kind is None else None,
        kind,
    )


def _movable_shape(document: Document, state: ViewState, active: RotoObject | None) -> PenShape | None:
    """The shape whose points a tool of shapes can move: the last change of the active object on this frame."""
    if active is None or active.locked or state.app.tool not in SHAPE_TOOLS or state.shot.polygon_points:
        return None
    drawn = shape_at(state.shot.shapes, document, active.id, state.shot.picture_index)
    return drawn.shape if drawn is not None else None
