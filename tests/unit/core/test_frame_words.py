"""Frames in words."""

from __future__ import annotations

from vosapp.core.frame_words import frame_words


def test_one_frame_several_and_many() -> None:
    assert frame_words([3], 1001) == "frame 1004"
    assert frame_words([7, 5, 6, 1], 0) == "4 frames: 1, 5 to 7"
    assert frame_words(range(0, 12, 2), 0) == "6 frames: 0, 2, 4, 6, 2 more ranges"
