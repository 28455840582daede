"""Cuts are found where shots begin, and nowhere else: not in motion, light, flashes or damage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from vosapp.core.errors import Cancelled
from vosapp.data.demo.files import demo_clip
from vosapp.video.cuts import CutFinder, difference, find_cuts
from vosapp.video.open import open_video
from vosapp.video.source import RgbImage

SIZE = (72, 128)


def place(seed: int) -> RgbImage:
    """A picture of one place, wider and taller than the view: coloured lumps of several sizes."""
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 255, (7, 12, 3)).astype(np.float32)
    fine = random.integers(-60, 60, (28, 48, 3)).astype(np.float32)
    wide = np.kron(coarse, np.ones((20, 20, 1), np.float32)) + np.kron(fine, np.ones((5, 5, 1), np.float32))
    return np.clip(wide, 0, 255).astype(np.uint8)


def view(picture: RgbImage, x: int = 0, y: int = 0, gain: float = 1.0) -> RgbImage:
    seen = picture[y : y + SIZE[0], x : x + SIZE[1]].astype(np.float32) * gain
    return np.clip(seen, 0, 255).astype(np.uint8)


def pan(seed: int, frames: int, step: int = 2) -> list[RgbImage]:
    """A camera that moves over a place."""
    picture = place(seed)
    return [view(picture, step * i % 100, i % 40) for i in range(frames)]


def found(pictures: Sequence[RgbImage]) -> tuple[int, ...]:
    finder = CutFinder()
    for index, picture in enumerate(pictures):
        finder.add(index, picture)
    return finder.cuts()


def test_shots_in_a_row() -> None:
    assert found([*pan(1, 20), *pan(2, 12), *pan(3, 20)]) == (20, 32)


def test_one_shot_has_none() -> None:
    assert found(pan(1, 25, step=4)) == ()


def test_short_clips() -> None:
    assert found([]) == () and found(pan(1, 1)) == () and found(pan(1, 2)) == ()
    assert found([*pan(1, 3), *pan(2, 3)]) == (3,)


@pytest.mark.parametrize("frames", [1, 2])
def test_a_flash_is_no_cut(frames: int) -> None:
    pictures = pan(1, 30)
    for index in range(12, 12 + frames):
        pictures[index] = np.full((*SIZE, 3), 250, np.uint8)
    assert found(pictures) == ()


def test_light_that_is_switched_on_slowly_is_no_cut() -> None:
    picture = place(1)
    assert found([view(picture, 20, 10, gain=0.2 + 0.03 * i) for i in range(25)]) == ()


def test_a_sequence_of_other_sizes_is_one_shot() -> None:
    picture = view(place(4), 10, 10)
    assert found([picture, picture[::2, ::2], picture, picture]) == ()


def test_the_answer_does_not_change_when_it_is_asked_for_twice() -> None:
    finder = CutFinder()
    for index, picture in enumerate([*pan(1, 10), *pan(2, 10)]):
        finder.add(index, picture)
    assert finder.cuts() == finder.cuts() == (10,)


def test_equal_pictures_do_not_differ() -> None:
    small = np.zeros((36, 64, 3), np.float32)
    assert difference(small, small) == 0.0


class Damaged:
    """A clip of two shots whose frames 8 and 9 are damaged and shown as a grey plate."""

    def __init__(self) -> None:
        self.pictures = [*pan(1, 10), *pan(2, 10)]
        for index in (4, 8, 9):
            self.pictures[index] = np.full((*SIZE, 3), 128, np.uint8)

    def frame(self, index: int) -> RgbImage:
        return self.pictures[index]

    def is_damaged(self, index: int) -> bool:
        return index in (4, 8, 9)


def test_damaged_frames_say_nothing() -> None:
    assert find_cuts(Damaged(), 20) == (10,)  # type: ignore[arg-type]


def test_a_search_can_be_stopped() -> None:
    seen: list[int] = []

    def watch(frame_index: int) -> None:
        seen.append(frame_index)
        if frame_index == 5:
            raise Cancelled

    with pytest.raises(Cancelled):
        find_cuts(Damaged(), 20, watch=watch)  # type: ignore[arg-type]
    assert seen == [0, 1, 2, 3, 4, 5]


def shots(lengths: Sequence[int]) -> Iterator[RgbImage]:
    for seed, length in enumerate(lengths):
        yield from pan(seed + 1, length)


@pytest.mark.parametrize("lengths", [(4, 4, 4, 4), (30, 3, 30)])
def test_short_shots(lengths: tuple[int, ...]) -> None:
    assert found(list(shots(lengths))) == tuple(int(end) for end in np.cumsum(lengths)[:-1])


def test_the_demo_shot_is_one_shot() -> None:
    source = open_video(demo_clip())
    try:
        assert find_cuts(source, source.info.frame_count) == ()
    finally:
        source.close()
