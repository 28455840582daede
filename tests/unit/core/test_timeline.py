"""Ranges and spans of frames."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vosapp.core.timeline import FrameRange, backward_spans, forward_spans, ranges_of

FRAMES = st.sets(st.integers(0, 60), max_size=12)


@given(FRAMES)
def test_ranges_hold_exactly_their_frames(frames: set[int]) -> None:
    ranges = ranges_of(frames)
    assert [frame for one in ranges for frame in one] == sorted(frames)
    assert all(a.last + 1 < b.first for a, b in itertools.pairwise(ranges))


def test_a_range_includes_both_ends() -> None:
    one = FrameRange(3, 5)
    assert list(one) == [3, 4, 5] and len(one) == 3 and 5 in one and 6 not in one and "3" not in one
    assert one.intersection(FrameRange(5, 9)) == FrameRange(5, 5)
    assert one.intersection(FrameRange(6, 9)) is None
    for first, last in ((-1, 2), (3, 2)):
        with pytest.raises(ValueError, match="not a frame range"):
            FrameRange(first, last)


@given(FRAMES, FRAMES, st.tuples(st.integers(0, 60), st.integers(0, 60)).map(sorted))
def test_spans_reach_to_the_next_anchor_cut_or_end(anchors: set[int], cuts: set[int], ends: list[int]) -> None:
    within = FrameRange(*ends)
    for spans, step in ((forward_spans(anchors, cuts, within), 1), (backward_spans(anchors, cuts, within), -1)):
        seen: list[int] = []
        for span in spans:
            frames = list(span.frames)
            assert span.anchor in anchors and frames[0] == span.anchor + step
            assert all(b - a == step for a, b in itertools.pairwise(frames))
            assert not anchors.intersection(frames)
            path = [span.anchor, *frames]
            shots = {sum(cut <= frame for cut in cuts) for frame in path}
            assert len(shots) == 1, "no span crosses a cut"
            assert min(path[1:]) >= 0 and (max(path) <= within.last or step < 0)
            seen += frames
        assert len(seen) == len(set(seen)), "no frame is in two spans"
