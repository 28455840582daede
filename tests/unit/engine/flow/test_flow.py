"""The flow engine on pictures whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.shared import shared_dir
from tests.unit.engine.fakes import ArraySource
from tests.unit.test_optical_flow import texture
from vosapp.core.document import Document
from vosapp.core.edits import add_object, set_mask
from vosapp.core.mask import Mask
from vosapp.core.store import MemoryMaskStore
from vosapp.core.timeline import Direction, FrameRange
from vosapp.engine.engines import build_propagator
from vosapp.engine.flow.appearance import MAX_ANCHORS, AppearanceModel
from vosapp.engine.flow.claims import Claims, parted
from vosapp.engine.flow.extent import extent_of
from vosapp.engine.flow.features import FEATURE_COUNT, pixel_features
from vosapp.engine.flow.motion import motion_evidence
from vosapp.engine.flow.warp_baseline import PlainFlowPropagator
from vosapp.engine.propagator import Propagator
from vosapp.engine.run.plan import RunPlan
from vosapp.engine.run.propagation import propagate

SIZE = (120, 200)


def scene(step: int, *, hidden: range = range(0)) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """A red textured disc of 17 px that moves 3 px a step over a green ground; a bar hides columns `hidden`."""
    height, width = SIZE
    picture = (texture(height, width, seed=1) * [0.35, 0.9, 0.35]).astype(np.uint8)
    y, x = np.mgrid[0:height, 0:width]
    disc = (x - 40 - 3 * step) ** 2 + (y - 60) ** 2 < 17**2
    patch = np.roll(texture(height, width, seed=2), 3 * step, axis=1)
    picture[disc] = (patch * [0.95, 0.3, 0.25]).astype(np.uint8)[disc]
    if hidden:
        picture[:, hidden.start : hidden.stop] = (90, 90, 200)
        disc[:, hidden.start : hidden.stop] = False
    return picture, disc


def overlap(found: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    return float((found & truth).sum() / max(1, (found | truth).sum()))


def follow(propagator: Propagator, steps: int, *, hidden: range = range(0)) -> list[float]:
    """Overlap with the truth on every frame after the first, whose mask is given."""
    picture, truth = scene(0, hidden=hidden)
    given = {1: truth.astype(np.float32)}
    propagator.remember(0, picture, given)
    propagator.step(0, picture, given)
    scores = []
    for step in range(1, steps):
        picture, truth = scene(step, hidden=hidden)
        scores.append(overlap(propagator.step(step, picture).probabilities[1] >= 0.5, truth))
    return scores


def test_a_moving_disc_is_followed_sharply() -> None:
    scores = follow(build_propagator("flow"), 20)
    assert min(scores) > 0.9
    assert np.mean(scores) > np.mean(follow(PlainFlowPropagator(), 20)) - 0.02


def test_an_object_comes_back_from_behind_a_bar() -> None:
    scores = follow(build_propagator("flow"), 24, hidden=range(70, 82))
    assert np.mean(scores[-4:]) > 0.8


def test_the_same_frames_give_the_same_masks() -> None:
    assert follow(build_propagator("flow"), 6) == follow(build_propagator("flow"), 6)


def test_given_masks_come_back_unchanged_and_forgotten_objects_are_gone() -> None:
    propagator = build_propagator("flow")
    picture, truth = scene(0)
    mask = truth.astype(np.float32)
    other = np.roll(mask, 60, axis=1)
    propagator.remember(0, picture, {1: mask, 7: other})
    first = propagator.step(0, picture, {1: mask, 7: other})
    assert np.array_equal(first.probabilities[1], mask)
    assert first.doubt == {1: 0.0, 7: 0.0}
    propagator.forget([7])
    assert set(propagator.step(1, scene(1)[0]).probabilities) == {1}


def test_objects_never_claim_a_pixel_twice() -> None:
    propagator = build_propagator("flow")
    picture, truth = scene(0)
    mask = truth.astype(np.float32)
    left, right = mask.copy(), mask.copy()
    left[:, 40:], right[:, :40] = 0, 0
    propagator.remember(0, picture, {1: left, 2: right})
    propagator.step(0, picture, {1: left, 2: right})
    for step in range(1, 5):
        probabilities = propagator.step(step, scene(step)[0]).probabilities
        assert (probabilities[1] + probabilities[2]).max() <= 1 + 1e-5


def test_doubt_rises_when_the_object_is_hidden() -> None:
    propagator = build_propagator("flow")
    picture, truth = scene(0)
    given = {1: truth.astype(np.float32)}
    propagator.remember(0, picture, given)
    propagator.step(0, picture, given)
    clear = propagator.step(1, scene(1)[0]).doubt[1]
    covered = propagator.step(2, texture(*SIZE, seed=1)).doubt[1]
    assert clear < 0.25 < 0.4 < covered <= 1


@pytest.mark.parametrize("mask", [np.zeros(SIZE, np.float32), np.ones(SIZE, np.float32)])
def test_empty_and_full_masks_are_no_trouble(mask: NDArray[np.float32]) -> None:
    propagator = build_propagator("flow")
    propagator.remember(0, scene(0)[0], {1: mask})
    propagator.step(0, scene(0)[0], {1: mask})
    prediction = propagator.step(1, scene(1)[0])
    assert np.isfinite(prediction.probabilities[1]).all()
    assert abs(float(prediction.probabilities[1].mean()) - float(mask.mean())) < 0.2


@pytest.mark.parametrize("size", [(1, 1), (9, 200), (37, 53)])
def test_pictures_of_any_size_can_be_followed(size: tuple[int, int]) -> None:
    propagator = build_propagator("flow")
    mask = np.zeros(size, np.float32)
    mask[size[0] // 3 :, size[1] // 3 :] = 1
    propagator.remember(0, texture(*size), {1: mask})
    propagator.step(0, texture(*size), {1: mask})
    assert propagator.step(1, texture(*size)).probabilities[1].shape == size


def test_the_appearance_model_tells_the_disc_from_the_ground_and_stays_small() -> None:
    picture, truth = scene(0)
    features = pixel_features(picture)
    assert features.shape == (*SIZE, FEATURE_COUNT)
    model = AppearanceModel()
    assert not model.score(0, features).any()
    for frame in range(2 * MAX_ANCHORS + 4):
        model.learn_anchor(frame, features, truth.astype(np.float32))
    assert not model.knows(0)
    model.restart(20)
    assert [frame for frame in range(2 * MAX_ANCHORS + 4) if model.knows(frame)] == list(range(12, 12 + MAX_ANCHORS))
    later, moved = scene(9)
    score = model.score(9, pixel_features(later))
    assert np.mean((score > 0) == moved) > 0.97


def test_a_frame_without_surroundings_teaches_nothing() -> None:
    model = AppearanceModel()
    model.learn_anchor(0, pixel_features(scene(0)[0]), np.ones(SIZE, np.float32))
    assert not model.is_ready()


def test_an_extent_moves_on_while_its_object_is_hidden() -> None:
    mask = np.zeros((100, 100), np.bool_)
    mask[40:60, 10:30] = True
    extent = extent_of(mask)
    assert extent is not None
    for step in range(1, 8):
        extent = extent.moved((0.0, 0.0)).seen(np.roll(mask, 4 * step, axis=1), extent, (0.0, 0.0))
    place = extent.centre[0]
    for _ in range(3):
        extent = extent.moved((0.0, 0.0)).seen(np.zeros((100, 100), np.bool_), extent, (0.0, 0.0))
    assert extent.centre[0] > place + 6


def test_it_beats_plain_warping_on_a_real_shot() -> None:
    from tests.unit.engine.real_shot import mean_overlap

    folder = shared_dir("clips", "car-shadow")
    assert mean_overlap(folder, build_propagator("flow"), 16) > mean_overlap(folder, PlainFlowPropagator(), 16) + 0.03


def test_ground_that_moves_with_the_camera_is_no_part_of_an_object_that_does_not() -> None:
    flow = np.zeros((80, 120, 2), np.float32)
    flow[..., 0] = 3  # the camera pans
    mask = np.zeros((80, 120), np.float32)
    mask[20:60, 30:70] = 1
    flow[20:60, 30:60] = (-2, 1)  # the object goes its own way; columns 60 to 69 leaked into its mask
    evidence = motion_evidence(flow, mask, (slice(5, 75), slice(10, 110)))
    assert evidence.shape == (70, 100)
    assert evidence[20:50, 25:45].min() >= 0
    assert evidence[20:50, 55:59].max() < -0.5
    assert evidence[:10].max() < -0.5


def test_motion_says_nothing_where_all_moves_alike_or_nothing_is_to_be_seen() -> None:
    flow = np.full((80, 120, 2), 2, np.float32)
    mask = np.zeros((80, 120), np.float32)
    whole = (slice(0, 80), slice(0, 120))
    assert not motion_evidence(flow, mask, whole).any()
    mask[20:60, 30:70] = 1
    assert np.abs(motion_evidence(flow, mask, whole)).max() < 0.2


def test_only_broad_disagreement_with_the_looks_is_claimed() -> None:
    inside = np.zeros((60, 80), np.bool_)
    inside[10:50, 10:60] = True
    looks = np.where(inside, np.float32(0.8), np.float32(-0.8))
    picture = texture(60, 80)
    assert Claims.of(picture, looks, inside) is None
    looks[10:50, 12:14] = -0.5  # fraying
    looks[20:40, 30:45] = -0.5  # a part that looks like the ground
    looks[0:10, 65:80] = 0.6  # ground that looks like the object
    claims = Claims.of(picture, looks, inside)
    assert claims is not None
    assert not claims.score[10:50, 12:14].any()
    assert claims.score[30, 37] > 0.5
    assert claims.score[5, 72] < -0.5
    assert claims.against_motion()[30, 37] == 0
    assert claims.against_motion()[5, 72] == 1


def test_claims_move_with_the_picture_until_the_mask_gives_them_up_or_something_else_is_seen() -> None:
    score = np.zeros((40, 40), np.float32)
    score[10:20, 10:20], score[25:35, 10:20] = 0.5, -0.5
    picture = np.full((40, 40, 3), 90, np.uint8)
    flow = np.zeros((40, 40, 2), np.float32)
    flow[..., 0] = -4  # what is seen here was 4 px to the left
    moved = Claims(score, picture).moved(picture, flow)
    np.testing.assert_array_equal(moved.score, np.roll(score, 4, axis=1))
    inside = moved.score > 0
    kept = moved.kept(inside)
    assert kept is not None
    np.testing.assert_array_equal(kept.score, moved.score)
    assert Claims(np.maximum(score, 0), picture).kept(np.zeros((40, 40), np.bool_)) is None
    other = picture.copy()
    other[:22] = 140
    changed = Claims(score, picture).moved(other, flow)
    assert not changed.score[10:18].any()
    np.testing.assert_array_equal(changed.score[32:], moved.score[32:])


def test_smoothing_does_not_run_over_the_bounds_of_a_firm_claim() -> None:
    picture = np.full((20, 20, 3), 100, np.uint8)
    claims = np.zeros((20, 20), np.float32)
    claims[:, :10] = -0.9
    inside = np.zeros((20, 20), np.bool_)
    inside[:, 8:] = True
    apart = parted(picture, claims, inside)
    assert (apart[:, :8] != 100).all()
    assert (apart[:, 8:] == 100).all()


@pytest.mark.parametrize("direction", [Direction.FORWARD, Direction.BACKWARD])
def test_a_frame_s_mask_does_not_depend_on_where_the_run_began(
    direction: Direction, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also with more anchors than are learnt at a time, and with an object beside it that joins later."""
    monkeypatch.setattr("vosapp.engine.run.plan.MAX_REMEMBERED", 3)
    monkeypatch.setattr("vosapp.engine.flow.appearance.MAX_ANCHORS", 3)
    count = 15
    shots = [scene(index) for index in range(count)]
    store = MemoryMaskStore()
    document, first = add_object(Document())
    document, second = add_object(document)
    anchors = [index for index in range(count) if index % 4 not in (2, 3)]
    for index in anchors:
        document = set_mask(document, store, first, index, Mask.from_array(shots[index][1]))
    for index in (1, 9):
        document = set_mask(document, store, second, index, Mask.from_array(np.roll(shots[index][1], 40, axis=0)))
    source = ArraySource([picture for picture, _ in shots])

    def masks(start: int) -> dict[int, Mask]:
        within = FrameRange(start, count - 1) if direction is Direction.FORWARD else FrameRange(0, start)
        plan = RunPlan((first, second), within, direction)
        results = propagate(source, document, store, plan=plan, build=lambda: build_propagator("flow"))
        return {result.frame_index: result.masks[first] for result in results if first in result.masks}

    whole = masks(0 if direction is Direction.FORWARD else count - 1)
    assert len(whole) >= 6
    part = masks(6)
    assert part
    assert all(mask == whole[index] for index, mask in part.items())
