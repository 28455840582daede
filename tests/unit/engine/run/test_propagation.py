"""The loop: what is given, what is written, and what never is."""

from __future__ import annotations

import weakref
from dataclasses import replace

import numpy as np
import pytest

from tests.unit.engine.fakes import ArraySource, ShiftPropagator
from vosapp.core.cut_edits import set_cuts
from vosapp.core.document import Document, Origin
from vosapp.core.editor import Editor
from vosapp.core.edits import add_object, approve, declare_absent, predict, set_mask, stroke
from vosapp.core.errors import Cancelled, EngineError, MediaError
from vosapp.core.mask import Mask
from vosapp.core.store import MemoryMaskStore
from vosapp.core.timeline import Direction, FrameRange
from vosapp.engine.run.damage_notes import damage_notes
from vosapp.engine.run.frame_result import FrameResult
from vosapp.engine.run.plan import RunPlan
from vosapp.engine.run.propagation import propagate

SIZE = (32, 48)


def square(left: int, *, size: tuple[int, int] = SIZE) -> Mask:
    array = np.zeros(size, np.bool_)
    array[10:20, left : left + 8] = True
    return Mask.from_array(array)


def left_of(mask: Mask) -> int:
    box = mask.bounding_box
    assert box is not None
    return box[0]


def shot(anchors: dict[int, int]) -> tuple[Document, MemoryMaskStore]:
    store = MemoryMaskStore()
    document, _ = add_object(Document())
    for frame, left in anchors.items():
        document = set_mask(document, store, 1, frame, square(left), Origin.DRAWN)
    return document, store


def run(
    document: Document, store: MemoryMaskStore, plan: RunPlan, *, source: ArraySource | None = None
) -> tuple[list[FrameResult], list[ShiftPropagator]]:
    built: list[ShiftPropagator] = []

    def build() -> ShiftPropagator:
        built.append(ShiftPropagator())
        return built[-1]

    results = list(propagate(source or ArraySource(12), document, store, plan=plan, build=build))
    return results, built


def test_a_clip_that_ends_early_ends_the_run_with_a_sentence() -> None:
    document, store = shot({2: 5})
    results = propagate(ArraySource(8), document, store, plan=RunPlan((1,), FrameRange(0, 11)), build=ShiftPropagator)
    made = []
    with pytest.raises(MediaError, match="ends after 8 frames"):
        made.extend(result.frame_index for result in results)
    assert made == [2, 3, 4, 5, 6, 7]


def test_forward_moves_the_mask_and_tells_where_it_came_from() -> None:
    document, store = shot({2: 5})
    results, built = run(document, store, RunPlan((1,), FrameRange(0, 6)))
    assert [r.frame_index for r in results] == [2, 3, 4, 5, 6]
    assert results[0].masks == {}
    assert [left_of(r.masks[1]) for r in results[1:]] == [6, 7, 8, 9]
    assert {r.sources[1] for r in results[1:]} == {(2,)}
    assert {r.doubt[1] for r in results[1:]} == {0.25}
    assert [(r.done, r.total) for r in results] == [(i, 5) for i in range(1, 6)]
    assert built[0].remembered == [(2, (1,))]


def test_backward_reads_forward_in_chunks_and_gives_frames_in_its_own_order() -> None:
    document, store = shot({6: 5})
    source = ArraySource(8)
    results, _ = run(document, store, RunPlan((1,), FrameRange(0, 6), Direction.BACKWARD), source=source)
    assert [r.frame_index for r in results] == [6, 5, 4, 3, 2, 1, 0]
    assert source.read == [0, 1, 2, 3, 4, 5, 6]
    assert left_of(results[-1].masks[1]) == 11


def test_every_leg_has_a_propagator_of_its_own_and_uses_the_nearest_anchor() -> None:
    document, store = shot({0: 2, 6: 20})
    results, built = run(document, store, RunPlan((1,), FrameRange(0, 8), Direction.BOTH, blend=False))
    masks = {r.frame_index: left_of(r.masks[1]) for r in results if r.masks}
    assert masks == {5: 21, 4: 22, 1: 3, 2: 4, 3: 5, 7: 21, 8: 22}
    assert [one.steps for one in built] == [[6, 5, 4], [0, 1, 2, 3], [6, 7, 8]]
    assert all(one.remembered == [(0, (1,)), (6, (1,))] for one in built)


def test_blending_writes_the_nearer_half_first_and_then_both_together() -> None:
    document, store = shot({0: 2, 6: 2})
    results, _ = run(document, store, RunPlan((1,), FrameRange(0, 6), Direction.BOTH))
    first = [(r.frame_index, left_of(r.masks[1])) for r in results[:7] if r.masks]
    assert first == [(5, 3), (4, 4)]
    blended = {r.frame_index: r for r in results[7:] if r.masks}
    assert sorted(blended) == [1, 2, 3, 4, 5]
    assert all(r.sources[1] == (0, 6) for r in blended.values())
    assert left_of(blended[1].masks[1]) == 3  # the nearer anchor decides
    assert left_of(blended[5].masks[1]) == 3
    assert blended[3].doubt[1] == 0.25  # in the middle both agree here
    assert blended[2].doubt[1] > 0.25


def test_the_first_propagator_is_gone_before_the_second_is_built() -> None:
    document, store = shot({3: 2})
    alive: list[weakref.ref[ShiftPropagator]] = []

    def build() -> ShiftPropagator:
        assert all(one() is None for one in alive)
        made = ShiftPropagator()
        alive.append(weakref.ref(made))
        return made

    plan = RunPlan((1,), FrameRange(0, 6), Direction.BOTH)
    for _ in propagate(ArraySource(7), document, store, plan=plan, build=build):
        pass
    assert len(alive) == 2


def test_anchors_and_approved_frames_are_given_and_never_written() -> None:
    document, store = shot({0: 2, 4: 30})
    document = predict(document, store, 1, 6, square(1), engine="flow", sources=(4,), doubt=0.5)
    document = approve(document, 1, [6])
    results, _ = run(document, store, RunPlan((1,), FrameRange(0, 8)))
    masks = {r.frame_index: left_of(r.masks[1]) for r in results if r.masks}
    assert masks == {1: 3, 2: 4, 3: 5, 5: 31, 7: 2, 8: 3}


def test_only_the_range_is_written_though_the_pass_begins_before_it() -> None:
    document, store = shot({0: 2})
    results, _ = run(document, store, RunPlan((1,), FrameRange(3, 5)))
    assert [r.frame_index for r in results] == [0, 1, 2, 3, 4, 5]
    assert {r.frame_index for r in results if r.masks} == {3, 4, 5}
    assert left_of(results[-1].masks[1]) == 7


def test_paint_on_the_start_frame_is_carried_and_the_frame_itself_left_alone() -> None:
    document, store = shot({0: 2})
    for frame in (1, 2, 3):
        document = predict(document, store, 1, frame, square(2), engine="flow", sources=(0,), doubt=0.5)
    document = stroke(document, store, 1, 2, square(30))
    results, _ = run(document, store, RunPlan((1,), FrameRange(2, 4)))
    assert {r.frame_index for r in results if r.masks} == {3, 4}
    moved = np.roll(square(2).union(square(30)).array(), 1, axis=1)
    assert results[1].masks[1] == Mask.from_array(moved)
    assert results[1].sources[1] == (2,)


def test_nothing_crosses_a_cut() -> None:
    document, store = shot({0: 2, 7: 20})
    document = set_cuts(document, [4])
    results, built = run(document, store, RunPlan((1,), FrameRange(0, 9)))
    assert {r.frame_index for r in results if r.masks} == {1, 2, 3, 8, 9}
    assert [one.steps for one in built] == [[0, 1, 2, 3], [7, 8, 9]]
    assert [one.remembered for one in built] == [[(0, (1,))], [(7, (1,))]]


def test_a_cut_right_before_an_anchor_still_clears_what_was_carried() -> None:
    document, store = shot({0: 2, 4: 20})
    document = set_cuts(document, [4])
    _, built = run(document, store, RunPlan((1,), FrameRange(0, 6)))
    assert [one.steps for one in built] == [[0, 1, 2, 3], [4, 5, 6]]


def test_objects_join_at_their_own_anchor() -> None:
    document, store = shot({0: 2})
    document, second = add_object(document)
    document = set_mask(document, store, second, 3, square(30))
    results, built = run(document, store, RunPlan((1, second), FrameRange(0, 5)))
    assert [sorted(r.masks) for r in results] == [[], [1], [1], [1], [1, 2], [1, 2]]
    assert built[0].remembered == [(0, (1,)), (3, (2,))]


def test_objects_that_were_not_asked_for_stay_out() -> None:
    document, store = shot({0: 2})
    document, second = add_object(document)
    document = set_mask(document, store, second, 0, square(30))
    results, built = run(document, store, RunPlan((second,), FrameRange(0, 3)))
    assert all(set(r.masks) <= {second} for r in results)
    assert built[0].remembered == [(0, (2,))]


def test_declared_absence_is_given_as_an_empty_mask() -> None:
    document, store = shot({0: 2})
    document = declare_absent(document, 1, FrameRange(2, 3))
    results, _ = run(document, store, RunPlan((1,), FrameRange(0, 5)))
    assert {r.frame_index for r in results if r.masks} == {1, 4, 5}
    assert results[4].masks[1].is_empty


def test_results_become_one_undo_step_of_an_editor() -> None:
    document, store = shot({0: 2})
    editor = Editor(document, store)
    token = editor.begin_run("Propagate")
    for result in propagate(
        ArraySource(6), document, store, plan=RunPlan((1,), FrameRange(0, 5)), build=ShiftPropagator
    ):
        editor.amend_run(token, result.changes())
    editor.end_run(token)
    assert sorted(editor.document.object(1).cells) == [0, 1, 2, 3, 4, 5]
    assert editor.document.object(1).cells[5].sources == (0,)
    editor.undo()
    assert sorted(editor.document.object(1).cells) == [0]


def test_cancel_keeps_what_was_made() -> None:
    document, store = shot({0: 2})
    seen: list[int] = []
    plan = RunPlan((1,), FrameRange(0, 9))
    results = propagate(
        ArraySource(10), document, store, plan=plan, build=ShiftPropagator, cancelled=lambda: len(seen) == 4
    )
    with pytest.raises(Cancelled):
        for result in results:
            seen.append(result.frame_index)
    assert seen == [0, 1, 2, 3]


def test_a_mask_of_another_size_is_named() -> None:
    store = MemoryMaskStore()
    document, _ = add_object(Document())
    document = set_mask(document, store, 1, 0, square(1, size=(20, 30)))
    with pytest.raises(EngineError, match="30x20 pixels, the clip 48x32"):
        run(document, store, RunPlan((1,), FrameRange(0, 3)))


def test_only_the_nearest_of_many_anchors_are_shown_ahead() -> None:
    document, store = shot(dict.fromkeys(range(0, 120, 3), 2))
    source = ArraySource(120)
    plan = RunPlan((1,), FrameRange(0, 2))
    _, built = run(document, store, plan, source=source)
    assert [frame for frame, _ in built[0].remembered] == list(range(0, 48, 3))
    _, again = run(document, store, replace(plan, within=FrameRange(0, 119)), source=source)
    assert [frame for frame, _ in again[0].remembered] == list(range(0, 48, 3))
    assert [frame for frame, _ in again[-1].remembered] == list(range(72, 120, 3))


def test_masks_on_damaged_pictures_are_doubtful_and_told() -> None:
    document, store = shot({2: 5})
    source = ArraySource(12)
    source.damaged = {4}
    results, _ = run(document, store, RunPlan((1,), FrameRange(0, 6)), source=source)
    told = {r.frame_index: (r.damaged, r.doubt.get(1)) for r in results}
    assert told[4] == ((4,), 1.0)
    assert all(damaged == () and (doubt is None or doubt < 1) for frame, (damaged, doubt) in told.items() if frame != 4)


def test_damage_is_told_going_backward_and_of_anchors_read_ahead() -> None:
    document, store = shot({2: 5, 9: 20})
    source = ArraySource(12)
    source.damaged = {2, 7}
    results, _ = run(document, store, RunPlan((1,), FrameRange(3, 9), Direction.BACKWARD), source=source)
    assert {f for r in results for f in r.damaged} >= {7}
    assert {r.frame_index: r.doubt[1] for r in results if r.masks}[7] == 1.0
    both, _ = run(document, store, RunPlan((1,), FrameRange(0, 11)), source=source)
    assert 2 in {f for r in both for f in r.damaged}, "an anchor on a damaged picture is told, too"


def test_the_sentences_about_damage() -> None:
    document, _ = shot({2: 5, 9: 20})
    assert damage_notes(document, ()) == []
    (only,) = damage_notes(document, {4, 5})
    assert "2 frames: 4 to 5" in only
    assert "anchor" not in only
    first, second = damage_notes(document, {2, 5})
    assert "2 frames: 2, 5" in first
    assert "An anchor lies on a damaged picture (frame 2)" in second


def test_the_neighbours_of_a_correction_come_first_and_the_rest_starts_afresh() -> None:
    document, store = shot({0: 2, 4: 20, 8: 30})
    results, built = run(document, store, RunPlan((1,), FrameRange(0, 9), start_frame=4))
    masks = {r.frame_index: left_of(r.masks[1]) for r in results if r.masks}
    assert list(masks) == [5, 6, 7, 9, 1, 2, 3]
    assert masks == {5: 21, 6: 22, 7: 23, 9: 31, 1: 3, 2: 4, 3: 5}
    assert [one.steps for one in built] == [[4, 5, 6, 7], [8, 9], [0, 1, 2, 3]]
    assert [r.done for r in results] == list(range(1, 11))


def test_a_backward_run_gives_its_first_mask_after_a_few_frames_and_can_be_cancelled_while_reading() -> None:
    document, store = shot({60: 5})
    source = ArraySource(61)
    plan = RunPlan((1,), FrameRange(0, 60), Direction.BACKWARD)
    next(propagate(source, document, store, plan=plan, build=ShiftPropagator))
    assert len(source.read) == 8

    source = ArraySource(61)
    results = propagate(
        source, document, store, plan=plan, build=ShiftPropagator, cancelled=lambda: len(source.read) == 12
    )
    with pytest.raises(Cancelled):
        list(results)
    assert len(source.read) == 12
