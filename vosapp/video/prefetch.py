"""Decodes the frame that the viewer wants, then the frames around it, in a thread of its own.

The newest request wins: requests that were overtaken are dropped before they are decoded, and fetching around a frame
ends as soon as another one is wanted. Every answer carries the number of the request it answers.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from vosapp.core.errors import MediaError, UserError
from vosapp.video.cache import FrameCache
from vosapp.video.source import RgbImage, VideoSource

_BLOCK = 12
"""Going backwards, frames are fetched in blocks of this many in ascending order: one decoding pass for all of them."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a request.

    Attributes:
        request: its number.
        index: the frame that was asked for.
        picture: the frame, read-only (height, width, 3) uint8; None when it cannot be given.
        error: why not.
    """

    request: int
    index: int
    picture: RgbImage | None
    error: UserError | None = None


@dataclass(frozen=True, slots=True)
class _Request:
    number: int
    index: int
    direction: int


class Prefetcher:
    """Serves one viewer from one cache."""

    def __init__(
        self,
        open_source: Callable[[], VideoSource],
        cache: FrameCache,
        answer: Callable[[Answer], None],
        *,
        ahead: int = 24,
        behind: int = 12,
    ) -> None:
        """Starts the thread.

        Args:
            open_source: opens the clip; called in the thread, which keeps the source for itself.
            cache: where pictures are put; may be read by anyone.
            answer: called in the thread with every answer.
            ahead: frames to fetch in the direction of movement, if the cache has room.
            behind: frames to fetch on the other side.
        """
        self._open_source = open_source
        self._cache = cache
        self._answer = answer
        self._ahead, self._behind = ahead, behind
        self._wake = threading.Condition()
        self._newest: _Request | None = None
        self._issued = 0
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="prefetch", daemon=True)
        self._thread.start()

    def request(self, index: int, direction: int = 1) -> int:
        """Asks for a frame; overtakes all earlier requests.

        Args:
            index: the frame.
            direction: 1 when the playhead moves forward, -1 backward.

        Returns:
            The number that the answer will carry. An overtaken request is never answered.
        """
        with self._wake:
            self._issued += 1
            self._newest = _Request(self._issued, index, 1 if direction >= 0 else -1)
            self._wake.notify_all()
            return self._issued

    def close(self) -> None:
        """Ends the thread and closes its source. No answer comes after this returns. May be called twice."""
        with self._wake:
            self._closing = True
            self._wake.notify_all()
        self._thread.join()

    def _run(self) -> None:
        source: VideoSource | None = None
        try:
            while (request := self._next_request()) is not None:
                try:
                    source = source or self._open_source()
                    picture = self._picture(source, request.index)
                except (IndexError, UserError) as error:
                    self._answer(Answer(request.number, request.index, None, _for_user(error, request.index)))
                    continue
                self._answer(Answer(request.number, request.index, picture))
                self._fetch_around(source, request, picture.nbytes)
        finally:
            if source is not None:
                source.close()

    def _next_request(self) -> _Request | None:
        """Waits for the newest request; None when closing."""
        with self._wake:
            self._wake.wait_for(lambda: self._closing or self._newest is not None)
            request, self._newest = self._newest, None
            return None if self._closing else request

    def _is_overtaken(self) -> bool:
        return self._closing or self._newest is not None

    def _picture(self, source: VideoSource, index: int) -> RgbImage:
        picture = self._cache.get(index)
        if picture is None:
            picture = source.frame(index)
            self._cache.put(index, picture)
        return picture

    def _fetch_around(self, source: VideoSource, request: _Request, frame_bytes: int) -> None:
        # The frame itself and what is fetched must fit together, or fetching would push out what it just fetched.
        room = self._cache.budget_bytes // max(1, frame_bytes) - 1
        for index in _neighbours(request.index, request.direction, self._ahead, self._behind, room):
            if self._is_overtaken():
                return
            try:
                self._picture(source, index)
            except (IndexError, UserError):
                # Nobody asked for this frame; whoever does gets the error as the answer.
                return


def _for_user(error: IndexError | UserError, index: int) -> UserError:
    return error if isinstance(error, UserError) else MediaError(f"The clip has no frame {index}.")


def _neighbours(index: int, direction: int, ahead: int, behind: int, room: int) -> Iterator[int]:
    """The frames around `index` in the order in which to fetch them, at most `room`."""
    ahead = min(ahead, max(0, room))
    behind = min(behind, max(0, room - ahead))
    forward, backward = (ahead, behind) if direction > 0 else (behind, ahead)
    onward = range(index + 1, index + 1 + forward)
    parts = [onward, *_blocks_before(index, backward)] if direction > 0 else [*_blocks_before(index, backward), onward]
    for part in parts:
        yield from part


def _blocks_before(index: int, count: int) -> list[range]:
    """The `count` frames before `index` as ascending blocks, the nearest block first."""
    first = max(0, index - count)
    stops = range(index, first, -_BLOCK)
    return [range(max(first, stop - _BLOCK), stop) for stop in stops]
