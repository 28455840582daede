"""Reads the facts of a clip in a thread: indexing a long file takes a while, and the window must not stand still."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from vosapp.core.document import ClipRef
from vosapp.core.errors import MediaError, UserError
from vosapp.engine.job import Job, JobContext, JobResult, Outcome
from vosapp.ui.bridge import JobThread
from vosapp.ui.controllers.pictures import open_clip
from vosapp.ui.session import Session
from vosapp.video.source import ClipInfo

logger = logging.getLogger("vosapp")

ReadClip = tuple[ClipInfo, ClipRef]


def read_clip(path: Path, context: JobContext) -> ReadClip:
    """The facts of a clip and the reference to it; runs in the thread."""
    from vosapp.video.clip_ref import clip_ref

    source = open_clip(str(path))
    try:
        context.check()
        source.frame(0)  # a file without a single picture is refused here, and not by an empty viewer
        return source.info, clip_ref(source.info)
    finally:
        source.close()


class ClipReader(QObject):
    """Reads one clip at a time and calls back in the GUI thread."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._thread: JobThread | None = None
        self._path = Path()
        self._then: Callable[[ReadClip], None] | None = None
        self._failing: Callable[[UserError], None] | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a clip is being read."""
        return self._thread is not None

    def read(self, path: Path, then: Callable[[ReadClip], None], failing: Callable[[UserError], None]) -> None:
        """Reads a clip; must not be busy.

        Args:
            path: of the clip.
            then: called with its facts.
            failing: called with the reason when it cannot be read.
        """
        self._path, self._then, self._failing = path, then, failing
        thread = self._thread = JobThread(self)
        thread.ended.connect(self._ended)
        self._session.set(opening=path.name, notice=None)
        thread.start_job(Job(partial(read_clip, path), "open"))

    def stop(self) -> None:
        """Stops and calls nobody back."""
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.cancel_and_join()
            thread.deleteLater()

    def _ended(self, result: JobResult[ReadClip]) -> None:
        thread, self._thread = self._thread, None
        if thread is None:
            return  # stopped meanwhile
        thread.wait()
        thread.deleteLater()
        self._session.set(opening="")
        if result.outcome is Outcome.CANCELLED or self._then is None or self._failing is None:
            return
        if result.value is not None:
            self._then(result.value)
        elif isinstance(result.error, UserError):
            self._failing(result.error)
        else:
            logger.error("Opening %s failed", self._path, exc_info=result.error)
            self._failing(MediaError(f"{self._path} cannot be opened: {result.error}."))
