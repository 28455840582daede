"""Turns the propagate panel into a `RunPlan`: which objects and frames a press means.

"Forward" means from here on: from the frame the user looks at when something stands there, else from the nearest
anchor before it, so that a run never leaves a hole between an anchor and the playhead.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass

from vosapp.core.document import Document, RotoObject
from vosapp.core.timeline import Direction, FrameRange
from vosapp.engine.run.plan import RunPlan, by_engine, writes_any
from vosapp.presentation.engine_list import known_choice
from vosapp.presentation.view_state import PropagateChoice, Reach, ViewState


@dataclass(frozen=True, slots=True)
class Refusal:
    """Sentence for the user that says why a run cannot start."""

    reason: str


@dataclass(frozen=True, slots=True)
class RunRequest:
    """A run that can start.

    Attributes:
        plan: for the engine.
        kept: anchors and approved frames inside the range, which stay as they are.
        redone: how many frames around a correction are made anew; 0 for a run that is not about a correction.
    """

    plan: RunPlan
    kept: int
    redone: int = 0


def active_object(document: Document, state: ViewState) -> RotoObject | None:
    """The object that the tools change: the chosen one while it exists, else the first."""
    for item in document.objects:
        if item.id == state.shot.active_object:
            return item
    return document.objects[0] if document.objects else None


def request(document: Document, state: ViewState, choice: PropagateChoice | None = None) -> RunRequest | Refusal:
    """Resolves a press on Propagate to a run, or to the reason why there is none.

    Args:
        document, state: what stands.
        choice: direction, reach and engine; None takes those of the panel.
    """
    choice = choice or state.app.propagate
    refusal = _refusal(document, state, choice)
    if refusal is not None:
        return refusal
    objects = _objects(document, state, choice)
    if not objects and any(item.locked and item.barriers() for item in document.objects):
        return Refusal("Every object to propagate is locked. Object > Lock unlocks it.")
    lack = _lacking_engine(objects, state)
    if lack is not None:
        return lack
    corrected = tuple(item for item in objects if is_corrected(item, state.shot.frame_index))
    if choice.reach is Reach.AS_NEEDED and corrected:
        return _redo(document, state, choice, corrected)
    anchors = _anchors(objects, state.shot.frame_index)
    if not anchors:
        return Refusal("Paint the object on one frame first.")
    within = _within(document, state, choice, objects, anchors)
    if within is None:
        return Refusal("There is no frame to propagate to on that side.")
    ids = tuple(item.id for item in objects)
    plan = RunPlan(ids, within, choice.direction, choice.engine, start_frame=state.shot.frame_index)
    if not writes_any(document, plan):
        return Refusal("There is no frame to propagate to on that side.")
    kept = sum(_count_within(item.barriers(), within) for item in objects)
    return RunRequest(_on_one_engine(document, plan), kept)


def _lacking_engine(objects: tuple[RotoObject, ...], state: ViewState) -> Refusal | None:
    """The refusal where an object is set to an engine of its own that cannot run here."""
    for item in objects:
        engine = known_choice(item.engine, state.app.engines) if item.engine else None
        if item.engine and (engine is None or not engine.ready):
            title = engine.title if engine is not None else item.engine
            return Refusal(f"{item.name} is set to {title}, which cannot run here. Object > Engine changes that.")
    return None


def _on_one_engine(document: Document, plan: RunPlan) -> RunPlan:
    """The plan of the engine that all its objects are set to, where it is one: what is kept of it is taken up then."""
    parts = by_engine(document, plan)
    return parts[0] if len(parts) == 1 else plan


def is_corrected(item: RotoObject, frame_index: int) -> bool:
    """Whether an object's mask on a frame was changed by hand and frames beside it do not come from it yet."""
    cell = item.cells.get(frame_index)
    if cell is None or not (cell.is_painted or cell.is_barrier):
        return False
    beside = (item.cells.get(frame_index + step) for step in (-1, 1))
    return any(one and not one.is_barrier and (one.stale or frame_index not in one.sources) for one in beside)


def _redo(
    document: Document, state: ViewState, choice: PropagateChoice, objects: tuple[RotoObject, ...]
) -> RunRequest | Refusal:
    """The run after a correction: from it to the frames before the next barriers, and not across a cut."""
    within = _around(document, state, choice.direction, objects)
    plan = RunPlan(tuple(item.id for item in objects), within, choice.direction, choice.engine, state.shot.frame_index)
    if not writes_any(document, plan):
        return Refusal("There is no frame to propagate to on that side.")
    kept = sum(_count_within(item.barriers(), within) for item in objects)
    muted = set.intersection(*(set(item.muted) for item in objects)) & set(within)
    return RunRequest(
        _on_one_engine(document, plan), kept, redone=len(within) - 1 - len(muted)
    )  # the correction itself is given


def _around(document: Document, state: ViewState, direction: Direction, objects: tuple[RotoObject, ...]) -> FrameRange:
    here = state.shot.frame_index
    first, last = 0, document.clip.frame_count - 1 if document.clip else here
    first = max([first, *(cut for cut in document.cuts if cut <= here)])
    last = min([last, *(cut - 1 for cut in document.cuts if cut > here)])
    before = [_nearest(item.given(), here, -1) for item in objects]
    after = [_nearest(item.given(), here, 1) for item in objects]
    first = max(first, min(first if f is None else f + 1 for f in before))
    last = min(last, max(last if f is None else f - 1 for f in after))
    if direction is Direction.FORWARD:
        return FrameRange(here, last)
    return FrameRange(first, here) if direction is Direction.BACKWARD else FrameRange(first, last)


def _nearest(frames: Sequence[int], here: int, step: int) -> int | None:
    """The nearest of some ascending frames after here, or before it when `step` is negative."""
    place = bisect.bisect_right(frames, here) if step > 0 else bisect.bisect_left(frames, here) - 1
    return frames[place] if 0 <= place < len(frames) else None


def _refusal(document: Document, state: ViewState, choice: PropagateChoice) -> Refusal | None:
    if document.clip is None:
        return Refusal("Open a clip first.")
    if state.shot.run is not None:
        return Refusal("A run is going on.")
    if state.shot.searching is not None:
        return Refusal("Objects are being searched for.")
    if state.shot.suggestions is not None:
        return Refusal("Accept or discard the suggestions first.")
    if not document.objects:
        return Refusal("Paint the object on one frame first.")
    if state.shot.media_problem:
        return Refusal("The clip is missing. File > Relink media finds it.")
    engine = known_choice(choice.engine, state.app.engines)
    if engine is None:
        return Refusal("There is no engine to propagate with.")
    return None if engine.ready else Refusal(f"{engine.title} cannot run here: it lacks its weights.")


def _objects(document: Document, state: ViewState, choice: PropagateChoice) -> tuple[RotoObject, ...]:
    """The objects of a run. Objects without any anchor frame have nothing to be carried and are left out."""
    active = active_object(document, state)
    chosen = document.objects if choice.all_objects or active is None else (active,)
    anchored = (item for item in chosen if item.given() or _is_painted(item, state.shot.frame_index))
    return tuple(item for item in anchored if not item.locked)


def _anchors(objects: tuple[RotoObject, ...], playhead: int) -> list[int]:
    """Frames that a run takes as truth, ascending; paint on the playhead's frame counts."""
    frames = set[int]().union(*(item.given() for item in objects))
    if any(_is_painted(item, playhead) for item in objects):
        frames.add(playhead)
    return sorted(frames)


def _is_painted(item: RotoObject, frame_index: int) -> bool:
    cell = item.cells.get(frame_index)
    return cell is not None and cell.is_painted


def _within(
    document: Document, state: ViewState, choice: PropagateChoice, objects: tuple[RotoObject, ...], anchors: list[int]
) -> FrameRange | None:
    clip = document.clip
    if clip is None:
        return None
    last_frame, here = clip.frame_count - 1, state.shot.frame_index
    if choice.reach is Reach.IN_OUT:
        return document.working_range()
    if choice.reach is Reach.ONE_FRAME:
        frame = here + (1 if choice.direction is Direction.FORWARD else -1)
        return FrameRange(frame, frame) if 0 <= frame <= last_frame else None
    stands_here = any(here in item.cells for item in objects)
    before = max((f for f in anchors if f <= here), default=anchors[0])
    after = min((f for f in anchors if f >= here), default=anchors[-1])
    to_next = choice.reach is Reach.NEXT_ANCHOR
    first, last = 0, last_frame
    if choice.direction is Direction.FORWARD:
        first = here if stands_here else before
        last = min((f for f in anchors if f > first), default=last_frame) if to_next else last_frame
    elif choice.direction is Direction.BACKWARD:
        last = here if stands_here else after
        first = max((f for f in anchors if f < last), default=0) if to_next else 0
    elif to_next:
        first = max((f for f in anchors if f < here), default=0)
        last = min((f for f in anchors if f > here), default=last_frame)
    return FrameRange(first, last) if first <= last else None


def _count_within(frames: Sequence[int], within: FrameRange) -> int:
    """Counts the ascending frames that lie in a range."""
    return bisect.bisect_right(frames, within.last) - bisect.bisect_left(frames, within.first)
