"""Reads the packets of a file once, without decoding, and makes its frame index; in the background when it is long.

Sources of the same file share one index: the second decoder of a clip opens at once.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import numpy as np

from vosapp.core.errors import MediaError
from vosapp.video.av.container import open_container, set_threads, video_stream
from vosapp.video.av.errors import explain
from vosapp.video.frame_index import (
    MISSING,
    FrameIndex,
    PacketTable,
    build_index,
    index_from_order,
    times_settle_order,
)
from vosapp.video.h264_fields import FieldPairs

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.stream import VideoStream

# Codecs whose pictures are shown in another order than they are stored.
_REORDERING = frozenset(
    {"h264", "hevc", "vvc", "mpeg1video", "mpeg2video", "mpeg4", "msmpeg4v3", "vc1", "wmv3", "cavs", "rv40", "h263"}
)
_WITHOUT_TIMES = frozenset({"avi", "h264", "hevc", "m4v", "mpegvideo", "mjpeg"})
_AT_ONCE_SECONDS = 0.25
_FIRST_SNAPSHOT = 512
_KEPT_INDEXES = 8


@dataclass
class _Rows:
    """Growing columns of a packet table."""

    pts: list[int] = field(default_factory=list)
    dts: list[int] = field(default_factory=list)
    position: list[int] = field(default_factory=list)
    size: list[int] = field(default_factory=list)
    key: list[bool] = field(default_factory=list)
    shown: list[bool] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)

    def add(self, packet: Packet[Any], hidden: bool) -> None:
        pts, dts, position = packet.pts, packet.dts, packet.pos
        self.pts.append(MISSING if pts is None else pts)
        self.dts.append(MISSING if dts is None else dts)
        self.position.append(-1 if position is None else position)
        self.size.append(packet.size)
        self.key.append(packet.is_keyframe)
        self.shown.append(not (hidden or packet.is_discard))
        self.whole.append(not packet.is_corrupt)

    def table(self) -> PacketTable:
        return PacketTable(
            np.array(self.pts, np.int64),
            np.array(self.dts, np.int64),
            np.array(self.position, np.int64),
            np.array(self.size, np.int64),
            np.array(self.key, np.bool_),
            np.array(self.shown, np.bool_),
            np.array(self.whole, np.bool_),
        )


class SharedIndex:
    """The index of one file while and after it is made. Safe to use from several threads.

    Attributes:
        path: the file.
        cut_off: whether reading ended in an error instead of at the end of the file.
        grown: whether the file grew while it was read.
    """

    def __init__(self, path: Path, *, at_once_seconds: float = _AT_ONCE_SECONDS) -> None:
        """Reads for `at_once_seconds`, then goes on in a thread of its own.

        Raises:
            MediaError: the file cannot be opened or holds no frame.
        """
        self.path = path
        self.cut_off = False
        self.grown = False
        self._changed = threading.Condition()
        self._index: FrameIndex | None = None
        self._error: MediaError | None = None
        self._stop = threading.Event()
        self._users = 1
        self._size = path.stat().st_size if path.is_file() else 0
        steps = self._read()
        end = time.monotonic() + at_once_seconds
        for _ in steps:
            if time.monotonic() >= end and self._covers(0):
                break
        self._thread: threading.Thread | None = None
        if not self.complete:
            self._thread = threading.Thread(target=self._finish, args=(steps,), name=f"index {path.name}", daemon=True)
            self._thread.start()

    @property
    def complete(self) -> bool:
        """Whether the index is exact to the end of the file."""
        with self._changed:
            return self._index is not None and self._index.complete

    def now(self) -> FrameIndex:
        """The index as far as it is known. Never empty.

        Raises:
            MediaError: reading failed.
        """
        with self._changed:
            return self._current()

    def covering(self, frame: int) -> FrameIndex:
        """The index once it knows frame `frame` or is complete; waits for that.

        Raises:
            MediaError: reading failed.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._error is not None or self._covers(frame))
            return self._current()

    def wait_complete(self, timeout: float | None = None) -> bool:
        """Waits until the index is exact; False when that takes longer than `timeout` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._error is not None or self._covers(1 << 62), timeout)
            return self._current().complete

    def acquire(self) -> bool:
        """Counts one more source that uses the index; False when the work on it was stopped before it was done."""
        with self._changed:
            if self._stop.is_set():
                return False
            self._users += 1
            return True

    def release(self) -> None:
        """Gives the index back; the last one that does ends the background work."""
        with self._changed:
            self._users -= 1
            unfinished = self._users == 0 and not (self._index is not None and self._index.complete)
            if unfinished:
                self._stop.set()
        if unfinished and self._thread is not None:
            self._thread.join()

    def _covers(self, frame: int) -> bool:
        return self._stop.is_set() or (
            self._index is not None and (self._index.complete or frame < len(self._index.order))
        )

    def _current(self) -> FrameIndex:
        if self._error is not None:
            raise self._error
        if self._index is None:
            raise MediaError(f"{self.path} holds no picture.", "Copy or export the clip again.")
        return self._index

    def _publish(self, index: FrameIndex) -> None:
        with self._changed:
            self._index = index
            self._changed.notify_all()

    def _finish(self, steps: Iterator[None]) -> None:
        try:
            for _ in steps:
                if self._stop.is_set():
                    break
        except MediaError as error:
            with self._changed:
                self._error = error
        finally:
            with self._changed:
                self._changed.notify_all()

    def _read(self) -> Iterator[None]:
        """Demuxes the file, yielding now and then so that the caller can stop or change threads."""
        with open_container(self.path) as container:
            track = video_stream(self.path, container)
            codec = track.codec_context.name
            has_b_frames = codec in _REORDERING and bool(track.codec_context.has_b_frames)
            trusted = container.format.name not in _WITHOUT_TIMES
            is_hidden = _hidden_test(track)
            rows, snapshot = _Rows(), _FIRST_SNAPSHOT
            try:
                for packet in container.demux(track):
                    if packet.size:
                        rows.add(packet, is_hidden(packet))
                    if len(rows.pts) >= snapshot:
                        if trusted or not has_b_frames:
                            self._publish(build_index(rows.table(), complete=False))
                        snapshot *= 2
                    if len(rows.pts) % 64 == 0:
                        yield
            except av.error.FFmpegError as error:
                # What was read before the damage is a clip; a file without any packet is not.
                if not rows.pts:
                    raise explain(self.path, error) from error
                self.cut_off = True
        self.grown = self.path.exists() and self.path.stat().st_size != self._size
        table = rows.table()
        if not table.shown.any():
            raise MediaError(f"{self.path} holds no picture.", "Copy or export the clip again.")
        if has_b_frames and not times_settle_order(table, trusted=trusted):
            order = _decoded_order(self.path, self._stop)
            self._publish(index_from_order(table, order))
        else:
            self._publish(build_index(table, complete=True))


def _hidden_test(track: VideoStream) -> Callable[[Packet[Any]], bool]:
    """What tells whether a packet of the track gives no picture of its own."""
    codec = track.codec_context.name
    if codec == "vp8":
        # The "show frame" bit (RFC 6386, 9.1): clear for pictures that are only referred to.
        return lambda packet: not bytes(packet)[0] & 0x10
    if codec == "h264":
        pairs = FieldPairs(track.codec_context.extradata or b"")
        if pairs.possible:
            return lambda packet: pairs.is_second_field(bytes(packet))
    return lambda _: False


def _decoded_order(path: Path, stop: threading.Event) -> np.ndarray[Any, np.dtype[np.int64]]:
    """The packets in the order in which the decoder shows them, for files whose times do not say it."""
    order: list[int] = []
    failed: list[int] = []
    with open_container(path) as container:
        track = video_stream(path, container)
        set_threads(track, all_key=False)
        number = 0
        for packet in container.demux(track):
            if stop.is_set():
                break
            if packet.size:
                packet.pts = packet.dts = number
                number += 1
            try:
                frames = track.codec_context.decode(packet if packet.size else None)
            except av.error.FFmpegError:
                failed.append(number - 1)
                continue
            order.extend(frame.pts for frame in frames if frame.pts is not None)
    missing = sorted(set(failed) - set(order))
    places = np.searchsorted(np.maximum.accumulate(order), missing) if order else np.zeros(len(missing), np.int64)
    return np.insert(np.array(order, np.int64), places, missing)


_lock = threading.Lock()
_indexes: OrderedDict[tuple[str, int, int], SharedIndex] = OrderedDict()


def _identity(path: Path) -> tuple[str, int, int]:
    """What tells a file from a changed one at the same place: path, size and time of the last change."""
    try:
        status = path.stat()
    except OSError as error:
        raise explain(path, error) from error
    return str(path.resolve()), status.st_size, status.st_mtime_ns


def shared_index(path: Path) -> SharedIndex:
    """The index of a file, made or taken from the last few files; `release` it when done.

    A file that changed since (by size or time) is read again.

    Raises:
        MediaError: the file cannot be opened or holds no frame.
    """
    key = _identity(path)
    with _lock:
        known = _indexes.get(key)
        if known is not None and known.acquire():
            _indexes.move_to_end(key)
            return known
    # Made outside the lock: a slow disk must not hold up other clips.
    made = SharedIndex(path)
    with _lock:
        _indexes[key] = made
        while len(_indexes) > _KEPT_INDEXES:
            _indexes.popitem(last=False)
    return made
