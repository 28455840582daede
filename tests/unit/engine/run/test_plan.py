"""What a run will do, before it does it."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vosapp.core.cut_edits import set_cuts
from vosapp.core.document import Document, Origin
from vosapp.core.edits import add_object, approve, predict, set_mask, set_muted, stroke
from vosapp.core.errors import EngineError
from vosapp.core.mask import Mask
from vosapp.core.store import MemoryMaskStore
from vosapp.core.timeline import Direction, FrameRange
from vosapp.engine.run.plan import (
    Pass,
    RunPlan,
    anchor_frames_of,
    frame_count,
    schedule,
    shown_anchors,
    writes_any,
)

MASK = Mask.from_array(np.eye(8, dtype=np.bool_))


def shot(*anchors: int, cuts: tuple[int, ...] = ()) -> tuple[Document, MemoryMaskStore]:
    store = MemoryMaskStore()
    document, _ = add_object(Document())
    for frame in anchors:
        document = set_mask(document, store, 1, frame, MASK, Origin.DRAWN)
    return set_cuts(document, cuts), store


def planned(run: Pass) -> dict[int, list[int]]:
    return {s.seed: list(s.frames) for s in run.spans}


def test_forward_goes_from_each_anchor_to_the_next() -> None:
    document, _ = shot(2, 5)
    (run,) = schedule(document, RunPlan((1,), FrameRange(0, 8)))
    assert run.step == 1
    assert planned(run) == {2: [3, 4], 5: [6, 7, 8]}
    assert run.frames() == [2, 3, 4, 5, 6, 7, 8]


def test_a_muted_anchor_starts_nothing_and_is_passed_over() -> None:
    document, _ = shot(2, 5)
    (run,) = schedule(set_muted(document, 1, 5, True), RunPlan((1,), FrameRange(0, 8)))
    assert planned(run) == {2: [3, 4, 5, 6, 7, 8]}
    with pytest.raises(EngineError, match="nothing to propagate"):
        schedule(set_muted(set_muted(document, 1, 5, True), 1, 2, True), RunPlan((1,), FrameRange(0, 8)))


def test_the_anchors_shown_for_a_frame_are_those_near_the_passes_to_it() -> None:
    anchors = range(0, 400, 10)
    assert shown_anchors(anchors, 205, range(400)) == set(range(120, 290, 10)), "sixteen around 200 and around 210"
    assert shown_anchors(anchors, 205, range(200, 240)) == {200, 210, 220, 230}, "between cuts"
    assert shown_anchors([], 5, range(10)) == set()


def test_both_directions_meet_in_the_middle_backward_first() -> None:
    document, _ = shot(2, 7)
    plan = RunPlan((1,), FrameRange(0, 9), Direction.BOTH, blend=False)
    back, forth = schedule(document, plan)
    assert (back.step, forth.step) == (-1, 1)
    assert planned(back) == {2: [1, 0], 7: [6, 5]}
    assert planned(forth) == {2: [3, 4], 7: [8, 9]}
    assert frame_count([back, forth]) == 6 + 6


def test_blending_goes_the_whole_way_from_either_side() -> None:
    document, _ = shot(2, 7)
    plan = RunPlan((1,), FrameRange(0, 9), Direction.BOTH)
    back, forth = schedule(document, plan)
    assert planned(back) == {2: [1, 0], 7: [6, 5, 4, 3]}
    assert planned(forth) == {2: [3, 4, 5, 6], 7: [8, 9]}
    assert {(s.anchor, s.far) for s in (*back.spans, *forth.spans)} == {(2, None), (7, 2), (2, 7), (7, None)}


def test_a_cut_between_two_anchors_divides_them_instead_of_the_middle() -> None:
    document, _ = shot(2, 7, cuts=(4,))
    back, forth = schedule(document, RunPlan((1,), FrameRange(0, 9), Direction.BOTH))
    assert planned(back)[7] == [6, 5, 4]
    assert planned(forth)[2] == [3]


def test_approved_frames_are_barriers_and_sources() -> None:
    document, store = shot(0)
    for frame in (1, 2, 3, 4):
        document = predict(document, store, 1, frame, MASK, engine="flow", sources=(0,), doubt=0.1)
    document = approve(document, 1, [2])
    (run,) = schedule(document, RunPlan((1,), FrameRange(0, 4)))
    assert planned(run) == {0: [1], 2: [3, 4]}


def test_paint_on_the_start_frame_is_an_anchor_of_this_run() -> None:
    document, store = shot(0)
    for frame in range(1, 6):
        document = predict(document, store, 1, frame, MASK, engine="flow", sources=(0,), doubt=0.1)
    dot = np.zeros((8, 8), np.bool_)
    dot[0, 5] = True
    document = stroke(document, store, 1, 3, Mask.from_array(dot))
    plan = RunPlan((1,), FrameRange(3, 5))
    assert anchor_frames_of(document.object(1), plan) == [0, 3]
    (run,) = schedule(document, plan)
    assert planned(run) == {3: [4, 5]}
    assert run.spans[0].sources == (3,)
    elsewhere = replace(plan, within=FrameRange(0, 5), start_frame=0)
    assert anchor_frames_of(document.object(1), elsewhere) == [0]


def test_a_run_goes_on_from_its_own_fresh_prediction_before_the_range() -> None:
    document, store = shot(0)
    for frame in range(1, 6):
        document = predict(document, store, 1, frame, MASK, engine="flow", sources=(0,), doubt=0.1)
    plan = RunPlan((1,), FrameRange(6, 9))
    (run,) = schedule(document, plan)
    assert planned(run) == {5: [6, 7, 8, 9]}
    assert run.spans[0].sources == (0,)
    (other,) = schedule(document, replace(plan, engine="hybrid"))
    assert planned(other) == {0: list(range(1, 10))}
    stale = set_mask(document, store, 1, 0, Mask.empty(8, 8))
    (again,) = schedule(stale, plan)
    assert planned(again) == {0: list(range(1, 10))}


def test_a_backward_run_goes_on_the_same_way() -> None:
    document, store = shot(9)
    for frame in (8, 7):
        document = predict(document, store, 1, frame, MASK, engine="flow", sources=(9,), doubt=0.1)
    (run,) = schedule(document, RunPlan((1,), FrameRange(3, 6), Direction.BACKWARD))
    assert planned(run) == {7: [6, 5, 4, 3]}


def test_objects_keep_their_own_anchors() -> None:
    document, store = shot(0)
    document, second = add_object(document)
    document = set_mask(document, store, second, 4, MASK)
    (run,) = schedule(document, RunPlan((1, second), FrameRange(0, 6)))
    assert {(s.object_id, s.seed, s.frames) for s in run.spans} == {(1, 0, range(1, 7)), (2, 4, range(5, 7))}


def test_without_any_anchor_there_is_nothing_to_propagate() -> None:
    document, _ = shot()
    with pytest.raises(EngineError, match="Paint"):
        schedule(document, RunPlan((1,), FrameRange(0, 4)))


def test_when_everything_is_anchored_there_is_nothing_to_do() -> None:
    document, _ = shot(0, 1, 2)
    assert schedule(document, RunPlan((1,), FrameRange(0, 2), Direction.BOTH)) == []


frames = st.integers(0, 24)


@given(
    anchors=st.sets(frames, min_size=1, max_size=6),
    cuts=st.sets(frames, max_size=3),
    ends=st.tuples(frames, frames),
    direction=st.sampled_from(Direction),
    blend=st.booleans(),
)
def test_spans_never_touch_anchors_overlap_or_cross_a_cut(
    anchors: set[int], cuts: set[int], ends: tuple[int, int], direction: Direction, blend: bool
) -> None:
    document, _ = shot(*anchors, cuts=tuple(cuts))
    within = FrameRange(min(ends), max(ends))
    spans = [s for run in schedule(document, RunPlan((1,), within, direction, blend=blend)) for s in run.spans]
    written = [f for s in spans for f in s.frames if f in within]
    twice = {f for s in spans if s.far is not None for f in s.frames if f in within}
    assert len(written) == len(set(written)) + len(twice)
    assert blend or not twice
    assert not anchors & {f for s in spans for f in s.frames}
    for span in spans:
        assert abs(span.frames[0] - span.seed) == 1
        low, high = min(span.seed, *span.frames), max(span.seed, *span.frames)
        assert not any(low < cut <= high for cut in document.cuts)
    if direction is Direction.BOTH:
        edges = sorted({0, *document.cuts, 25})
        shots = [range(*ends) for ends in itertools.pairwise(edges)]
        reachable = {f for frames in shots for f in frames if anchors & set(frames)}
        assert set(written) == {f for f in within if f in reachable and f not in anchors}


def test_what_lies_around_the_start_is_done_first() -> None:
    document, _ = shot(0, 4, 8)
    plan = RunPlan((1,), FrameRange(0, 10), Direction.BOTH, start_frame=4)
    back, forth = schedule(document, plan)
    assert back.legs(4) == [[4, 3, 2, 1], [8, 7, 6, 5]]
    assert forth.legs(4) == [[4, 5, 6, 7], [8, 9, 10], [0, 1, 2, 3]]
    assert forth.legs(0) == [forth.frames()[i : i + 4] for i in (0, 4, 8)]
    assert back.legs(6) == [[8, 7, 6, 5], [4, 3, 2, 1]]
    assert forth.legs(99) == forth.legs(0)


def test_a_leg_begins_only_where_no_object_is_on_its_way() -> None:
    document, store = shot(0, 4)
    document, second = add_object(document)
    document = set_mask(document, store, second, 2, MASK, Origin.DRAWN)
    (run,) = schedule(document, RunPlan((1, second), FrameRange(0, 6)))
    assert run.legs(4) == [[0, 1, 2, 3, 4, 5, 6]]


@given(
    anchors=st.sets(st.integers(0, 9), min_size=1, max_size=6),
    cuts=st.sets(st.integers(1, 9), max_size=4),
    ends=st.tuples(st.integers(0, 9), st.integers(0, 9)),
    direction=st.sampled_from(list(Direction)),
)
def test_whether_a_run_writes_anything_is_what_its_passes_say(
    anchors: set[int], cuts: set[int], ends: tuple[int, int], direction: Direction
) -> None:
    document, _ = shot(*anchors, cuts=tuple(sorted(cuts)))
    plan = RunPlan((1,), FrameRange(min(ends), max(ends)), direction)
    written = {f for run in schedule(document, plan) for span in run.spans for f in span.frames if f in plan.within}
    assert writes_any(document, plan) == bool(written)
