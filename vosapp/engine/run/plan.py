"""RunPlan and its schedule, made before a run starts: each object on each frame, from which anchor.

Pure values: no pixels, no networks. The loop that follows a plan is in `propagation.py`.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass, replace

from vosapp.core.document import Document, ObjectId, RotoObject
from vosapp.core.errors import EngineError
from vosapp.core.timeline import Direction, FrameRange, Span, backward_spans, forward_spans

MAX_REMEMBERED = 16  # anchors that a propagator is shown ahead of a pass, for each object: the nearest ones


@dataclass(frozen=True, slots=True)
class RunPlan:
    """Request of the user for a run.

    Attributes:
        object_ids: the objects to propagate; all others stay as they are.
        within: the run writes only here.
        direction: from the anchors forward, backward, or both.
        engine: name of the engine, recorded with every mask.
        start_frame: where the user stood. A prediction that was painted over there counts as an anchor. None takes
            the frame of `within` where the run begins.
        blend: whether a run in both directions goes the whole way between two anchors from either side and blends
            the two. Costs twice the time there; without it each anchor goes as far as it is the nearer one.
    """

    object_ids: tuple[ObjectId, ...]
    within: FrameRange
    direction: Direction = Direction.FORWARD
    engine: str = "flow"
    start_frame: int | None = None
    blend: bool = True

    @property
    def start(self) -> int:
        """The frame whose paint is taken as truth."""
        if self.start_frame is not None:
            return self.start_frame
        return self.within.last if self.direction is Direction.BACKWARD else self.within.first


@dataclass(frozen=True, slots=True)
class ObjectSpan:
    """Frames of one object that one pass predicts from one anchor frame.

    Attributes:
        object_id: the object.
        seed: the frame whose mask is given; the span's frames begin beside it.
        frames: predicted frames in the order of the pass; the seed is not in it.
        sources: the anchors that the predictions come from.
        anchor: the anchor frame that the pass comes from: the seed, or one before it when the pass goes on from an
            earlier run's prediction.
        far: the anchor frame on the other side when both passes blend here, else None.
    """

    object_id: ObjectId
    seed: int
    frames: range
    sources: tuple[int, ...]
    anchor: int
    far: int | None = None


@dataclass(frozen=True, slots=True)
class Pass:
    """One way through the clip, in one direction, for all objects together.

    Attributes:
        step: +1 forward, -1 backward.
        spans: what is predicted.
    """

    step: int
    spans: tuple[ObjectSpan, ...]

    def frames(self) -> list[int]:
        """Every frame that the pass visits, in its order: seeds and predicted frames, gaps left out."""
        visited = {s.seed for s in self.spans}.union(*(s.frames for s in self.spans))
        return sorted(visited, reverse=self.step < 0)

    def legs(self, start: int) -> list[list[int]]:
        """The same frames, in parts that do not depend on each other, in the order in which they are best done.

        A part begins where every object that it follows is given. The one around `start` comes first and those that
        follow in the direction of the pass, because that is what the user waits for and keeps if the run is cancelled;
        then those that the pass left out so far.
        """
        predicted = set[int]().union(*(s.frames for s in self.spans))
        parts: list[list[int]] = []
        for frame in self.frames():
            if frame not in predicted:
                parts.append([])
            parts[-1].append(frame)
        first = next((i for i, part in enumerate(parts) if (part[-1] - start) * self.step >= 0), 0)
        return parts[first:] + parts[:first]


def anchor_frames_of(item: RotoObject, plan: RunPlan) -> list[int]:
    """Frames of an object that a run takes as truth, ascending: anchors, approved frames, and paint at the start.

    Muted ones are not among them: a run passes over their frames and writes nothing there.
    """
    frames = list(item.given())
    start = item.cells.get(plan.start)
    if start is not None and start.is_painted and not start.is_barrier:
        bisect.insort(frames, plan.start)
    return frames


def nearest_anchors(anchors: Sequence[int], frame_index: int, shot: range) -> list[int]:
    """The anchor frames that an engine is shown where a pass begins: the nearest ones of the shot, ascending."""
    within = [frame for frame in anchors if frame in shot]
    return sorted(sorted(within, key=lambda frame: abs(frame - frame_index))[:MAX_REMEMBERED])


def shown_anchors(anchors: Sequence[int], frame_index: int, shot: range) -> set[int]:
    """The anchor frames that an engine is shown for a frame, by passes from both sides."""
    within = [frame for frame in anchors if frame in shot]
    before = [frame for frame in within if frame <= frame_index][-1:]
    after = [frame for frame in within if frame >= frame_index][:1]
    return {frame for seed in (*before, *after) for frame in nearest_anchors(within, seed, shot)}


def schedule(document: Document, plan: RunPlan) -> list[Pass]:
    """The passes of a run: the backward one first, so that a run in both directions ends playing forward.

    Raises:
        EngineError: none of the objects has an anchor frame.
    """
    spans: dict[int, list[ObjectSpan]] = {-1: [], 1: []}
    anchored = False
    for object_id in dict.fromkeys(plan.object_ids):
        item = document.object(object_id)
        anchors = anchor_frames_of(item, plan)
        anchored = anchored or bool(anchors)
        forward, backward = _spans(object_id, anchors, document.cuts, plan)
        spans[1] += [_continued(span, item, plan) for span in forward]
        spans[-1] += [_continued(span, item, plan) for span in backward]
    if not anchored:
        raise EngineError("There is nothing to propagate from yet.", "Paint the object on one frame first.")
    return [Pass(step, tuple(spans[step])) for step in (-1, 1) if spans[step]]


def by_engine(document: Document, plan: RunPlan) -> tuple[RunPlan, ...]:
    """The run as one for each engine that its objects are set to, the plan's own engine first.

    Objects of one run on different engines do not know of each other; where their masks overlap, the order of objects
    decides what is seen, as with any masks.
    """
    groups: dict[str, list[ObjectId]] = {plan.engine: []}
    for object_id in plan.object_ids:
        groups.setdefault(document.object(object_id).engine or plan.engine, []).append(object_id)
    return tuple(replace(plan, object_ids=tuple(ids), engine=name) for name, ids in groups.items() if ids)


def frame_count(passes: Sequence[Pass]) -> int:
    """Number of frames that all passes visit together: what progress counts."""
    return sum(len(run.frames()) for run in passes)


def writes_any(document: Document, plan: RunPlan) -> bool:
    """Whether a run would write any mask. Works it out without the spans, in microseconds for any length of clip."""
    return any(_reaches(anchor_frames_of(document.object(one), plan), document.cuts, plan) for one in plan.object_ids)


def _reaches(anchors: Sequence[int], cuts: Sequence[int], plan: RunPlan) -> bool:
    """Whether some frame of the range can be reached from an anchor.

    A run enters the range from the nearest anchor frame outside, or starts beside one inside.
    """
    first, last = plan.within.first, plan.within.last
    inside = anchors[bisect.bisect_left(anchors, first) : bisect.bisect_right(anchors, last)]
    held, new_shot = set(inside), set(cuts)
    if plan.direction is not Direction.BACKWARD:
        before = bisect.bisect_left(anchors, first) - 1
        if before >= 0 and first not in held and not _cut_between(anchors[before], first, cuts):
            return True
        if any(f < last and f + 1 not in held and f + 1 not in new_shot for f in inside):
            return True
    if plan.direction is not Direction.FORWARD:
        after = bisect.bisect_right(anchors, last)
        if after < len(anchors) and last not in held and not _cut_between(last, anchors[after], cuts):
            return True
        return any(f > first and f - 1 not in held and f not in new_shot for f in inside)
    return False


def _cut_between(early: int, late: int, cuts: Sequence[int]) -> bool:
    """Whether a new shot begins after `early` and not after `late`."""
    return bisect.bisect_right(cuts, early) < bisect.bisect_right(cuts, late)


def _spans(
    object_id: ObjectId, anchors: Sequence[int], cuts: Sequence[int], plan: RunPlan
) -> tuple[list[ObjectSpan], list[ObjectSpan]]:
    forward = forward_spans(anchors, cuts, plan.within) if plan.direction is not Direction.BACKWARD else []
    backward = backward_spans(anchors, cuts, plan.within) if plan.direction is not Direction.FORWARD else []
    ahead = [_object_span(object_id, span) for span in forward]
    behind = {span.anchor: _object_span(object_id, span) for span in backward}
    later = sorted(behind)
    for i, early in enumerate(ahead):
        place = bisect.bisect_right(later, early.anchor)
        late = behind[later[place]] if place < len(later) else None
        if late is not None and late.frames[-1] <= early.frames[-1]:
            ahead[i], behind[late.anchor] = _met(early, late, plan)
    return [s for s in ahead if _writes(s, plan)], [s for s in behind.values() if _writes(s, plan)]


def _met(early: ObjectSpan, late: ObjectSpan, plan: RunPlan) -> tuple[ObjectSpan, ObjectSpan]:
    """The spans of two anchors that face each other: blended all the way, or each up to the middle.

    The earlier anchor takes the frame in the middle.
    """
    if plan.blend:
        return replace(early, far=late.anchor), replace(late, far=early.anchor)
    middle = (early.anchor + late.anchor) // 2
    return (
        replace(early, frames=range(early.anchor + 1, middle + 1)),
        replace(late, frames=range(late.anchor - 1, middle, -1)),
    )


def _writes(span: ObjectSpan, plan: RunPlan) -> bool:
    """Whether a span reaches into the range of the run."""
    if not span.frames:
        return False
    last = span.frames[-1]
    return last >= plan.within.first if span.frames.step > 0 else last <= plan.within.last


def _object_span(object_id: ObjectId, span: Span) -> ObjectSpan:
    return ObjectSpan(object_id, span.anchor, span.frames, (span.anchor,), span.anchor)


def _continued(span: ObjectSpan, item: RotoObject, plan: RunPlan) -> ObjectSpan:
    """A span that begins outside the range goes on from the same engine's fresh prediction just before the range."""
    step = span.frames.step
    entry = (plan.within.first if step > 0 else plan.within.last) - step
    cell = item.cells.get(entry)
    if cell is None or entry not in span.frames:
        return span
    if cell.stale or cell.engine != plan.engine or span.seed not in cell.sources:
        return span
    return replace(span, seed=entry, frames=range(entry + step, span.frames.stop, step), sources=cell.sources)
