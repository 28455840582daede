"""The frame index: which packet of a file is which frame, and where decoding of a frame has to begin.

Frames are counted in the order in which they are shown. A file stores *packets* in the order in which they are
decoded; B-frames make the two orders differ. Everything else (variable rates, edit lists, odd timestamps) ends up in
one table of packets and is settled here once, so that the rest of the program only knows frame numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

MISSING = -(1 << 63)
"""Stands for a timestamp that the file does not have."""

IntArray = NDArray[np.int64]

_JOINT_STEPS = 16
_BREAK_STEPS = 250
_MARKED_BEFORE = 2
"""A demuxer that gathers packets notices a break of its counters one or two pictures before it."""


@dataclass(frozen=True, slots=True)
class PacketTable:
    """Packets of a video track in the order of the file.

    Attributes:
        pts: presentation times in units of the track, MISSING where there is none.
        dts: decoding times, likewise.
        position: byte offsets in the file, -1 where unknown.
        size: sizes in bytes.
        key: whether decoding can begin at the packet.
        shown: whether the packet gives a picture of the clip; False for what an edit list cuts off and for
            reference pictures that are never shown.
        whole: False where the container says that a packet is cut off or damaged.
    """

    pts: IntArray
    dts: IntArray
    position: IntArray
    size: IntArray
    key: NDArray[np.bool_]
    shown: NDArray[np.bool_]
    whole: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.pts)

    def find(self, pts: int, dts: int, position: int, size: int) -> int:
        """The number of the packet that has these values, or -1 when none or several do."""
        same = (self.size == size) & (self.position == position) & (self.pts == pts)
        hits = np.flatnonzero(same)
        if len(hits) > 1:
            hits = hits[self.dts[hits] == dts]
        return int(hits[0]) if len(hits) == 1 else -1


@dataclass(frozen=True, slots=True)
class FrameIndex:
    """Frames in the order in which they are shown.

    Attributes:
        packets: the packets that the index is about.
        order: packet number of every frame.
        rank: frame number of every packet, -1 for packets that are not shown (yet).
        keys: numbers of the key packets, ascending.
        complete: False while more of the file is still being read; `order` then holds the frames known for certain.
    """

    packets: PacketTable
    order: IntArray
    rank: IntArray
    keys: IntArray
    complete: bool

    def __len__(self) -> int:
        return len(self.order)

    def rank_of(self, packet: int) -> int:
        """The frame number of a packet; -1 if it is not shown, or not known yet because the file is still read."""
        return int(self.rank[packet]) if 0 <= packet < len(self.rank) else -1

    def start_for(self, frame: int) -> int:
        """The last packet from which decoding gives frame `frame` whole.

        A key packet serves a frame that comes after it both in the file and on the screen: pictures that are shown
        before the key picture but stored behind it may refer to the pictures before it (an open group of pictures).
        """
        place = int(np.searchsorted(self.keys, self.order[frame], side="right")) - 1
        while place >= 0 and self.rank[self.keys[place]] > frame:
            place -= 1
        return int(self.keys[place]) if place >= 0 else 0

    def refers_outside(self, frame: int) -> bool:
        """Whether the frames before `frame` lean on pictures in front of the file's first key packet.

        So it is where a file was cut out of a longer one: packets before the first key packet, and pictures stored
        behind it but shown before it.
        """
        before = self.order[:frame]
        first_key = int(self.keys[0]) if len(self.keys) else 0
        leading = (before < first_key) | (before > first_key) & (self.rank[first_key] >= frame)
        return frame > 0 and bool(leading.all())

    def key_before(self, packet: int) -> int:
        """The last key packet before `packet`, or 0."""
        place = int(np.searchsorted(self.keys, packet, side="left")) - 1
        return int(self.keys[place]) if place >= 0 else 0

    def times(self) -> IntArray:
        """Presentation time of every frame."""
        return self.packets.pts[self.order]

    def pieces(self) -> IntArray:
        """Which of several joined streams every frame belongs to, from 0; see `pieces_of`."""
        return pieces_of(self.packets)[self.order]


def pieces_of(packets: PacketTable) -> IntArray:
    """The number of the stream that each packet belongs to, where several were joined without a new clock.

    Recordings, and transport streams put one behind the other, hold such joints: there the clock falls back. It does
    so at a key packet that is decoded before the packet in front of it and shown before what came before; anywhere
    else only when it falls by many frames, since noise in the times is no joint.
    """
    known = np.flatnonzero(packets.dts != MISSING)
    starts = np.zeros(len(packets), np.bool_)
    if len(known) > 1:
        steps = np.diff(packets.dts[known])
        rising = steps[steps > 0]
        far = _JOINT_STEPS * int(np.median(rising)) if len(rising) else 1
        latest = np.maximum.accumulate(packets.pts[known])[:-1]
        after = known[1:]
        is_before = packets.key[after] & (packets.pts[after] <= latest) & (packets.pts[after] != MISSING)
        starts[after] = (steps < 0) & (is_before | (steps < -far))
    return np.cumsum(starts, dtype=np.int64)


def forgive_joints(packets: PacketTable) -> PacketTable:
    """The table without the marks of damage that demuxers set where two streams were joined.

    Their counters do not go on there, which looks like a loss. Whether a picture is whole says the decoder.
    """
    known = packets.dts != MISSING
    steps = np.diff(packets.dts, prepend=packets.dts[:1]) * (known & np.roll(known, 1))
    rising = steps[steps > 0]
    far = _BREAK_STEPS * int(np.median(rising)) if len(rising) else 1
    joints = np.flatnonzero((np.diff(pieces_of(packets), prepend=0) > 0) | (steps > far))
    if not len(joints):
        return packets
    whole = packets.whole.copy()
    for joint in joints:
        whole[max(0, joint - _MARKED_BEFORE) : joint + 1] = True
    return replace(packets, whole=whole)


def build_index(packets: PacketTable, *, complete: bool) -> FrameIndex:
    """Sorts packets into frames by presentation time; packets of equal time stay in the order of the file.

    Streams that were joined follow each other in the order of the file, each sorted by itself. If any time is
    missing, the order of the file stands.

    Args:
        packets: what is known of the file so far.
        complete: whether that is the whole file. If not, only frames are listed that no later packet can precede:
            those presented before the last decoding time, since nothing is presented before it is decoded, and
            those of streams that another one follows.
    """
    shown = np.flatnonzero(packets.shown)
    times, pieces = packets.pts[shown], pieces_of(packets)
    if not bool((times == MISSING).any()):
        shown = shown[np.lexsort((times, pieces[shown]))]
    if not complete:
        known = packets.dts[packets.dts != MISSING]
        horizon = int(known[-1]) if len(known) else MISSING
        shown = shown[(packets.pts[shown] < horizon) | (pieces[shown] < pieces[-1])]
    return index_from_order(packets, shown, complete=complete)


def index_from_order(packets: PacketTable, order: IntArray, *, complete: bool = True) -> FrameIndex:
    """An index whose order of frames is given, for example by the decoder."""
    rank = np.full(len(packets), -1, np.int64)
    rank[order] = np.arange(len(order))
    return FrameIndex(packets, order.astype(np.int64), rank, np.flatnonzero(packets.key), complete)


def times_settle_order(packets: PacketTable, *, trusted: bool) -> bool:
    """Whether the presentation times of a stream with B-frames say in which order its pictures are shown.

    Args:
        packets: all packets of the file.
        trusted: whether the container stores presentation times at all. AVI and bare streams do not: the times come
            from a guess then, and simply rise from packet to packet.

    Returns:
        False when only the decoder can tell.
    """
    times = packets.pts[packets.shown]
    by_piece = np.stack([pieces_of(packets)[packets.shown], times])
    if bool((times == MISSING).any()) or np.unique(by_piece, axis=1).shape[1] < len(times):
        return False
    return trusted or not bool((np.diff(times) > 0).all())
