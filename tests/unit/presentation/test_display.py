"""What the screen shows for a document and a view state; what a press on Propagate means; lanes and scale."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vosapp.core import cut_edits, edits
from vosapp.core.document import ClipRef, Document, Finding
from vosapp.core.mask import Mask
from vosapp.core.store import MemoryMaskStore
from vosapp.core.timeline import Direction, FrameRange
from vosapp.presentation.action_tables.spec import ActionSpec
from vosapp.presentation.actions import ACTIONS, conflicts
from vosapp.presentation.choices import EngineChoice
from vosapp.presentation.display import resolve
from vosapp.presentation.requests.run import Refusal, RunRequest, request
from vosapp.presentation.status import WorkStatus
from vosapp.presentation.text.doubt_words import mask_words
from vosapp.presentation.text.formatting import duration, rate_text
from vosapp.presentation.timeline.lanes import CoverageCache, Kind, most_doubtful, stops
from vosapp.presentation.timeline.scale import Scale
from vosapp.presentation.view_state import AppView, PropagateChoice, Reach, ShotView, ViewState

STORE = MemoryMaskStore()
AREA = Mask.from_array(np.eye(8, dtype=np.bool_))
CLIP = ClipRef("/shots/a.mov", 8, 8, 30, Fraction(24), first_number=1001)


def shot(*anchors: int, predicted: range = range(0), doubt: float = 0.1) -> Document:
    document, object_id = edits.add_object(Document(clip=CLIP))
    for frame in anchors:
        document = edits.set_mask(document, STORE, object_id, frame, AREA)
    for frame in predicted:
        document = edits.predict(
            document, STORE, object_id, frame, AREA, engine="flow", sources=anchors[:1], doubt=doubt
        )
    return document


def state(frame: int = 0, direction: Direction = Direction.FORWARD, reach: Reach = Reach.ALL) -> ViewState:
    choice = PropagateChoice("flow", direction, reach)
    engines = (EngineChoice("flow", "Optical flow"),)
    return ViewState(AppView(propagate=choice, engines=engines), ShotView(frame_index=frame, picture_index=frame))


def of_app(view: ViewState, **fields: Any) -> ViewState:
    """The same with other fields of what survives a clip."""
    return replace(view, app=replace(view.app, **fields))


def of_shot(view: ViewState, **fields: Any) -> ViewState:
    """The same with other fields of the shot."""
    return replace(view, shot=replace(view.shot, **fields))


def within(document: Document, view: ViewState) -> tuple[int, int]:
    asked = request(document, view)
    assert isinstance(asked, RunRequest), asked
    return asked.plan.within.first, asked.plan.within.last


def test_no_key_is_given_twice() -> None:
    assert conflicts() == {}
    twice = (*ACTIONS, ActionSpec("x.y", "Again", "", ("ctrl+z",)))
    assert conflicts(twice) == {"ctrl+z": ["edit.undo", "x.y"]}


@pytest.mark.parametrize(
    ("anchors", "predicted", "frame", "direction", "reach", "expected"),
    [
        ((0,), range(0), 0, Direction.FORWARD, Reach.ALL, (0, 29)),
        ((4,), range(0), 10, Direction.FORWARD, Reach.ALL, (4, 29)),  # no hole between anchor and playhead
        ((4,), range(5, 20), 10, Direction.FORWARD, Reach.ALL, (10, 29)),
        ((4, 20), range(0), 4, Direction.FORWARD, Reach.NEXT_ANCHOR, (4, 20)),
        ((4, 20), range(0), 20, Direction.BACKWARD, Reach.NEXT_ANCHOR, (4, 20)),
        ((20,), range(0), 10, Direction.BACKWARD, Reach.ALL, (0, 20)),
        ((20,), range(0), 20, Direction.FORWARD, Reach.ONE_FRAME, (21, 21)),
        ((4, 20), range(0), 10, Direction.BOTH, Reach.NEXT_ANCHOR, (4, 20)),
        ((4, 20), range(0), 10, Direction.BOTH, Reach.ALL, (0, 29)),
    ],
)
def test_what_a_press_on_propagate_means(
    anchors: tuple[int, ...],
    predicted: range,
    frame: int,
    direction: Direction,
    reach: Reach,
    expected: tuple[int, int],
) -> None:
    assert within(shot(*anchors, predicted=predicted), state(frame, direction, reach)) == expected


def test_runs_that_cannot_start_say_why() -> None:
    anchored = shot(29)
    running = of_shot(state(), run=WorkStatus("x"))
    cases = {
        "Open a clip first.": (Document(), state()),
        "Paint the object on one frame first.": (shot(), state()),
        "A run is going on.": (anchored, running),
        "There is no frame to propagate to on that side.": (anchored, state(29)),
        "There is no engine to propagate with.": (anchored, of_app(state(), engines=())),
    }
    for reason, (document, view) in cases.items():
        assert request(document, view) == Refusal(reason)


@given(
    anchors=st.sets(st.integers(0, 29), min_size=1, max_size=4),
    frame=st.integers(0, 29),
    direction=st.sampled_from(list(Direction)),
    reach=st.sampled_from([Reach.ALL, Reach.NEXT_ANCHOR, Reach.IN_OUT]),
)
def test_a_request_always_writes_something_inside_the_clip(
    anchors: set[int], frame: int, direction: Direction, reach: Reach
) -> None:
    asked = request(shot(*anchors), state(frame, direction, reach))
    if isinstance(asked, RunRequest):
        assert 0 <= asked.plan.within.first <= asked.plan.within.last <= 29


def test_the_screen_of_a_shot() -> None:
    display = resolve(shot(0, predicted=range(1, 30), doubt=0.7), state(3))
    assert display.has_clip and display.transport.frame_text == "1004" and display.transport.last_text == "1030"
    assert display.transport.timecode == "00:00:00:03"
    assert display.objects[0].coverage == "all frames" and display.objects[0].here == "predicted"
    assert display.transport.review_text == "29 frames to review"
    assert display.status_hint.startswith("Object 1 looks doubtful here")
    assert "N goes to the next one" in resolve(shot(0, predicted=range(1, 30), doubt=0.7), state(0)).status_hint
    assert display.propagate.summary.startswith("Frames 1004–1030")


def test_stops_are_the_worst_frame_of_each_doubtful_stretch() -> None:
    doubts = ((1, 0.1), (2, 0.6), (3, 0.9), (4, 0.7), (9, 0.5), (12, 0.2))
    assert stops(doubts) == (3, 9)
    assert most_doubtful(doubts) == 3


def test_without_doubtful_frames_stops_are_the_least_sure_ones_apart_from_each_other() -> None:
    doubts = tuple((frame, 0.1 + 0.002 * (frame % 40)) for frame in range(1, 101))
    found = stops(doubts)
    assert {39, 79} <= set(found) and len(found) == 5
    assert all(b - a >= 10 for a, b in itertools.pairwise(found))
    assert stops(()) == () and most_doubtful(()) is None


def test_the_guide_leads_through_the_job() -> None:
    guides = [
        resolve(Document(), ViewState()).status_hint,
        resolve(Document(clip=CLIP), state()).status_hint,
        resolve(shot(0), state()).status_hint,
        resolve(shot(0, predicted=range(1, 30)), state()).status_hint,
    ]
    assert guides[0] == "" and "Paint over" in guides[1] and "press F" in guides[2] and "Ctrl+E" in guides[3]


def test_the_guide_names_the_object_that_is_doubtful_here() -> None:
    document = shot(0, predicted=range(1, 5), doubt=0.6)
    document, second = edits.add_object(document)
    for frame, doubt in ((1, 0.9), (2, 0.2)):
        document = edits.predict(document, STORE, second, frame, AREA, engine="flow", sources=(0,), doubt=doubt)
    assert resolve(document, state(1)).status_hint.startswith("Object 2 ")
    assert resolve(document, state(2)).status_hint.startswith("Object 1 ")


def test_the_guide_asks_for_nothing_that_a_missing_clip_rules_out() -> None:
    assert "Relink" in resolve(shot(0), of_shot(state(), media_problem="gone")).status_hint


def test_hidden_and_solo_objects_leave_the_overlay() -> None:
    document = shot(0)
    document, second = edits.add_object(document)
    document = edits.set_mask(document, STORE, second, 0, AREA)

    def shown(view: ViewState) -> list[int]:
        return [layer.object_id for layer in resolve(document, view).overlay.layers]

    assert shown(state()) == [1, 2]
    assert shown(of_shot(state(), hidden=frozenset({1}))) == [2]
    assert shown(of_shot(state(), hidden=frozenset({1}), solo=1)) == [1]
    assert shown(of_shot(state(), peek=True)) == []


def test_masks_follow_the_picture_and_not_the_playhead() -> None:
    view = of_shot(state(5), picture_index=0)
    display = resolve(shot(0), view)
    assert display.frame_index == 5
    assert display.overlay.frame_index == 0 and len(display.overlay.layers) == 1


def test_equal_states_give_equal_displays_with_and_without_cache() -> None:
    cache = CoverageCache()
    document = shot(0, 9, predicted=range(1, 5))
    assert resolve(document, state(), cache) == resolve(document, state()) == resolve(document, state(), cache)
    changed = edits.delete_masks(document, 1, [3])
    assert resolve(changed, state(), cache) == resolve(changed, state())


def test_lanes_tell_the_kinds_apart() -> None:
    document = shot(0, predicted=range(1, 12))
    document = edits.approve(document, 1, [4, 5])
    document = edits.stroke(document, STORE, 1, 7, Mask.from_array(np.ones((8, 8), np.bool_)))
    document = edits.declare_absent(document, 1, FrameRange(10, 14))
    spans = resolve(document, state()).timeline.lanes[0].spans
    assert [(span.first, span.last, span.kind) for span in spans] == [
        (0, 0, Kind.DRAWN),
        (1, 3, Kind.PREDICTED),
        (4, 5, Kind.APPROVED),
        (6, 6, Kind.PREDICTED),
        (7, 7, Kind.PAINTED),
        (8, 9, Kind.PREDICTED),
        (10, 14, Kind.ABSENT),
    ]


def test_predictions_with_a_later_anchor_before_them_are_outdated() -> None:
    document = edits.make_anchor(shot(0, predicted=range(1, 12)), STORE, 1, 6)
    spans = resolve(document, state()).timeline.lanes[0].spans
    assert [(span.first, span.last, span.kind) for span in spans] == [
        (0, 0, Kind.DRAWN),
        (1, 5, Kind.PREDICTED),
        (6, 6, Kind.DRAWN),
        (7, 11, Kind.OUTDATED),
    ]


def test_predictions_beyond_the_next_anchors_say_that_they_knew_fewer() -> None:
    document = cut_edits.set_cuts(shot(0, 10), [20])
    for frame in (*range(1, 10), *range(11, 20), 25):
        finding = Finding(anchor_count=1 if frame == 25 else 2)
        sources = (0, 10) if frame < 10 else (10,)
        document = edits.predict(
            document, STORE, 1, frame, AREA, engine="flow", sources=sources, doubt=0.1, finding=finding
        )
    document = edits.make_anchor(document, STORE, 1, 5)
    spans = resolve(document, state()).timeline.lanes[0].spans
    assert [(span.first, span.last, span.kind) for span in spans] == [
        (0, 0, Kind.DRAWN),
        (1, 4, Kind.OUTDATED),
        (5, 5, Kind.DRAWN),
        (6, 9, Kind.OUTDATED),
        (10, 10, Kind.DRAWN),
        (11, 19, Kind.FEWER),
        (25, 25, Kind.PREDICTED),  # behind a cut, where no anchor came
    ]


def test_the_line_under_the_picture_says_why_a_mask_is_doubtful() -> None:
    finding = Finding(("area", "new part", "of another program"), 1, 20, (3, 3))
    document = edits.predict(shot(0), STORE, 1, 1, AREA, engine="f", sources=(0,), doubt=0.6, finding=finding)
    hint = resolve(document, state(1)).status_hint
    assert hint.startswith("Object 1 looks doubtful here: a new part, area jumped. Correct it")


def test_area_and_motion_in_words() -> None:
    before, here = Finding((), 1, 200, (10, 10)), Finding(("centre",), 1, 300, (13, 14))
    assert mask_words(0.6, here, before) == (
        "doubt 0.60 of 1, it jumped aside, area 300 pixels (+50 %), moved 5 pixels"
    )
    assert mask_words(0.1, before, None) == "doubt 0.10 of 1, area 200 pixels"
    assert mask_words(None, None, before) == ""


def corrected(*anchors: int, at: int) -> Document:
    """Predicted everywhere from frame 0, later anchors in some places, painted on one frame."""
    document = shot(0, predicted=range(1, 30))
    for frame in anchors:
        document = edits.make_anchor(document, STORE, 1, frame)
    return edits.stroke(document, STORE, 1, at, Mask.from_array(np.ones((8, 8), np.bool_)))


@pytest.mark.parametrize(
    ("direction", "cuts", "expected", "redone"),
    [
        (Direction.BOTH, (), (6, 19), 13),
        (Direction.FORWARD, (), (10, 19), 9),
        (Direction.BACKWARD, (), (6, 10), 4),
        (Direction.BOTH, (8, 15), (8, 14), 6),
    ],
)
def test_after_a_correction_only_the_frames_around_it_are_made_anew(
    direction: Direction, cuts: tuple[int, ...], expected: tuple[int, int], redone: int
) -> None:
    document = cut_edits.set_cuts(corrected(5, 20, at=10), cuts)
    asked = request(document, state(10, direction, Reach.AS_NEEDED))
    assert isinstance(asked, RunRequest)
    assert (asked.plan.within.first, asked.plan.within.last) == expected and asked.redone == redone
    whole = request(document, state(10, direction, Reach.ALL))
    assert isinstance(whole, RunRequest) and not whole.redone and len(whole.plan.within) > len(asked.plan.within)


def test_the_panel_says_which_frames_a_correction_costs() -> None:
    display = resolve(corrected(5, 20, at=10), state(10, Direction.BOTH, Reach.AS_NEEDED))
    assert display.propagate.summary == "Around this frame: 13 frames, 1007 to 1020 · the rest stays"


def test_without_a_correction_the_run_goes_to_the_ends() -> None:
    document = shot(0, predicted=range(1, 12))
    for frame in (0, 11):
        asked = request(document, state(frame, Direction.BOTH, Reach.AS_NEEDED))
        assert isinstance(asked, RunRequest) and not asked.redone
        assert (asked.plan.within.first, asked.plan.within.last) == (0, 29)


def test_only_the_corrected_object_is_made_anew() -> None:
    document, other = edits.add_object(corrected(5, 20, at=10))
    document = edits.stroke(document, STORE, other, 9, Mask.from_array(np.ones((8, 8), np.bool_)))
    asked = request(document, state(10, Direction.BOTH, Reach.AS_NEEDED))
    assert isinstance(asked, RunRequest) and asked.plan.object_ids == (1,)
    assert (asked.plan.within.first, asked.plan.within.last) == (6, 19)


@given(
    count=st.integers(1, 100_000),
    width=st.floats(50, 3000),
    factor=st.floats(0.1, 50),
    x=st.floats(0, 3000),
)
def test_the_scale_never_leaves_the_clip(count: int, width: float, factor: float, x: float) -> None:
    scale = Scale.whole(count, 100, width).zoomed(factor, 100 + min(x, width))
    assert scale.start >= -1e-6 and scale.start + scale.shown <= count + 1e-6
    assert 0 <= scale.frame_at(-1e9) <= scale.frame_at(1e9) <= count - 1
    assert scale.tick_step() * scale.frame_px >= 76


@given(frame=st.integers(0, 999), factor=st.floats(1, 100))
def test_following_brings_the_playhead_into_sight(frame: int, factor: float) -> None:
    scale = Scale.whole(1000, 0, 800).zoomed(factor, 400).following(frame)
    assert scale.start - 1 <= frame <= scale.start + scale.shown


def test_units() -> None:
    assert [duration(s) for s in (0, 7.4, 750, 3723)] == ["0:00", "0:07", "12:30", "1:02:03"]
    assert [rate_text(Fraction(r)) for r in ("24", "24000/1001", "25/2")] == ["24", "23.976", "12.5"]
