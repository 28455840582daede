"""Reads the packets of a file once, without decoding, and makes its frame index; in the background when it is long.

Sources of the same file share one index: the second decoder of a clip opens at once.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path

from vosapp.core.errors import Cancelled, MediaError
from vosapp.video.av.errors import explain
from vosapp.video.av.packet_scan import Snapshot, scan
from vosapp.video.frame_index import FrameIndex

_AT_ONCE_SECONDS = 0.25
_KEPT_INDEXES = 8


class SharedIndex:
    """The index of one file while and after it is made. Safe to use from several threads.

    Attributes:
        path: the file.
        cut_off: whether reading ended in an error instead of at the end of the file.
        grown: whether the file grew while it was read.
        device: the hardware whose pictures were found to be right, "software" when none is, None before it was tried.
    """

    def __init__(self, path: Path, *, at_once_seconds: float = _AT_ONCE_SECONDS) -> None:
        """Reads for `at_once_seconds`, then goes on in a thread of its own.

        Raises:
            MediaError: the file cannot be opened or holds no frame.
        """
        self.path = path
        self.cut_off = False
        self.grown = False
        self.device: str | None = None
        self._changed = threading.Condition()
        self._index: FrameIndex | None = None
        self._error: MediaError | None = None
        self._stop = threading.Event()
        self._users = 1
        self._size = path.stat().st_size if path.is_file() else 0
        self._ended = False
        steps = scan(path)
        end = time.monotonic() + at_once_seconds
        for snapshot in steps:
            self._take(snapshot)
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

    def covering(self, frame: int, interrupted: threading.Event | None = None) -> FrameIndex:
        """The index once it knows frame `frame` or is complete; waits for that.

        Args:
            frame: as the index numbers it.
            interrupted: ends the wait when it is set and `wake` is called; cleared then.

        Raises:
            MediaError: reading failed.
            Cancelled: the wait was ended.
        """
        stop = interrupted or threading.Event()
        with self._changed:
            self._changed.wait_for(lambda: self._error is not None or self._covers(frame) or stop.is_set())
            if self._error is None and not self._covers(frame):
                stop.clear()
                raise Cancelled
            return self._current()

    def wake(self) -> None:
        """Lets everyone who waits see whether they were interrupted."""
        with self._changed:
            self._changed.notify_all()

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
        return self._ended or (self._index is not None and (self._index.complete or frame < len(self._index.order)))

    def _current(self) -> FrameIndex:
        if self._error is not None:
            raise self._error
        if self._index is None:
            raise MediaError(f"{self.path} holds no picture.", "Copy or export the clip again.")
        return self._index

    def _take(self, snapshot: Snapshot | None) -> None:
        if snapshot is not None:
            with self._changed:
                self._index, self.cut_off = snapshot.index, snapshot.cut_off
                self.grown = self.path.exists() and self.path.stat().st_size != self._size
                self._changed.notify_all()

    def _finish(self, steps: Iterator[Snapshot | None]) -> None:
        try:
            for snapshot in steps:
                self._take(snapshot)
                if self._stop.is_set():
                    break
        except MediaError as error:
            with self._changed:
                self._error = error
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()


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
    made = SharedIndex(path, at_once_seconds=_AT_ONCE_SECONDS)
    with _lock:
        _indexes[key] = made
        while len(_indexes) > _KEPT_INDEXES:
            _indexes.popitem(last=False)
    return made
