"""Several objects share the pixels of a frame: never more than one in all, given masks first."""

from __future__ import annotations

import numpy as np
import pytest

from vosapp.engine.disjoint import Rule, by_odds, disjoint, in_what_is_left, scaled

_RANDOM = np.random.default_rng(1)
FOUND = {k: _RANDOM.random((8, 9), np.float32) for k in range(3)}
GIVEN = {7: (_RANDOM.random((8, 9)) > 0.5).astype(np.float32), 8: (_RANDOM.random((8, 9)) > 0.5).astype(np.float32)}


@pytest.mark.parametrize("rule", [by_odds, scaled])
def test_objects_found_one_by_one_never_sum_to_more_than_what_is_left(rule: Rule) -> None:
    apart = disjoint(FOUND, GIVEN, rule)
    assert list(apart) == list(FOUND)
    taken = np.maximum(GIVEN[7], GIVEN[8])
    assert (sum(apart.values()) <= 1 - taken + 1e-5).all()


@pytest.mark.parametrize("rule", [by_odds, scaled, in_what_is_left])
def test_an_object_alone_stays_as_it_is(rule: Rule) -> None:
    assert disjoint({1: FOUND[1]}, {}, rule)[1] is FOUND[1]
    np.testing.assert_array_equal(disjoint({1: FOUND[1]}, GIVEN, rule)[1][GIVEN[7] + GIVEN[8] > 0], 0)


def test_scaling_takes_nothing_where_there_is_room() -> None:
    small = {k: mask / 4 for k, mask in FOUND.items()}
    for object_id, mask in disjoint(small, {}, scaled).items():
        np.testing.assert_array_equal(mask, small[object_id])


def test_odds_are_weighed_against_a_background_of_one_half() -> None:
    pixels = {1: np.array([[0.8]], np.float32), 2: np.array([[0.5]], np.float32)}
    apart = disjoint(pixels, {}, by_odds)
    assert apart[1][0, 0] == pytest.approx(4 / 6)
    assert apart[2][0, 0] == pytest.approx(1 / 6)
