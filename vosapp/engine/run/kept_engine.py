"""KeptEngine: an engine's states and its clip, kept between runs so that the next one need not begin from nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vosapp.core.document import ClipRef
from vosapp.core.errors import Cancelled
from vosapp.engine.run.kept_states import KeptStates
from vosapp.engine.run_context import RunContext
from vosapp.video.cache import FrameCache
from vosapp.video.sequence_files import split_layer
from vosapp.video.source import ClipInfo, RgbImage, VideoSource

_PICTURES_BYTES = 64 * 2**20  # of the frames read last: the next run begins where the last one ended
_LOOK_S = 0.05  # how often one that waits for another run looks whether it is cancelled


class EngineKey(NamedTuple):
    """What must be the same for a state to be taken up."""

    engine: str
    device: str
    clip: ClipRef
    written: tuple[int, int]  # size in bytes and time of writing of the clip's file or folder, (0, 0) if unknown

    @classmethod
    def of(cls, engine: str, device: str, clip: ClipRef) -> EngineKey:
        """The key as things are on the disk now."""
        try:
            facts = split_layer(Path(clip.path))[0].stat()
        except OSError:  # a pattern of an image sequence is no file
            return cls(engine, device, clip, (0, 0))
        return cls(engine, device, clip, (facts.st_size, facts.st_mtime_ns))


class KeptSource:
    """A `VideoSource` that keeps the pictures it read last. Used by one thread at a time."""

    def __init__(self, source: VideoSource) -> None:
        self._source = source
        self._pictures = FrameCache(_PICTURES_BYTES)

    @property
    def info(self) -> ClipInfo:
        """See `VideoSource`."""
        return self._source.info

    def frame(self, index: int) -> RgbImage:
        """See `VideoSource`."""
        kept = self._pictures.get(index)
        if kept is not None:
            return kept
        picture = self._source.frame(index)
        self._pictures.put(index, picture, damaged=self._source.is_damaged(index))
        return picture

    def native(self, index: int) -> NDArray[Any]:
        """See `VideoSource`."""
        return np.asarray(self._source.native(index))

    def is_damaged(self, index: int) -> bool:
        """See `VideoSource`."""
        if self._pictures.get(index) is not None:
            return index in self._pictures.damaged
        return self._source.is_damaged(index)

    def close(self) -> None:
        """See `VideoSource`."""
        self._pictures.clear()
        self._source.close()


@dataclass(slots=True)
class _Relay:
    """Passes what kept engines report on to the run that uses them now."""

    context: RunContext = field(default_factory=RunContext)
    has_reported: bool = False

    def report(self, sentence: str, /) -> None:
        self.has_reported = True
        self.context.report(sentence)

    def learning(self, done: int, total: int, /) -> None:
        self.context.learning(done, total)

    def check(self) -> None:
        self.context.check()


class Lent(NamedTuple):
    """What a run works with while it has the kept engine.

    Attributes:
        source: the clip; stays open when the run ends.
        states: of the engine.
        context: what engines of the run are built with.
    """

    source: VideoSource
    states: KeptStates
    context: RunContext


class KeptEngine:
    """The states of one engine on one clip. One run uses it at a time; another one waits.

    Memory: what an engine knows that stands on a frame, twice at most, and 64 MiB of pictures.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._states = KeptStates()
        self._relay = _Relay()
        self._key: EngineKey | None = None
        self._source: KeptSource | None = None
        self._is_to_drop = False

    @property
    def is_cold(self) -> bool:
        """Whether the engine that ran last cannot be kept."""
        return self._states.is_cold

    @contextmanager
    def lent(self, key: EngineKey, open_source: Callable[[], VideoSource], context: RunContext) -> Iterator[Lent]:
        """Lends source and states to a run. What was kept for another key is dropped first.

        After an error, and where the engine had something to report, such as that memory ran out, nothing is kept.

        Raises:
            Cancelled: while it waited for another run.
        """
        while not self._lock.acquire(timeout=_LOOK_S):
            context.check()
        try:
            if key != self._key or self._is_to_drop:
                self._clear()
            if self._source is None:
                self._source, self._key = KeptSource(open_source()), key
            self._relay.context, self._relay.has_reported = context, False
            relayed = RunContext(self._relay.report, self._relay.learning, self._relay.check, context.memory)
            yield Lent(self._source, self._states, relayed)
            if self._relay.has_reported:
                self._clear()
        except Cancelled:
            raise
        except BaseException:
            self._clear()
            raise
        finally:
            self._relay.context = RunContext()
            self._lock.release()
            if self._is_to_drop:  # asked only now: who drops before the release leaves it to the run
                self.drop()

    def drop(self) -> None:
        """Lets go of everything; of what a run is using, when it ends. Does not wait."""
        self._is_to_drop = True
        if self._lock.acquire(blocking=False):
            try:
                self._clear()
            finally:
                self._lock.release()

    def _clear(self) -> None:
        self._is_to_drop = False
        self._states.clear()
        self._key = None
        if self._source is not None:
            source, self._source = self._source, None
            source.close()
