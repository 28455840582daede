"""The frame reader gives frames in order, decodes a few ahead and no more, and passes errors on."""

from __future__ import annotations

import pytest

from tests.unit.video.fakes import NumberSource
from vosapp.core.errors import MediaError
from vosapp.video.reader import FrameReader


def test_frames_in_the_order_asked_for() -> None:
    source = NumberSource()
    order = [5, 4, 3, 9]
    with FrameReader(lambda: source, order) as reader:
        read = [(index, int(picture[0, 0, 0])) for index, picture in reader]
    assert read == [(k, k) for k in order]
    assert source.closed


def test_no_more_than_depth_ahead() -> None:
    source = NumberSource()
    with FrameReader(lambda: source, range(50), depth=3) as reader:
        frames = iter(reader)
        next(frames)
        for _ in range(5):
            assert source.entered.acquire(timeout=10)
        # One is handed over, three wait, one is in the decoder's hand: the sixth is not begun.
        assert not source.entered.acquire(timeout=0.2)
    assert source.closed


def test_leaving_early_ends_the_thread() -> None:
    source = NumberSource()
    with FrameReader(lambda: source, range(50)) as reader:
        for index, _ in reader:
            if index == 3:
                break
    assert source.closed
    assert len(source.asked) < 12


@pytest.mark.parametrize(("frames", "error"), [([2, 3], MediaError), ([200], IndexError)])
def test_errors_reach_the_job(frames: list[int], error: type[Exception]) -> None:
    source = NumberSource(broken=(3,))
    with FrameReader(lambda: source, frames) as reader, pytest.raises(error):
        list(reader)
    assert source.closed


def test_clip_that_cannot_be_opened() -> None:
    def refuse() -> NumberSource:
        raise MediaError("no such clip")

    with FrameReader(refuse, [0]) as reader, pytest.raises(MediaError, match="no such clip"):
        list(reader)
