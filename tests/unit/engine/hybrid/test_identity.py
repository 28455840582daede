"""Parts of masks that are not the object go, and go to whom they belong; parts that are it stay."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from tests.shared import shared_dir
from vosapp.core.document import ObjectId
from vosapp.engine.hybrid.identity import Witness, handed_over, stands_in_parts, without_strays
from vosapp.engine.hybrid.propagator import build_hybrid
from vosapp.engine.hybrid.settings import HybridOptions
from vosapp.engine.hybrid.window import Window
from vosapp.evaluation.datasets import open_dataset
from vosapp.metrics.davis import jaccard
from vosapp.models.preparing import Precision, quick_precision

SHAPE = (160, 320)
CELL = 8
APART_FROM = HybridOptions().apart
FIRST, SECOND, THIRD = ObjectId(1), ObjectId(2), ObjectId(3)
WINDOW = Window(0, 0, SHAPE[1], SHAPE[0], SHAPE[0], SHAPE[1], 150.0)
BODY, NEAR, FAR = (slice(40, 100), slice(40, 100)), (slice(40, 100), slice(110, 140)), (slice(40, 100), slice(220, 260))

CRUMB, ELSEWHERE = (slice(60, 64), slice(230, 234)), (slice(120, 150), slice(40, 100))
APART = (slice(40, 100), slice(122, 150))


def _mask(*places: tuple[slice, slice]) -> NDArray[np.float32]:
    mask = np.zeros(SHAPE, np.float32)
    for place in places:
        mask[place] = 0.9
    return mask


def _witness(*said: tuple[tuple[slice, slice], float, float], before: Sequence[tuple[slice, slice]] = ()) -> Witness:
    """A window that is the whole frame; (place, own, others) each; where the object was, and flow moved it to."""
    own, others = np.zeros(SHAPE, np.float32), np.zeros(SHAPE, np.float32)
    for place, of_own, of_others in said:
        own[place], others[place] = of_own, of_others
    cells = (slice(CELL // 2, None, CELL),) * 2
    return Witness(WINDOW, own[cells], others[cells], _mask(*before))


def _judged(mask: NDArray[np.float32], witness: Witness) -> NDArray[np.float32]:
    return without_strays(mask, witness, 60, APART_FROM)


def test_a_far_part_that_looks_unlike_goes_with_its_soft_edge() -> None:
    mask = _mask(BODY, FAR)
    mask[40:100, 260:262] = 0.3
    found = _judged(mask, _witness((BODY, 0.6, 0.1), (FAR, 0.25, 0.1)))
    assert not found[:, 200:].any()
    assert np.array_equal(found[:, :150], mask[:, :150])


@pytest.mark.parametrize(
    ("place", "own"), [(NEAR, 0.25), (FAR, 0.6)], ids=["parted by a pole", "far away but looking the same"]
)
def test_parts_of_the_object_stay(place: tuple[slice, slice], own: float) -> None:
    mask = _mask(BODY, place)
    assert np.array_equal(_judged(mask, _witness((BODY, 0.6, 0.1), (place, own, 0.1))), mask)


def test_the_farther_away_the_more_alike_a_part_must_be() -> None:
    said = _witness((BODY, 0.6, 0.1), (APART, 0.48, 0.1), (FAR, 0.48, 0.1))
    assert np.array_equal(_judged(_mask(BODY, APART, FAR), said), _mask(BODY, APART))


def test_the_part_that_looks_right_is_the_body_though_it_is_the_smaller() -> None:
    found = _judged(_mask(BODY, FAR), _witness((BODY, 0.2, 0.1), (FAR, 0.6, 0.1)))
    assert np.array_equal(found, _mask(FAR))


def test_crumbs_and_single_parts_are_not_judged_by_their_looks() -> None:
    for mask in (_mask(BODY, CRUMB), _mask(BODY), _mask()):
        assert _judged(mask, _witness((BODY, 0.6, 0.1))) is mask


@pytest.mark.parametrize("place", [CRUMB, APART], ids=["a crumb", "a part that looks somewhat alike"])
def test_what_comes_from_nowhere_goes(place: tuple[slice, slice]) -> None:
    said = _witness((BODY, 0.6, 0.1), (APART, 0.5, 0.1), before=[BODY])
    assert np.array_equal(_judged(_mask(BODY, place), said), _mask(BODY))


@pytest.mark.parametrize(
    ("place", "own", "before"),
    [(FAR, 0.7, [BODY]), (APART, 0.5, [BODY, APART]), (NEAR, 0.5, [BODY]), (APART, 0.5, [ELSEWHERE])],
    ids=["it looks the same", "it was there", "it is near", "nothing goes on"],
)
def test_what_may_be_the_object_stays(
    place: tuple[slice, slice], own: float, before: list[tuple[slice, slice]]
) -> None:
    mask = _mask(BODY, place)
    assert np.array_equal(_judged(mask, _witness((BODY, 0.6, 0.1), (place, own, 0.1), before=before)), mask)


def test_a_given_mask_stands_in_parts_where_they_are_far_from_each_other() -> None:
    def stands(*places: tuple[slice, slice]) -> bool:
        return stands_in_parts(_mask(*places), WINDOW, 60, APART_FROM)

    assert stands(BODY, FAR)
    assert not stands(BODY, NEAR)
    assert not stands(BODY)
    assert not stands(BODY, CRUMB)
    assert not stands()


def test_what_comes_back_from_behind_another_is_given_back() -> None:
    masks = {FIRST: _mask(), SECOND: _mask(BODY, FAR)}
    said = {FIRST: _witness((FAR, 0.4, 0.3)), SECOND: _witness((BODY, 0.5, 0.25), (FAR, 0.25, 0.5))}
    found = handed_over(masks, said, dict.fromkeys(masks, 2000), APART_FROM)
    assert np.array_equal(found[FIRST], _mask(FAR))
    assert np.array_equal(found[SECOND], _mask(BODY))


def test_of_two_that_are_away_the_likest_gets_it() -> None:
    masks = {FIRST: _mask(), THIRD: _mask(), SECOND: _mask(BODY, FAR)}
    said = {
        FIRST: _witness((FAR, 0.2, 0.4)),
        THIRD: _witness((FAR, 0.5, 0.2)),
        SECOND: _witness((BODY, 0.5, 0.25), (FAR, 0.25, 0.5)),
    }
    found = handed_over(masks, said, dict.fromkeys(masks, 2000), APART_FROM)
    assert np.array_equal(found[THIRD], _mask(FAR))
    assert not found[FIRST].any()


@pytest.mark.parametrize(("place", "usual_px"), [(ELSEWHERE, 1800), (CRUMB, 20)], ids=["large", "always small"])
def test_nothing_is_taken_for_an_object_that_is_in_sight(place: tuple[slice, slice], usual_px: float) -> None:
    masks = {FIRST: _mask(place), SECOND: _mask(BODY, FAR)}
    said = {FIRST: _witness((FAR, 0.4, 0.3)), SECOND: _witness((BODY, 0.5, 0.25), (FAR, 0.25, 0.5))}
    found = handed_over(masks, said, {FIRST: usual_px, SECOND: 3600}, APART_FROM)
    assert all(np.array_equal(found[i], masks[i]) for i in masks)


def test_an_object_never_loses_its_last_likely_part() -> None:
    """Turned and far from its first frame it may look more like the other one, which is still hidden behind it."""
    masks = {FIRST: _mask(), SECOND: _mask(BODY, FAR)}
    said = {FIRST: _witness((FAR, 0.4, 0.3)), SECOND: _witness((BODY, 0.25, 0.5), (FAR, 0.2, 0.5))}
    found = handed_over(masks, said, dict.fromkeys(masks, 2000), APART_FROM)
    assert all(np.array_equal(found[i], masks[i]) for i in masks)


@pytest.mark.xfail(
    quick_precision(torch.device("cpu")) is Precision.FLOAT32,
    reason="in float32 the first dog is lost when nobody follows the man: margins below the rounding",
    strict=False,
)
def test_a_dog_that_another_jumped_over_gets_its_mask_back() -> None:
    """The second dog passes before the first one, which looks much like it, and runs off."""
    shared_dir("clips", "dogs-jump")
    clip = open_dataset(str(shared_dir("clips"))).only(["dogs-jump"]).clips[0]
    dogs = [one.id for one in clip.objects[:2]]
    engine = build_hybrid("cpu")
    for index in range(19):
        given = {dog: clip.truth(index)[dog].astype(np.float32) for dog in dogs} if index == 0 else None
        if given:
            engine.remember(0, clip.frame(0), given)
        found = engine.step(index, clip.frame(index), given).probabilities
    truth = clip.truth(18)
    assert all(jaccard(found[dog] >= 0.5, truth[dog]) > 0.6 for dog in dogs)
