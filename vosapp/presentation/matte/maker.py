"""MatteMaker: makes the mattes that the viewer shows, in a thread of its own, and keeps the last ones.

The newest request wins, as it does for pictures: what was overtaken is dropped before it is begun. A matte is known by
its mask, its settings and its picture, so nothing is made twice while the playhead goes to and fro.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from vosapp.core.errors import UserError
from vosapp.engine.job import Job
from vosapp.matte.layers import Alpha, Layer
from vosapp.presentation.viewer.overlay import OverlayLayer
from vosapp.video.lazy_open import open_clip
from vosapp.video.source import RgbImage, VideoSource

logger = logging.getLogger("vosapp")

BUDGET_BYTES = 128 * 2**20
_CLOSE_SECONDS = 0.5  # a matte that is being made may take longer; its thread then ends by itself


@dataclass(frozen=True, slots=True)
class MatteKey:
    """What a matte is made of; equal keys mean equal alphas.

    Attributes:
        clip: path and input space: which pictures.
        frame_index: of the picture.
        layer: digests of the mask, and the settings.
        has_picture: whether the frame's picture was there; without one an edge is as drawn.
    """

    clip: tuple[str, str]
    frame_index: int
    layer: OverlayLayer
    has_picture: bool


@dataclass(frozen=True, slots=True)
class MadeMatte:
    """A matte, or why there is none.

    Attributes:
        key: what was asked for.
        alpha: (height, width) uint8, None when it could not be made.
        colours: (height, width, 3) uint8, the picture with the object's own colours; None where they are not asked for.
        error: why not.
    """

    key: MatteKey
    alpha: Alpha | None
    colours: RgbImage | None = None
    error: UserError | None = None


Wish = tuple[MatteKey, Layer]


class MatteMaker:
    """Serves one viewer. Its thread lives only while there is something to make."""

    def __init__(
        self,
        answer: Callable[[MadeMatte], None],
        *,
        cached_picture: Callable[[int], RgbImage | None] = lambda _: None,
        open_source: Callable[[str, str], VideoSource] = open_clip,
        budget_bytes: int = BUDGET_BYTES,
    ) -> None:
        """Makes it.

        Args:
            answer: called in the thread with every matte.
            cached_picture: a frame's picture where it is decoded already; called in the thread.
            open_source: opens the clip of a key, for frames around that are not; called in the thread.
            budget_bytes: of the mattes that are kept; the newest one always is.
        """
        self._answer = answer
        self._cached_picture = cached_picture
        self._open_source = open_source
        self._budget_bytes = budget_bytes
        self._lock = threading.RLock()  # whoever is told may look at once
        self._wanted: list[Wish] = []
        self._making: MatteKey | None = None
        self._thread: threading.Thread | None = None
        self._is_closed = False
        self._made: OrderedDict[MatteKey, MadeMatte] = OrderedDict()
        self._failed: set[MatteKey] = set()

    def known(self, key: MatteKey) -> MadeMatte | None:
        """The matte of a key, where it was made and is kept."""
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
            return self._made.get(key)

    def want(self, wishes: Sequence[Wish]) -> None:
        """Asks for mattes in place of those that were asked for before. What could not be made is not tried again."""
        with self._lock:
            self._wanted = [wish for wish in wishes if self._is_to_make(wish[0])]
            if self._wanted and self._thread is None and not self._is_closed:
                self._thread = threading.Thread(target=self._run, name="mattes", daemon=True)
                self._thread.start()

    def _is_to_make(self, key: MatteKey) -> bool:
        return key != self._making and key not in self._made and key not in self._failed

    def forget(self) -> None:
        """Forgets everything: another clip, or another try at what failed."""
        with self._lock:
            self._wanted = []
            self._made.clear()
            self._failed.clear()

    def close(self) -> None:
        """Makes nothing more. No answer comes after this returns."""
        with self._lock:
            self._is_closed, self._wanted = True, []
            thread = self._thread
        if thread is not None:
            thread.join(_CLOSE_SECONDS)

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._wanted:
                    self._thread = None
                    return
                key, layer = self._wanted.pop(0)
                self._making = key
            made = self._make(key, layer)
            with self._lock:
                self._making = None
                if self._is_closed:
                    self._thread = None
                    return
                self._keep(made)
                # Told while locked, so that nothing is heard of it after `close`.
                self._answer(made)

    def _keep(self, made: MadeMatte) -> None:
        if made.alpha is None:
            self._failed.add(made.key)
            return
        self._made[made.key] = made
        size = sum(map(_size_bytes, self._made.values()))
        while size > self._budget_bytes and len(self._made) > 1:
            size -= _size_bytes(self._made.popitem(last=False)[1])

    def _make(self, key: MatteKey, layer: Layer) -> MadeMatte:
        """A matte, or why there is none: whatever the error is, the thread goes on to the next one."""
        result = Job(lambda _: self._made_of(key, layer), "A matte").run()
        return result.value or MadeMatte(key, None, error=_for_the_user(result.error))

    def _made_of(self, key: MatteKey, layer: Layer) -> MadeMatte:
        pictures = _Pictures(key, self._cached_picture, self._open_source)
        try:
            whole = with_pictures_around(layer, key.layer, pictures.read)
            alpha, colours = whole.alpha, _own_colours(whole)
        finally:
            pictures.close()
        alpha.setflags(write=False)
        return MadeMatte(key, alpha, colours)


def _for_the_user(error: Exception | None) -> UserError:
    if isinstance(error, UserError):
        return error
    logger.error("A matte failed", exc_info=error)
    return UserError(f"A matte could not be made: {error}.", "Its mask stands in its place. Please report this.")


def _size_bytes(made: MadeMatte) -> int:
    return sum(part.nbytes for part in (made.alpha, made.colours) if part is not None)


def _own_colours(layer: Layer) -> RgbImage | None:
    if layer.picture is None or layer.matte.decontaminate <= 0:
        return None
    from vosapp.matte.foreground import own_colours

    own = own_colours(layer.picture.astype(np.float32), [layer])
    colours = np.asarray(np.clip(np.round(own), 0, 255), np.uint8)
    colours.setflags(write=False)
    return colours


class _Pictures:
    """Pictures of the frames around the one that is shown: decoded already, or read anew."""

    def __init__(
        self,
        key: MatteKey,
        cached_picture: Callable[[int], RgbImage | None],
        open_source: Callable[[str, str], VideoSource],
    ) -> None:
        self._clip = key.clip
        self._cached_picture = cached_picture
        self._open_source = open_source
        self._source: VideoSource | None = None

    def read(self, frame_index: int) -> RgbImage:
        """The picture of a frame. Raises MediaError."""
        picture = self._cached_picture(frame_index)
        if picture is not None:
            return picture
        if self._source is None:
            self._source = self._open_source(*self._clip)
        return self._source.frame(frame_index)

    def close(self) -> None:
        """Closes what was opened."""
        if self._source is not None:
            self._source.close()


def with_pictures_around(layer: Layer, shown: OverlayLayer, read: Callable[[int], RgbImage]) -> Layer:
    """A layer whose frames around have their pictures, as do those of the layers that are joined with it."""
    around, joined = layer.around, layer.joined
    if around:
        around = tuple(replace(one, picture=read(frame)) for one, (frame, _) in zip(around, shown.around, strict=True))
    if joined:
        joined = tuple(
            (kind, with_pictures_around(other, deeper, read))
            for (kind, other), (_, deeper) in zip(joined, shown.joined, strict=True)
        )
    return replace(layer, around=around, joined=joined) if around or joined else layer
