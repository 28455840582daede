"""Trusted frames: the nearest one is found, few are kept, none outlives its objects."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vosapp.engine.anchor_frames import MAX_FRAMES, AnchorFrames

RGB = np.zeros((6, 8, 3), np.uint8)


def _mask(column: int) -> NDArray[np.float32]:
    mask = np.zeros((6, 8), np.float32)
    mask[:, column] = 1
    return mask


def test_the_nearest_frame_of_each_object() -> None:
    trusted = AnchorFrames()
    trusted.add(0, RGB, {1: _mask(0), 2: _mask(1)})
    trusted.add(10, RGB, {1: _mask(2)})
    assert [trusted.nearest(1, frame) for frame in (0, 5, 6, 40)] == [0, 0, 10, 10]
    assert trusted.nearest(2, 9) == 0
    assert trusted.nearest(3, 9) is None
    np.testing.assert_array_equal(trusted.mask(1, 10), _mask(2))


def test_a_frame_without_the_object_is_no_reference() -> None:
    trusted = AnchorFrames()
    trusted.add(3, RGB, {1: np.zeros((6, 8), np.float32)})
    assert trusted.nearest(1, 3) is None


def test_pictures_are_copies() -> None:
    trusted, rgb = AnchorFrames(), RGB.copy()
    trusted.add(3, rgb, {1: _mask(0)})
    rgb[:] = 9
    assert not trusted.picture(3).any()


def test_only_frames_near_the_pass_are_kept() -> None:
    trusted = AnchorFrames()
    for frame in range(0, 100 * MAX_FRAMES, 2):
        trusted.add(frame, RGB, {1: _mask(0)})
    trusted.keep_near(500)
    kept = {trusted.nearest(1, frame) for frame in range(1000)}
    assert kept == set(range(500 - MAX_FRAMES, 500 + MAX_FRAMES, 2))


def test_forgetting_an_object_keeps_the_frames_of_others() -> None:
    trusted = AnchorFrames()
    trusted.add(0, RGB, {1: _mask(0), 2: _mask(1)})
    trusted.add(5, RGB, {1: _mask(0)})
    trusted.forget([1])
    assert trusted.nearest(1, 0) is None
    assert trusted.nearest(2, 5) == 0
