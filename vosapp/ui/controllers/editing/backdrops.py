"""Takes a picture or a movie of the user's to lie behind cutouts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from vosapp.engine.job import JobContext
from vosapp.presentation.view_state import Backdrop, ViewMode
from vosapp.ui.dialogs.system import Dialogs
from vosapp.ui.jobs.io_queue import IoQueue, IoTask
from vosapp.ui.session import Session
from vosapp.ui.viewer.canvas import Canvas
from vosapp.video.cache import FrameCache
from vosapp.video.lazy_open import open_clip
from vosapp.video.prefetch import Answer, Prefetcher
from vosapp.video.source import ClipInfo, RgbImage

CACHE_BYTES = 96 * 2**20
_AHEAD = 8  # frames of a movie that are fetched before they are wanted


class BackdropController(QObject):
    """Reads a background and shows it; it is kept until the window closes.

    A movie runs with the clip, frame for frame from its own first one, and begins again at its end.
    """

    _answered = Signal(object)  # emitted in the movie's thread, received in the GUI thread, as is the next one
    _described = Signal(object)

    def __init__(
        self, session: Session, canvas: Canvas, dialogs: Dialogs, io: IoQueue, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._canvas = canvas
        self._dialogs = dialogs
        self._io = io
        self._movie: Prefetcher | None = None
        self._cache = FrameCache(CACHE_BYTES)
        self._frame_count = 0
        self._wanted = -1
        self._first_request = 0
        self._answered.connect(self._take_frame)
        self._described.connect(self._take_facts)
        session.changed.connect(self._follow)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Maps action ids to handlers."""
        return {"view.backdrop_picture": self.ask}

    def ask(self) -> None:
        """Lets the user choose a picture or a movie."""
        path = self._dialogs.ask_backdrop()
        if path is not None:
            self.take(path)

    def take(self, path: Path) -> None:
        """Shows a picture or a movie behind what is cut out."""
        from vosapp.core.paths import IMAGE_SUFFIXES

        if path.suffix.lower() in IMAGE_SUFFIXES:
            read = partial(_read, path)
            task = IoTask(read, f"Reading {path.name}", done=self._take, failed=self._session.fail, reads=True)
            self._io.run(task)
            return
        self.close()
        self._movie = Prefetcher(
            lambda: open_clip(str(path), ""),
            self._cache,
            self._answered.emit,
            described=self._described.emit,
            ahead=_AHEAD,
            behind=0,
        )
        self._first_request = self._movie.request(0)

    def close(self, timeout_s: float = 0.0) -> None:
        """Lets the movie go, if there is one, and waits so long for a frame that is being read."""
        movie, self._movie = self._movie, None
        if movie is not None:
            movie.close(timeout_s)
        self._cache = FrameCache(CACHE_BYTES)
        self._frame_count, self._wanted = 0, -1

    def _take(self, picture: RgbImage) -> None:
        self.close()
        self._canvas.show_backdrop(picture)
        self._show_behind()

    def _show_behind(self) -> None:
        session = self._session
        session.set(
            app=replace(session.app, backdrop=Backdrop.PICTURE, has_backdrop_picture=True),
            shot=replace(session.shot, mode=ViewMode.CUTOUT),
        )

    def _take_facts(self, info: ClipInfo) -> None:
        if self._movie is None:
            return
        is_first, self._frame_count = not self._frame_count, info.frame_count
        if is_first:
            self._show_behind()
        self._follow()

    def _follow(self) -> None:
        """Asks for the movie's frame that belongs to the picture shown, while it is to be seen."""
        shot, app = self._session.shot, self._session.app
        is_seen = shot.mode is ViewMode.CUTOUT and app.backdrop is Backdrop.PICTURE and shot.picture_index >= 0
        if self._movie is None or not self._frame_count or not is_seen:
            return
        wanted = shot.picture_index % self._frame_count
        if wanted == self._wanted:
            return
        self._wanted = wanted
        self._movie.request(wanted)
        known = self._cache.get(wanted)
        if known is not None:
            self._canvas.show_backdrop(known)

    def _take_frame(self, answer: Answer) -> None:
        if self._movie is None or answer.request < self._first_request:
            return  # of another movie
        if answer.error is not None:
            self.close()
            self._session.fail(answer.error)
        elif answer.picture is not None and answer.index == max(self._wanted, 0):
            self._canvas.show_backdrop(answer.picture)


def _read(path: Path, _context: JobContext) -> RgbImage:
    from vosapp.video.stills.loaded_image import load_image

    return load_image(path).display
