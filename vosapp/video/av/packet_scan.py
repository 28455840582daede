"""Reads the packets of a file and orders them into frames, without decoding where that is possible."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vosapp.core.errors import MediaError
from vosapp.core.limits import MAX_CLIP_FRAMES
from vosapp.video.av.container import open_container, read_packets, set_up_decoder, video_stream
from vosapp.video.av.errors import NO_MEMORY, READER_ERRORS, explain
from vosapp.video.av.hidden_alpha import alpha_is_key, has_hidden_alpha
from vosapp.video.bitstream.hidden_pictures import hidden_test
from vosapp.video.frame_index import (
    MISSING,
    FrameIndex,
    PacketTable,
    build_index,
    forgive_joints,
    index_from_order,
    times_settle_order,
)

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.stream import VideoStream

# Codecs whose pictures may be shown in another order than they are stored.
_REORDERING = frozenset(
    {"h264", "hevc", "vvc", "mpeg1video", "mpeg2video", "mpeg4", "msmpeg4v3", "vc1", "wmv3", "cavs", "rv40", "h263"}
)
# Containers that store no presentation times; what the bare streams among them say of time is FFmpeg's guess.
BARE_STREAMS = frozenset({"h264", "hevc", "m4v", "mpegvideo", "mjpeg", "obu"})
_WITHOUT_TIMES = BARE_STREAMS | {"avi"}
# Codecs in which a packet of a few bytes may stand for "as before": whether that gives a picture knows the decoder.
_MAY_SKIP = frozenset({"mpeg4", "msmpeg4v2", "msmpeg4v3", "h263", "flv1", "vc1", "wmv1", "wmv2", "wmv3", "vp6", "vp6f"})
_SKIP_BYTES = 16
_FIRST_SNAPSHOT = 512
_FIRST_DECODED_SNAPSHOT = 64
_PROBED_PACKETS = 32
_PULSE = 64


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The index as far as the file is read.

    Attributes:
        index: frames known for certain; complete in the last snapshot.
        cut_off: whether reading ended in an error instead of at the end of the file.
    """

    index: FrameIndex
    cut_off: bool = False


@dataclass
class _Rows:
    """Growing columns of a packet table, packed: a long file has hundreds of thousands of rows."""

    pts: array[int] = field(default_factory=lambda: array("q"))
    dts: array[int] = field(default_factory=lambda: array("q"))
    position: array[int] = field(default_factory=lambda: array("q"))
    size: array[int] = field(default_factory=lambda: array("q"))
    key: bytearray = field(default_factory=bytearray)
    shown: bytearray = field(default_factory=bytearray)
    whole: bytearray = field(default_factory=bytearray)

    def add(self, packet: Packet[Any], *, hidden: bool, key: bool) -> None:
        pts, dts, position = packet.pts, packet.dts, packet.pos
        self.pts.append(MISSING if pts is None else pts)
        self.dts.append(MISSING if dts is None else dts)
        self.position.append(-1 if position is None else position)
        self.size.append(packet.size)
        self.key.append(key)
        self.shown.append(not (hidden or packet.is_discard))
        self.whole.append(not packet.is_corrupt)

    def __len__(self) -> int:
        return len(self.pts)

    def table(self) -> PacketTable:
        table = PacketTable(
            pts=np.array(self.pts, np.int64),
            dts=np.array(self.dts, np.int64),
            position=np.array(self.position, np.int64),
            size=np.array(self.size, np.int64),
            key=np.array(self.key, np.bool_),
            shown=np.array(self.shown, np.bool_),
            whole=np.array(self.whole, np.bool_),
        )
        return forgive_joints(table)


def scan(path: Path) -> Iterator[Snapshot | None]:
    """Reads a file, giving snapshots of its index at growing distances and None in between, often.

    The caller may stop at any time by closing the iterator.

    Raises:
        MediaError: the file cannot be opened or holds no picture.
    """
    rows, cut_off = _Rows(), False
    with open_container(path) as container:
        track = video_stream(path, container)
        codec = track.codec_context.name
        has_b_frames = codec in _REORDERING and bool(track.codec_context.has_b_frames)
        trusted = container.format.name not in _WITHOUT_TIMES and not (has_b_frames and _times_are_made_up(path))
        is_hidden = hidden_test(codec, track.codec_context.extradata or b"")
        hidden_alpha = has_hidden_alpha(track)
        snapshot = _FIRST_SNAPSHOT
        try:
            for packet in read_packets(container, track):
                key = packet.is_keyframe and (not hidden_alpha or alpha_is_key(packet, codec))
                rows.add(packet, hidden=is_hidden(packet), key=key)
                if len(rows) > MAX_CLIP_FRAMES:
                    raise MediaError(f"{path} holds more than {MAX_CLIP_FRAMES:,} frames.", "Cut it into pieces.")
                if len(rows) == snapshot and (trusted or not has_b_frames) and codec not in _MAY_SKIP:
                    yield Snapshot(build_index(rows.table(), complete=False))
                    snapshot *= 2
                elif len(rows) % _PULSE == 0:
                    yield None
        except READER_ERRORS as error:
            # What was read before the damage is a clip; a file without any packet is not.
            if not rows:
                raise explain(path, error) from error
            cut_off = True
    table = rows.table()
    if not table.shown.any():
        raise MediaError(f"{path} holds no picture.", "Copy or export the clip again.")
    may_skip = codec in _MAY_SKIP and bool((table.size <= _SKIP_BYTES).any())
    if may_skip or (has_b_frames and not times_settle_order(table, trusted=trusted)):
        yield from _ordered_by_decoder(path, table, cut_off)
    else:
        yield Snapshot(build_index(table, complete=True), cut_off)


def _times_are_made_up(path: Path) -> bool:
    """Whether the decoder shows the first pictures in another order than their times, which rise with every packet.

    So it is in files that were made of bare streams without a thought for B-frames.
    """
    with open_container(path) as container:
        track = video_stream(path, container)
        set_up_decoder(track.codec_context, all_key=False)
        decoded = _DecodedOrder(path, track)
        last = MISSING
        for number, packet in enumerate(islice(read_packets(container, track), _PROBED_PACKETS)):
            if packet.pts is None or packet.pts <= last:
                return False
            last = packet.pts
            decoded.feed(packet, number)
    return decoded.order != sorted(decoded.order)


def _ordered_by_decoder(path: Path, table: PacketTable, cut_off: bool) -> Iterator[Snapshot | None]:
    """Orders the packets as the decoder shows them, for files whose times do not say it."""
    snapshot = _FIRST_DECODED_SNAPSHOT
    with open_container(path) as container:
        track = video_stream(path, container)
        set_up_decoder(track.codec_context, all_key=False)
        decoded = _DecodedOrder(path, track)
        for number, packet in enumerate(read_packets(container, track)):
            decoded.feed(packet, number)
            if len(decoded.order) >= snapshot:
                yield Snapshot(index_from_order(table, _shown(decoded.order, table), complete=False))
                snapshot *= 2
            else:
                yield None
        decoded.feed(None, len(table) - 1)
    order, missing = decoded.order, sorted(set(decoded.failed) - set(decoded.order))
    places = np.searchsorted(np.maximum.accumulate(order), missing) if order else np.zeros(len(missing), np.int64)
    whole = np.insert(np.array(order, np.int64), places, missing)
    yield Snapshot(index_from_order(table, _shown(whole, table)), cut_off)


class _DecodedOrder:
    """Decodes a track's packets for the order of their pictures.

    Attributes:
        order: number of the packet of each picture that came out, in the decoder's order.
        failed: numbers of the packets that the decoder could make nothing of.
    """

    def __init__(self, path: Path, track: VideoStream) -> None:
        self.order: list[int] = []
        self.failed: list[int] = []
        self._path, self._track = path, track

    def feed(self, packet: Packet[Any] | None, number: int) -> None:
        """Hands over a packet under its number in the file; None empties the decoder."""
        if packet is not None:
            packet.pts = packet.dts = number
        try:
            self.order.extend(f.pts for f in self._track.codec_context.decode(packet) if f.pts is not None)
        except NO_MEMORY as error:
            raise explain(self._path, error) from error
        except READER_ERRORS:
            self.failed.append(number)


def _shown(order: list[int] | np.ndarray[Any, np.dtype[np.int64]], table: PacketTable) -> Any:
    """The given packets without those that the index does not show or know, each once."""
    numbers = np.fromiter(dict.fromkeys(int(n) for n in order if 0 <= n < len(table)), np.int64)
    return numbers[table.shown[numbers]]
