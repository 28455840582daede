"""Reads small pictures of frames in the background, the ones that are looked at first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from functools import partial

import numpy as np
from PySide6.QtCore import QObject, QThread, Signal

from vosapp.core.document import ClipRef
from vosapp.core.errors import MediaError
from vosapp.engine.job import JobContext
from vosapp.ui.jobs.background_task import BackgroundTask, Body, Deliver
from vosapp.ui.session import Session
from vosapp.video.lazy_open import open_clip
from vosapp.video.source import RgbImage

LONGER_SIDE_PX = 144  # of a thumbnail, about
KEPT = 400  # thumbnails; those not asked for longest go


class Thumbnails(QObject):
    """Keeps small pictures of frames of the open clip, and reads the missing ones with a decoder of its own.

    Attributes:
        task: the reading.

    Signals:
        arrived: there are new ones.
    """

    arrived = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._kept: OrderedDict[int, RgbImage] = OrderedDict()
        self._wanted = _Wanted()
        self._asked: dict[str, list[int]] = {}
        self._is_leaving = False
        self.task = BackgroundTask(self)
        self.task.delivered.connect(self._take)
        self.task.ended.connect(self._ended)
        session.clip_changed.connect(self._forget)

    def of(self, asker: str, frames: Iterable[int]) -> Mapping[int, RgbImage]:
        """Those of some frames that are there, (height, width, 3). The others are read, and `arrived` tells.

        Args:
            asker: who asks; a new question takes the place of its last one, and leaves those of others.
            frames: indices; the first ones of very many.
        """
        asked = self._asked[asker] = list(dict.fromkeys(frames))[: KEPT // 2]
        found = {frame: self._kept[frame] for frame in asked if frame in self._kept}
        for frame in found:
            self._kept.move_to_end(frame)
        self._wanted.put([frame for one in self._asked.values() for frame in one if frame not in self._kept])
        self._start()
        return found

    def cancel(self) -> None:
        """Reads no more until `go_on`, whoever asks: the clip is being left."""
        self._is_leaving = True
        self.task.cancel()

    def go_on(self) -> None:
        """The clip stays: reads what was asked for."""
        self._is_leaving = False
        self._start()

    def _start(self) -> None:
        clip = self._session.document.clip
        if self._is_leaving or clip is None or self._session.shot.clip is None:
            return
        if not self.task.is_running and self._wanted:
            body = partial(_body, clip, self._wanted)
            self.task.start_delivering(body, "thumbnails", QThread.Priority.LowestPriority)

    def _take(self) -> None:
        shown = self._session.document.clip
        for clip, frame, picture in self.task.take_all():
            # else it is about the clip before, or another input space of it; its rate and length may be known by now
            if shown is not None and (clip.path, clip.input_space) == (shown.path, shown.input_space):
                self._kept[frame] = picture
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        self.arrived.emit()

    def _ended(self, _result: object) -> None:
        self._take()
        self._start()  # what was asked for while the last one was being read

    def _forget(self) -> None:
        self._is_leaving = False
        self._kept.clear()
        self._asked.clear()
        self._wanted.put([])  # of the decoder that reads the clip before, which ends
        self._wanted = _Wanted()


class _Wanted:
    """The frames still to be read, which the reading thread takes one by one; the newest question counts."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._frames: list[int] = []

    def __bool__(self) -> bool:
        with self._lock:
            return bool(self._frames)

    def put(self, frames: list[int]) -> None:
        with self._lock:
            self._frames = frames

    def take(self, last: int) -> int | None:
        """The first one after the last that was read, which costs the least, or the first of all."""
        with self._lock:
            if not self._frames:
                return None
            ahead = [frame for frame in self._frames if frame > last]
            frame = min(ahead) if ahead else min(self._frames)
            self._frames = [one for one in self._frames if one != frame]
            return frame


def _body(clip: ClipRef, wanted: _Wanted, deliver: Deliver) -> Body:
    return partial(_read, clip, wanted, deliver)


def _read(clip: ClipRef, wanted: _Wanted, deliver: Deliver, context: JobContext) -> None:
    source, last = open_clip(clip.path, clip.input_space), -1
    try:
        while (frame := wanted.take(last)) is not None:
            context.check()
            last = frame
            deliver((clip, frame, _small(source.frame(frame))))
    except (MediaError, IndexError):
        wanted.put([])  # the viewer says what is wrong with the clip
    finally:
        source.close()


def _small(picture: RgbImage) -> RgbImage:
    from vosapp.video.resampling import resampled  # loads OpenCV

    share = LONGER_SIDE_PX / max(picture.shape[:2])
    size = (max(1, round(picture.shape[0] * share)), max(1, round(picture.shape[1] * share)))
    return np.ascontiguousarray(resampled(picture, size))
