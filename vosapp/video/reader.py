"""Reads the frames of a job one after another, decoding ahead in a thread while the job computes."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType

from vosapp.core.errors import UserError
from vosapp.video.source import RgbImage, VideoSource

_POLL_SECONDS = 0.1


class FrameReader:
    """Frames in a given order, at most `depth` decoded ahead, so that memory does not grow with the clip.

    Use it in a `with` block and iterate: it gives (frame index, read-only (height, width, 3) uint8 picture).
    """

    def __init__(self, open_source: Callable[[], VideoSource], frames: Iterable[int], *, depth: int = 4) -> None:
        """Prepares reading; the clip is opened when the block is entered.

        Args:
            open_source: opens the clip; called in the decoding thread, which keeps the source for itself.
            frames: the indices to read, in this order.
            depth: how many pictures may wait.
        """
        self._open_source = open_source
        self._frames = frames
        self._waiting: queue.Queue[tuple[int, RgbImage] | BaseException | None] = queue.Queue(maxsize=max(1, depth))
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._decode, name="frame reader", daemon=True)

    def __enter__(self) -> FrameReader:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def __iter__(self) -> Iterator[tuple[int, RgbImage]]:
        """The frames. Raises what decoding raised: MediaError, or IndexError for a frame that does not exist."""
        while (item := self._next()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item

    def _next(self) -> tuple[int, RgbImage] | BaseException | None:
        while True:
            try:
                return self._waiting.get(timeout=_POLL_SECONDS)
            except queue.Empty:
                if not self._thread.is_alive() and self._waiting.empty():
                    raise RuntimeError("the decoding thread ended before it was done") from None

    def _decode(self) -> None:
        try:
            source = self._open_source()
        except UserError as error:
            self._put(error)
            return
        try:
            for index in self._frames:
                if not self._put((index, source.frame(index))):
                    return
            self._put(None)
        except (UserError, IndexError) as error:
            self._put(error)
        finally:
            source.close()

    def _put(self, item: tuple[int, RgbImage] | BaseException | None) -> bool:
        """Hands over an item; False when reading was ended meanwhile."""
        while not self._stop.is_set():
            try:
                self._waiting.put(item, timeout=_POLL_SECONDS)
            except queue.Full:
                continue
            return True
        return False
