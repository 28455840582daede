"""Parts of masks that are not the object go; parts that are it stay."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from vosapp.engine.hybrid.identity import Witness, stands_in_parts, without_strays
from vosapp.engine.hybrid.settings import HybridOptions
from vosapp.engine.hybrid.window import Window

SHAPE = (160, 320)
CELL = 8
APART_FROM = HybridOptions().apart
WINDOW = Window(0, 0, SHAPE[1], SHAPE[0], SHAPE[0], SHAPE[1], 150.0)
BODY, NEAR, FAR = (slice(40, 100), slice(40, 100)), (slice(40, 100), slice(110, 140)), (slice(40, 100), slice(220, 260))

CRUMB, ELSEWHERE = (slice(60, 64), slice(230, 234)), (slice(120, 150), slice(40, 100))
APART = (slice(40, 100), slice(122, 150))


def _mask(*places: tuple[slice, slice]) -> NDArray[np.float32]:
    mask = np.zeros(SHAPE, np.float32)
    for place in places:
        mask[place] = 0.9
    return mask


def _witness(*said: tuple[tuple[slice, slice], float], before: Sequence[tuple[slice, slice]] = ()) -> Witness:
    """A window that is the whole frame; (place, own) each; where the object was, and flow moved it to."""
    own = np.zeros(SHAPE, np.float32)
    for place, of_own in said:
        own[place] = of_own
    return Witness(WINDOW, own[CELL // 2 :: CELL, CELL // 2 :: CELL], _mask(*before))


def _judged(mask: NDArray[np.float32], witness: Witness) -> NDArray[np.float32]:
    return without_strays(mask, witness, 60, APART_FROM)


def test_a_far_part_that_looks_unlike_goes_with_its_soft_edge() -> None:
    mask = _mask(BODY, FAR)
    mask[40:100, 260:262] = 0.3
    found = _judged(mask, _witness((BODY, 0.6), (FAR, 0.25)))
    assert not found[:, 200:].any()
    assert np.array_equal(found[:, :150], mask[:, :150])


@pytest.mark.parametrize(
    ("place", "own"), [(NEAR, 0.25), (FAR, 0.6)], ids=["parted by a pole", "far away but looking the same"]
)
def test_parts_of_the_object_stay(place: tuple[slice, slice], own: float) -> None:
    mask = _mask(BODY, place)
    assert np.array_equal(_judged(mask, _witness((BODY, 0.6), (place, own))), mask)


def test_the_farther_away_the_more_alike_a_part_must_be() -> None:
    said = _witness((BODY, 0.6), (APART, 0.48), (FAR, 0.48))
    assert np.array_equal(_judged(_mask(BODY, APART, FAR), said), _mask(BODY, APART))


def test_the_part_that_looks_right_is_the_body_though_it_is_the_smaller() -> None:
    found = _judged(_mask(BODY, FAR), _witness((BODY, 0.2), (FAR, 0.6)))
    assert np.array_equal(found, _mask(FAR))


def test_crumbs_and_single_parts_are_not_judged_by_their_looks() -> None:
    for mask in (_mask(BODY, CRUMB), _mask(BODY), _mask()):
        assert _judged(mask, _witness((BODY, 0.6))) is mask


@pytest.mark.parametrize("place", [CRUMB, APART], ids=["a crumb", "a part that looks somewhat alike"])
def test_what_comes_from_nowhere_goes(place: tuple[slice, slice]) -> None:
    said = _witness((BODY, 0.6), (APART, 0.5), before=[BODY])
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
    assert np.array_equal(_judged(mask, _witness((BODY, 0.6), (place, own), before=before)), mask)


def test_a_given_mask_stands_in_parts_where_they_are_far_from_each_other() -> None:
    def stands(*places: tuple[slice, slice]) -> bool:
        return stands_in_parts(_mask(*places), WINDOW, 60, APART_FROM)

    assert stands(BODY, FAR)
    assert not stands(BODY, NEAR)
    assert not stands(BODY)
    assert not stands(BODY, CRUMB)
    assert not stands()
