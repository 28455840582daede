"""Fetches the picture of the playhead's frame from the prefetch thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from vosapp.core.allocator import give_memory_back
from vosapp.presentation.shutdown_deadline import ShutdownDeadline
from vosapp.presentation.status import NoticeKind
from vosapp.ui.session import Session
from vosapp.video.cache import FrameCache
from vosapp.video.lazy_open import open_clip
from vosapp.video.memory import default_cache_bytes
from vosapp.video.prefetch import Answer, Prefetcher
from vosapp.video.source import ClipInfo, RgbImage, VideoSource

SLOW_MS = 600
"""A picture that takes longer is said to be waited for."""
_GIVE_BACK_MS = 1000  # after a clip was left, when nothing of it is needed any more


class PictureController(QObject):
    """Keeps the picture of the playhead's frame.

    The picture and the masks of a frame are shown together: until a frame is decoded the one before stays, with its
    own masks, so that no mask ever lies over another frame's picture.

    Attributes:
        picture: the one that is shown, None before the first.

    Signals:
        shown: another picture is to be on the screen: (frame index, array or None).
        described: the clip's facts, a `ClipInfo`, as the viewer's own decoder has them; again when they became exact.
        damage_found: frames that turned out to be damaged, a frozenset.
    """

    shown = Signal(int, object)
    described = Signal(object)
    damage_found = Signal(object)
    _answered = Signal(object)  # emitted in the prefetch thread, received in the GUI thread, as is the next one
    _told = Signal(object)

    def __init__(
        self,
        session: Session,
        open_source: Callable[[str, str], VideoSource] = open_clip,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._open_source = open_source
        self._cache: FrameCache | None = None
        self._prefetcher: Prefetcher | None = None
        self._wanted = -1
        self._request = 0
        self._first_request = 0
        self._slow_timer = QTimer(self)
        self._slow_timer.setSingleShot(True)
        self._slow_timer.setInterval(SLOW_MS)
        self._slow_timer.timeout.connect(self._say_waiting)
        self._give_back = QTimer(self)
        self._give_back.setSingleShot(True)
        self._give_back.setInterval(_GIVE_BACK_MS)
        self._give_back.timeout.connect(give_memory_back)
        self.picture: RgbImage | None = None
        self._failed: set[int] = set()
        self._answered.connect(self._take)
        self._told.connect(self._take_facts)
        session.clip_changed.connect(self._reopen)
        session.changed.connect(self._follow)

    def is_decoded(self, frame_index: int) -> bool:
        """Whether a frame can be shown at once."""
        return self._cache is not None and frame_index in self._cache

    def cached(self, frame_index: int) -> RgbImage | None:
        """The picture of a frame where it is decoded already. Any thread may ask."""
        cache = self._cache
        return None if cache is None else cache.get(frame_index)

    def ask_to_close(self) -> None:
        """Lets the prefetch thread end soon; `close` still has to wait for it."""
        if self._prefetcher is not None:
            self._prefetcher.close(0)

    def close(self, deadline: ShutdownDeadline | None = None) -> None:
        """Ends the prefetch thread."""
        self._slow_timer.stop()
        self._give_back.stop()
        if self._prefetcher is not None:
            self._prefetcher.close((deadline or ShutdownDeadline()).left_s())
        self._prefetcher = self._cache = self.picture = None
        self._wanted = -1
        self._failed.clear()

    def _reopen(self) -> None:
        self.close()
        self._give_back.start()
        clip = self._session.shot.clip
        self.shown.emit(-1, None)
        if clip is None:
            return
        self._session.set(shot=replace(self._session.shot, picture_index=-1))
        path, input_space = str(clip.path), clip.input_space
        self._cache = FrameCache(self._budget())
        self._first_request = 0
        self._prefetcher = Prefetcher(
            lambda: self._open_source(path, input_space), self._cache, self._answered.emit, described=self._told.emit
        )

    def _budget(self) -> int:
        return self._session.settings.get("memory.frame_cache_mb", int) * 2**20 or default_cache_bytes()

    def take_budget(self) -> None:
        """Keeps as many pictures as the settings say now."""
        if self._cache is not None:
            self._cache.set_budget(self._budget())

    def _follow(self) -> None:
        """Asks for the playhead's frame when it is another one."""
        view = self._session.view
        if self._prefetcher is None or self._cache is None or view.shot.frame_index == self._wanted:
            return
        direction = -1 if view.shot.frame_index < self._wanted else 1
        self._wanted = view.shot.frame_index
        self._request = self._prefetcher.request(view.shot.frame_index, view.shot.playback.speed or direction)
        self._first_request = self._first_request or self._request
        picture = self._cache.get(view.shot.frame_index)
        if picture is not None:
            self._show(view.shot.frame_index, picture)
        elif not self._slow_timer.isActive():
            self._slow_timer.start()

    def _say_waiting(self) -> None:
        self._session.set(shot=replace(self._session.shot, waiting=True))

    def _take_facts(self, info: ClipInfo) -> None:
        clip = self._session.shot.clip
        if (
            self._prefetcher is not None
            and clip is not None
            and (clip.path, clip.input_space) == (info.path, info.input_space)
        ):
            self.described.emit(info)

    def _take(self, answer: Answer) -> None:
        if self._prefetcher is None or self._cache is None or answer.request < self._first_request:
            return  # about the clip before
        if not self._cache.damaged <= self._session.shot.damaged:
            self.damage_found.emit(self._cache.damaged)
        # While playing, a late frame is better than none: the next one has been asked for already.
        playing = self._session.shot.playback.speed != 0
        if answer.request != self._request and not playing:
            return
        self._slow_timer.stop()
        self._session.set(shot=replace(self._session.shot, waiting=False))
        if answer.picture is not None:
            self._show(answer.index, answer.picture)
        elif answer.error is not None and answer.index not in self._failed:
            self._failed.add(answer.index)
            self._session.notify(answer.error.message, answer.error.hint, NoticeKind.ERROR)

    def _show(self, frame_index: int, picture: RgbImage) -> None:
        self._slow_timer.stop()
        if frame_index != self._session.shot.picture_index or self.picture is None:
            self.picture = picture
            self.shown.emit(frame_index, picture)
            self._session.set(shot=replace(self._session.shot, picture_index=frame_index, waiting=False))
