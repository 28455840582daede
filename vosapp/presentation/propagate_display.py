"""What the panel for propagating shows: the choices, the button and what a run would do."""

from __future__ import annotations

from dataclasses import dataclass

from vosapp.core.document import Document
from vosapp.core.timeline import Direction
from vosapp.engine.run.plan import by_engine
from vosapp.presentation.choices import EngineChoice
from vosapp.presentation.requests.run import Refusal, RunRequest
from vosapp.presentation.status import WorkStatus
from vosapp.presentation.view_state import PropagateChoice, ViewState


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


_BUTTONS = {
    Direction.FORWARD: "Propagate forward",
    Direction.BACKWARD: "Propagate backward",
    Direction.BOTH: "Propagate both ways",
}


def resolve_propagate(document: Document, state: ViewState, asked: RunRequest | Refusal) -> PropagateDisplay:
    """The panel for a document in a view state, and for what the next run would be."""
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
    engines = len(by_engine(document, asked.plan))
    if engines > 1:
        parts.append(f"{engines} engines")
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
