"""Display: the whole screen as one value, resolved from the document and the view state.

The window keeps the last `Display` and touches only the widgets whose part differs. Everything the window shows can
therefore be tested without a window.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vosapp.core.document import Cell, Colour, Document, ObjectId, RotoObject
from vosapp.core.recent import UnsavedWork
from vosapp.core.timecode import timecode
from vosapp.presentation.availability import blocked_actions, checked_actions, enabled_actions
from vosapp.presentation.engine_list import title_of_choice
from vosapp.presentation.matte.display import MatteDisplay, resolve_matte
from vosapp.presentation.pen_display import PenDisplay, resolve_pen
from vosapp.presentation.propagate_display import PropagateDisplay, resolve_propagate
from vosapp.presentation.requests.run import Refusal, active_object, request
from vosapp.presentation.select_display import SelectDisplay, SelectorDisplay, resolve_select, resolve_selector
from vosapp.presentation.status import FileWork, Notice, WorkStatus
from vosapp.presentation.strip import StripDisplay, resolve_strip
from vosapp.presentation.suggest.display import SuggestDisplay, resolve_suggest
from vosapp.presentation.text.clip_text import at_rate, banner, clip_facts, clip_text
from vosapp.presentation.text.formatting import rate_text
from vosapp.presentation.text.status_hint import status_hint
from vosapp.presentation.timeline.display import TimelineDisplay, resolve_timeline
from vosapp.presentation.timeline.lanes import CoverageCache
from vosapp.presentation.tour import TourDisplay, resolve_tour
from vosapp.presentation.view_state import ObjectStyle, Playback, ViewState
from vosapp.presentation.viewer.changes import ChangesDisplay, resolve_changes
from vosapp.presentation.viewer.onion import OnionLayer, resolve_onion
from vosapp.presentation.viewer.overlay import OverlayDisplay, resolve_overlay
from vosapp.presentation.viewer.trimap import TrimapDisplay, resolve_trimap
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
    selector: SelectorDisplay
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
        timeline=resolve_timeline(document, state, active, coverages=coverages, doubts=doubts, review=review),
        transport=_transport(document, state, review),
        propagate=resolve_propagate(document, state, asked),
        pen=resolve_pen(document, state, active),
        export=state.shot.export,
        notice=state.shot.notice,
        recent=state.app.recent,
        unsaved=state.app.unsaved,
        file_work=state.app.file_work,
        undo_text=f"Undo {state.shot.project.undo_label}".rstrip(),
        redo_text=f"Redo {state.shot.project.redo_label}".rstrip(),
        suggest=suggest,
        select=resolve_select(document, state),
        selector=resolve_selector(state),
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
    if item.engine:
        text += f" · {title_of_choice(item.engine, state.app.engines)}"
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
