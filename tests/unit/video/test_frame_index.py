"""Order of frames and starting points of decoding, from tables of packets."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vosapp.video.frame_index import (
    MISSING,
    PacketTable,
    build_index,
    forgive_joints,
    index_from_order,
    pieces_of,
    times_settle_order,
)


def table(pts: list[int], keys: tuple[int, ...] = (0,), dts: list[int] | None = None, hidden: tuple[int, ...] = ()):
    count = len(pts)
    numbers = np.arange(count)
    return PacketTable(
        pts=np.array(pts, np.int64),
        dts=np.array(dts if dts is not None else numbers, np.int64),
        position=numbers * 100,
        size=np.full(count, 50),
        key=np.isin(numbers, keys),
        shown=~np.isin(numbers, hidden),
        whole=np.ones(count, np.bool_),
    )


def test_frames_come_in_order_of_their_times() -> None:
    index = build_index(table([0, 30, 10, 20]), complete=True)
    assert index.order.tolist() == [0, 2, 3, 1]
    assert index.rank.tolist() == [0, 3, 1, 2]
    assert index.times().tolist() == [0, 10, 20, 30]


def test_hidden_packets_are_no_frames() -> None:
    index = build_index(table([0, 10, 20, 30], hidden=(1,)), complete=True)
    assert index.order.tolist() == [0, 2, 3]
    assert index.rank_of(1) == -1
    assert index.rank_of(99) == -1


def test_equal_times_keep_the_order_of_the_file() -> None:
    assert build_index(table([0, 10, 10, 10, 20]), complete=True).order.tolist() == [0, 1, 2, 3, 4]


def test_missing_times_leave_the_order_of_the_file() -> None:
    assert build_index(table([5, MISSING, 3]), complete=True).order.tolist() == [0, 1, 2]


def test_pictures_shown_before_their_key_picture_start_earlier() -> None:
    """I0 P3 B1 B2, then an open group: I6 stored before B4 and B5, which are shown before it."""
    index = build_index(table([0, 3, 1, 2, 6, 4, 5, 7], keys=(0, 4)), complete=True)
    assert [index.start_for(frame) for frame in range(8)] == [0, 0, 0, 0, 0, 0, 4, 4]
    assert index.key_before(4) == 0
    assert index.key_before(0) == 0


def test_cut_start_is_recognised() -> None:
    leading = build_index(table([6, 4, 5, 7]), complete=True)
    assert leading.refers_outside(2)
    assert not leading.refers_outside(0)
    assert not leading.refers_outside(3)
    between = build_index(table([0, 1, 2, 3], keys=(2,)), complete=True)
    assert between.refers_outside(2)
    assert not build_index(table([0, 1, 2, 3]), complete=True).refers_outside(2)


@given(st.permutations(range(6)), st.integers(1, 4), st.data())
def test_partial_index_never_changes_its_mind(order: list[int], delay: int, data: st.DataObject) -> None:
    """Whatever part of a file is known, the frames it lists are those of the whole file."""
    count = 6 * delay
    pts = [block * 6 + place for block in range(delay) for place in order]
    # A packet is decoded no later than it or any later packet is shown.
    dts = [min(pts[number:]) for number in range(count)]
    dts = [min(dts[number], number) for number in range(count)]
    whole = build_index(table(pts, dts=dts), complete=True)
    known = data.draw(st.integers(1, count))
    part = build_index(table(pts[:known], dts=dts[:known]), complete=False)
    assert part.order.tolist() == whole.order[: len(part)].tolist()


def test_find_tells_packets_apart() -> None:
    packets = table([0, 10, 20])
    assert packets.find(10, 1, 100, 50) == 1
    assert packets.find(10, 1, 101, 50) == -1
    twins = table([0, 0], dts=[0, 1])
    twins.position[:] = -1
    assert twins.find(0, 1, -1, 50) == 1
    assert twins.find(0, 7, -1, 50) == -1


def test_when_times_settle_the_order() -> None:
    assert times_settle_order(table([0, 30, 10]), trusted=False)
    assert times_settle_order(table([0, 10, 20]), trusted=True)
    assert not times_settle_order(table([0, 10, 20]), trusted=False)
    assert not times_settle_order(table([0, 10, 10]), trusted=True)
    assert not times_settle_order(table([0, MISSING, 10]), trusted=True)


def test_given_order() -> None:
    index = index_from_order(table([5, 5, 5]), np.array([2, 0]))
    assert index.rank.tolist() == [1, -1, 0]


def test_joined_streams_follow_each_other() -> None:
    """The clock of the second stream starts again, inside the times of the first."""
    index = build_index(table([0, 30, 10, 20, 0, 20, 10], keys=(0, 4), dts=[0, 1, 2, 3, 0, 1, 2]), complete=True)
    assert index.order.tolist() == [0, 2, 3, 1, 4, 6, 5]
    assert index.pieces().tolist() == [0, 0, 0, 0, 1, 1, 1]
    assert index.start_for(5) == 4


def test_noise_in_decoding_times_is_no_joint() -> None:
    packets = table([0, 30, 10, 20, 40, 50], keys=(0, 4), dts=[0, 1, 3, 2, 1, 5])
    assert pieces_of(packets).tolist() == [0] * 6


def test_marks_of_damage_at_a_joint_are_forgiven() -> None:
    packets = table([*range(20), *range(20)], keys=(0, 20), dts=[*range(20), *range(20)])
    packets.whole[[5, 18]] = False
    assert np.flatnonzero(~forgive_joints(packets).whole).tolist() == [5]
