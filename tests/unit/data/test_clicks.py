"""Simulated clicks, and the pictures that the select network learns from."""

from __future__ import annotations

import numpy as np

from tests.photographs import small_bank
from vosapp.data.clicks.sample import ClickSettings, make_sample
from vosapp.data.clicks.simulate import Click, next_click

SETTINGS = ClickSettings(size_px=64)


def square(left: int, top: int, side: int) -> np.ndarray:
    mask = np.zeros((40, 60), np.bool_)
    mask[top : top + side, left : left + side] = True
    return mask


def test_the_first_click_is_in_the_middle_of_the_object() -> None:
    truth = square(10, 10, 11)
    assert next_click(truth, truth & False) == Click(15, 15, is_inside=True)


def test_the_next_one_is_in_the_widest_error_on_either_side() -> None:
    truth, surplus = square(10, 10, 5), square(40, 20, 9)
    assert next_click(truth, surplus) == Click(44, 24, is_inside=False)
    assert next_click(truth | surplus, truth) == Click(44, 24, is_inside=True)


def test_nothing_wrong_is_no_click() -> None:
    assert next_click(square(3, 3, 9), square(3, 3, 9)) is None


def test_a_hurried_user_still_hits_the_error() -> None:
    truth, random = square(10, 10, 15), np.random.default_rng(0)
    clicks = {next_click(truth, truth & False, random) for _ in range(20)}
    assert len(clicks) > 5
    assert all(click is not None and truth[click.y, click.x] for click in clicks)


def test_an_error_at_the_border_of_the_picture_is_not_clicked_on_the_border() -> None:
    assert next_click(square(0, 0, 9), square(0, 0, 0)) == Click(4, 4, is_inside=True)


def test_a_seed_gives_one_picture_with_its_object_and_what_it_begins_with() -> None:
    bank, kinds = small_bank(12), set()
    for index in range(24):
        sample = make_sample(bank, SETTINGS, (3, index))
        again = make_sample(bank, SETTINGS, (3, index))
        assert all(np.array_equal(a, b) for a, b in zip(sample, again, strict=True))
        assert sample.rgb.shape == (64, 64, 3) and set(np.unique(sample.mask)) <= {0, 255}
        assert (sample.mask[sample.stroke > 0] == 255).all()
        given = [bool(plane.any()) for plane in (sample.box, sample.stroke, sample.given)]
        assert sum(given) <= 1
        kinds.add(given.index(True) if any(given) else -1)
    assert kinds == {-1, 0, 1, 2}
