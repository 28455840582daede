"""Decodes the frame that the viewer wants, then the frames around it, in a thread of its own.

The newest request wins: requests that were overtaken are dropped before they are decoded, and fetching around a frame
ends as soon as another one is wanted. Every answer carries the number of the request it answers.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from vosapp.core.errors import Cancelled, MediaError, UserError
from vosapp.video.cache import FrameCache
from vosapp.video.source import ClipInfo, IndexedSource, RgbImage, VideoSource

_BLOCK = 12
"""Going backwards, frames are fetched in blocks of this many in ascending order: one decoding pass for all of them."""
_LOOK_SECONDS = 0.25
"""How often the facts of a clip are asked for again while they are provisional and nothing else is to be done."""
_CLOSE_SECONDS = 1.0
"""How long closing waits for a frame that is being read. A drive that does not answer must not hold the window up."""
_numbers = itertools.count(1)
"""Numbers of requests: never given twice, so that a late answer cannot be taken for one about the next clip."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Result of a request.

    Attributes:
        request: its number.
        index: the frame that was asked for.
        picture: the frame, read-only (height, width, 3) uint8; None when it cannot be given.
        error: why not; None without a picture when the clip is shorter than it claimed, which its facts tell next.
        damaged: whether the picture is damaged or only stands in.
    """

    request: int
    index: int
    picture: RgbImage | None
    error: UserError | None = None
    damaged: bool = False


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
        described: Callable[[ClipInfo], None] = lambda _: None,
        ahead: int = 24,
        behind: int = 12,
    ) -> None:
        """Starts the thread.

        Args:
            open_source: opens the clip; called in the thread, which keeps the source for itself.
            cache: where pictures are put; may be read by anyone.
            answer: called in the thread with every answer.
            described: called in the thread with the facts of the clip, first as they are when it is open, and again
                when provisional ones became exact.
            ahead: frames to fetch in the direction of movement, if the cache has room.
            behind: frames to fetch on the other side.
        """
        self._open_source = open_source
        self._cache = cache
        self._answer = answer
        self._described = described
        self._ahead, self._behind = ahead, behind
        self._wake = threading.Condition()
        self._newest: _Request | None = None
        self._source: VideoSource | None = None
        self._info: ClipInfo | None = None
        self._closing = False
        self._idle = False
        self._thread = threading.Thread(target=self._run, name="prefetch", daemon=True)
        self._thread.start()

    @property
    def is_idle(self) -> bool:
        """Whether all that was asked for is done, fetching around it too, so that nothing more will be decoded."""
        with self._wake:
            return self._idle and self._newest is None

    def request(self, index: int, direction: int = 1) -> int:
        """Asks for a frame; overtakes all earlier requests.

        Args:
            index: the frame.
            direction: 1 when the playhead moves forward, -1 backward.

        Returns:
            The number that the answer will carry. An overtaken request is never answered.
        """
        number = next(_numbers)
        with self._wake:
            self._newest = _Request(number, index, 1 if direction >= 0 else -1)
            self._wake.notify_all()
            source = self._source
        _interrupt(source)
        return number

    def close(self, timeout_s: float | None = None) -> bool:
        """Ends the thread, which closes its source. No answer comes after this returns. May be called twice.

        Args:
            timeout_s: how long to wait for a frame that is being read, in seconds; None takes the usual time.

        Returns:
            False when the thread hangs in a read; it ends by itself as soon as the drive answers.
        """
        with self._wake:
            self._closing = True
            self._wake.notify_all()
            source = self._source
        _interrupt(source)
        self._thread.join(_CLOSE_SECONDS if timeout_s is None else timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            while (request := self._next_request()) is not None:
                try:
                    source = self._opened()
                    picture = self._picture(source, request.index)
                except Cancelled:
                    self._ask_again(request)
                except (IndexError, UserError, MemoryError) as error:
                    self._tell(Answer(request.number, request.index, None, self._for_user(error, request.index)))
                else:
                    damaged = request.index in self._cache.damaged
                    self._tell(Answer(request.number, request.index, picture, damaged=damaged))
                    self._look(anew=True)
                    self._fetch_around(source, request, picture.nbytes)
        finally:
            if self._source is not None:
                self._source.close()

    def _opened(self) -> VideoSource:
        if self._source is None:
            source = self._open_source()
            with self._wake:
                self._source = source
            self._look()
        return self._source

    def _tell(self, answer: Answer) -> None:
        with self._wake:
            if self._closing:
                return
        self._answer(answer)

    def _ask_again(self, request: _Request) -> None:
        """A request was interrupted for a newer one, or for one that was served meanwhile: then it still counts."""
        with self._wake:
            if self._newest is None:
                self._newest = request

    def _next_request(self) -> _Request | None:
        """Waits for the newest request; None when closing."""
        while True:
            with self._wake:
                deadline = _LOOK_SECONDS if self._info is not None and self._info.provisional else None
                self._idle = True
                self._wake.wait_for(self._is_overtaken, deadline)
                self._idle = False
                request, self._newest = self._newest, None
                if self._closing:
                    return None
            self._look()
            if request is not None:
                return request

    def _look(self, *, anew: bool = False) -> None:
        """Tells of the clip's facts when they are new.

        Args:
            anew: also when they were exact, since decoding may have brought something to light.
        """
        if self._source is not None and (anew or self._info is None or self._info.provisional):
            info = self._source.info
            if info != self._info and not self._closing:
                self._info = info
                self._described(info)

    def _is_overtaken(self) -> bool:
        return self._closing or self._newest is not None

    def _picture(self, source: VideoSource, index: int) -> RgbImage:
        picture = self._cache.get(index)
        if picture is None:
            picture = source.frame(index)
            self._cache.put(index, picture, damaged=source.is_damaged(index))
        return picture

    def _for_user(self, error: IndexError | UserError | MemoryError, index: int) -> UserError | None:
        if isinstance(error, UserError):
            return error
        if isinstance(error, MemoryError):
            return MediaError(
                f"There is too little memory to read frame {index}.", "Close other programs and try again."
            )
        was_claimed = self._info is not None and self._info.provisional
        return None if was_claimed else MediaError(f"The clip has no frame {index}.")

    def _fetch_around(self, source: VideoSource, request: _Request, frame_bytes: int) -> None:
        # The frame itself and what is fetched must fit together, or fetching would push out what it just fetched.
        room = self._cache.budget_bytes // max(1, frame_bytes) - 1
        for index in _neighbours(request.index, request.direction, self._ahead, self._behind, room):
            if self._is_overtaken():
                return
            if self._info is not None and index >= self._info.frame_count:
                continue  # past the end; what lies before the frame is still worth fetching
            try:
                self._picture(source, index)
            except (IndexError, UserError, MemoryError, Cancelled):
                # Nobody asked for this frame; whoever does gets the error as the answer.
                return


def _interrupt(source: object) -> None:
    if isinstance(source, IndexedSource):
        source.interrupt()


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
