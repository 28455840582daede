"""Finds the cuts of a clip in the background, and goes from one to the next."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, QThread

from vosapp.core import cut_edits
from vosapp.core.document import ClipRef
from vosapp.core.timeline import numbers_text
from vosapp.engine.job import JobContext, JobResult, Outcome, Progress
from vosapp.presentation.status import Notice
from vosapp.ui.jobs.background_task import BackgroundTask
from vosapp.ui.session import Session
from vosapp.video.lazy_open import open_clip

BATCH_S = 0.02  # of work, then as long a pause: there are better uses of the processor
WAIT_S = 0.05  # between two looks at whether the search may go on


class CutController(QObject):
    """Looks for cuts once in every new clip, and when it is asked to. What the user said of cuts stands.

    A search waits while masks are propagated or the clip plays, and gives what it found at its end, as one step.

    Attributes:
        task: the search.
    """

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._busy = threading.Event()
        self._found: tuple[int, ...] | None = None  # while a run goes on
        self._was_asked = False
        self.task = BackgroundTask(self)
        self.task.progressed.connect(self._progressed)
        self.task.ended.connect(self._ended)
        session.changed.connect(self._follow)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Maps action ids to handlers."""
        return {"mark.find_cuts": self.find, "mark.clear_cuts": self.clear}

    def begin(self) -> None:
        """Looks through a clip that was just opened, if it is new or the search was not finished."""
        session, document = self._session, self._session.document
        sought = session.shot.cuts_sought
        is_new = not (session.editor.can_undo or document.objects or document.cuts or document.not_cuts)
        if session.settings.get("video.find_cuts", bool) and (sought is False or (sought is None and is_new)):
            self._start()

    def find(self) -> None:
        """Looks through the clip because the user asks for it."""
        self._was_asked = True
        self._start()

    def clear(self) -> None:
        """Takes all cuts away."""
        self._session.editor.apply("take all cuts away", cut_edits.clear_cuts(self._session.document))

    def cancel(self) -> None:
        """Asks the search to stop: the clip is being left."""
        self.task.cancel()
        self._found = None
        self._busy.clear()

    def _start(self) -> None:
        session, clip = self._session, self._session.document.clip
        if clip is None or session.shot.clip is None or self.task.is_running:
            return
        session.set(shot=replace(session.shot, cut_search=0, cuts_sought=False))
        self.task.start(partial(_find, clip, self._busy), "find cuts", QThread.Priority.LowestPriority)

    def _progressed(self, progress: Progress) -> None:
        percent = int(100 * progress.fraction)
        if self._session.shot.cut_search not in (None, percent):
            self._session.set(shot=replace(self._session.shot, cut_search=percent))

    def _ended(self, result: JobResult[tuple[int, ...]]) -> None:
        session = self._session
        was_asked, self._was_asked = self._was_asked, False
        if result.outcome is Outcome.CANCELLED:
            session.set(shot=replace(session.shot, cut_search=None))
            return
        session.set(shot=replace(session.shot, cut_search=None, cuts_sought=True))
        if result.value is None:  # a clip that cannot be read is told of where its pictures are shown
            return
        if was_asked and not result.value:
            session.notify("No cuts were found: the clip is one shot.", "Fades and dissolves are not looked for.")
        self._found = result.value
        self._take_in()

    def _follow(self) -> None:
        shot = self._session.shot
        if shot.run is not None or shot.export is not None or shot.playback.speed:
            self._busy.set()
        else:
            self._busy.clear()
        self._take_in()

    def _take_in(self) -> None:
        session, found = self._session, self._found
        if found is None or session.editor.is_running:
            return
        self._found = None
        document = session.document
        changed = cut_edits.add_found_cuts(document, found)
        new = sorted(set(changed.cuts) - set(document.cuts))
        if not new:
            return
        what = f"{len(new)} cut{'s' * (len(new) != 1)}"
        session.editor.take_in(f"find {what}", changed)
        first_number = document.clip.first_number if document.clip is not None else 0
        text = (
            f"{what[0].upper()}{what[1:]} found: a new shot begins at {numbers_text(new, first_number=first_number)}."
        )
        hint = "Nothing is propagated across a cut. M takes one away where you stand."
        session.show_notice(Notice(text, hint, action="go.next_cut", verb="Show the next"))


def _find(clip: ClipRef, busy: threading.Event, context: JobContext) -> tuple[int, ...]:
    from vosapp.video.cuts import find_cuts  # the window starts without it
    from vosapp.video.source import IndexedSource

    source = open_clip(clip.path, clip.input_space)
    try:
        waiting: object = source
        while isinstance(waiting, IndexedSource) and not waiting.wait_until_exact(WAIT_S):
            context.check()
        count = source.info.frame_count
        return find_cuts(source, count, watch=_Pace(context, busy, count))
    finally:
        source.close()


class _Pace:
    """Throttles a search to half of the time, and stops it while the machine has better things to do."""

    def __init__(self, context: JobContext, busy: threading.Event, frame_count: int) -> None:
        self._context, self._busy, self._frame_count = context, busy, frame_count
        self._since = time.monotonic()

    def __call__(self, frame_index: int) -> None:
        self._context.check()
        self._context.progress(frame_index, self._frame_count)
        worked = time.monotonic() - self._since
        if worked > BATCH_S:
            time.sleep(min(worked, 5 * BATCH_S))
            while self._busy.is_set():
                self._context.check()
                time.sleep(WAIT_S)
            self._since = time.monotonic()
