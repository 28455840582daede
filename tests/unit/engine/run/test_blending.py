"""Two-sided predictions become one, and wait for each other on disk."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from vosapp.engine.run.blending import OneSided, blended
from vosapp.engine.run.meeting import Spool


def square(left: int) -> NDArray[np.float32]:
    image = np.zeros((30, 60), np.float32)
    image[5:25, left : left + 20] = 1
    return image


def test_the_nearer_anchor_decides() -> None:
    found, _, _ = blended(OneSided(square(10), 0.1, 1), OneSided(square(30), 0.1, 9))
    assert np.array_equal(found >= 0.5, square(10) >= 0.5)


def test_the_surer_side_decides_at_equal_distance() -> None:
    found, _, _ = blended(OneSided(square(10), 0.9, 5), OneSided(square(30), 0.1, 5))
    assert np.array_equal(found >= 0.5, square(30) >= 0.5)


def test_where_one_side_wavers_the_other_decides() -> None:
    wavering = np.where(square(10) > 0, np.float32(0.4), np.float32(0))
    found, _, _ = blended(OneSided(wavering, 0.1, 4), OneSided(square(10), 0.1, 6))
    assert np.array_equal(found >= 0.5, square(10) >= 0.5)
    assert 0 <= found.min() <= found.max() <= 1


def test_disagreement_in_the_middle_is_doubt_and_beside_an_anchor_is_not() -> None:
    _, middle, _ = blended(OneSided(square(10), 0.0, 5), OneSided(square(38), 0.0, 5))
    _, beside, _ = blended(OneSided(square(10), 0.0, 1), OneSided(square(38), 0.0, 49))
    _, agreed, _ = blended(OneSided(square(10), 0.0, 5), OneSided(square(10), 0.0, 5))
    assert middle == pytest.approx(1.0)
    assert beside < 0.1
    assert agreed == 0.0


def test_two_lost_sides_stay_lost() -> None:
    found, doubt, _ = blended(OneSided(square(10) * 0, 1.0, 5), OneSided(square(10) * 0, 1.0, 5))
    assert found.max() < 1e-6
    assert doubt == 1.0


def test_the_spool_gives_back_what_it_was_given_once() -> None:
    ramp = np.linspace(0, 1, 30 * 60, dtype=np.float32).reshape(30, 60)
    with Spool() as spool:
        spool.put((1, 5), ramp, 0.25)
        spool.put((2, 5), np.zeros((30, 60), np.float32), 1.0)
        kept = spool.take((1, 5), (30, 60))
        assert kept is not None
        assert np.abs(kept[0] - ramp).max() <= 0.5 / 15 + 1e-6
        assert kept[1] == 0.25
        empty = spool.take((2, 5), (30, 60))
        assert empty is not None
        assert not empty[0].any()
        assert spool.take((1, 5), (30, 60)) is None
