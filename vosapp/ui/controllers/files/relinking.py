"""Searches for moved media and relinks the document's clip."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from vosapp.core.document import ClipRef
from vosapp.core.relink import name_of, search_places
from vosapp.engine.job import JobContext, JobResult
from vosapp.presentation.media_search import Found, Grade, Looking, facts_of, search
from vosapp.presentation.project_files import Media, with_rate_of
from vosapp.presentation.status import NoticeKind
from vosapp.ui.dialogs.relink import RelinkDialog
from vosapp.ui.jobs.background_task import BackgroundTask
from vosapp.ui.session import Session

Deliver = Callable[[Found | Looking], None]
SearchIn = Callable[[Deliver, JobContext], int]


class RelinkDialogs(Protocol):
    """Asks where to look; None when the user cancelled."""

    def ask_folder(self, title: str, folder: str) -> Path | None: ...
    def ask_moved_clip(self, name: str, folder: str) -> Path | None: ...


class RelinkController(QObject):
    """Owns the search and its window; there is at most one of either."""

    def __init__(
        self, session: Session, dialogs: RelinkDialogs, window: QWidget, parent: QObject | None = None
    ) -> None:
        """Makes the controller; `window` is what its own lies over."""
        super().__init__(parent)
        self._window = window
        self._session = session
        self._dialogs = dialogs
        self.task = BackgroundTask(self)
        self.task.delivered.connect(self._take_news)
        self.task.ended.connect(self._ended)
        self._found: dict[Path, Found] = {}
        self._waiting: list[SearchIn] = []
        self.dialog: RelinkDialog | None = None
        session.clip_changed.connect(self._forget)

    @property
    def is_searching(self) -> bool:
        """Whether folders are being looked through."""
        return self.task.is_running

    def show(self) -> None:
        """Opens the window for the open document's clip and begins to search where the clip probably is."""
        session = self._session
        clip = session.document.clip
        if clip is None or self.dialog is not None:
            return
        self._found.clear()
        dialog = self.dialog = RelinkDialog(self._window)
        dialog.folder_asked.connect(self.ask_folder)
        dialog.file_asked.connect(self.ask_file)
        dialog.stop_asked.connect(self.cancel)
        dialog.relink_asked.connect(self.take)
        dialog.finished.connect(self._closed)
        missing = bool(session.shot.media_problem)
        dialog.show_missing(name_of(clip), clip.path, facts_of(clip), is_missing=missing)
        self._list()
        dialog.open()
        self._look_in_the_likely_places(clip)

    def ask_folder(self) -> None:
        """Searches a folder of the user's choice."""
        folder = self._dialogs.ask_folder("Search this folder", "")
        if folder is not None:
            self._search([folder])

    def ask_file(self) -> None:
        """Judges a file of the user's choice."""
        clip = self._session.document.clip
        if clip is not None:
            path = self._dialogs.ask_moved_clip(name_of(clip), "")
            if path is not None:
                self._search([path])

    def take(self, found: Found) -> None:
        """Lets the document go on with a clip that was found."""
        if found.media is None or self._session.document.clip is None:
            return
        if self.dialog is not None:
            self.dialog.accept()
        relink(self._session, found.media)
        if found.grade is not Grade.SAME:
            self._session.notify(
                f"{found.path.name} is not the file that the masks were made for: {found.reason.lower()}.",
                "See whether the masks lie where they should. Undo takes it back.",
                NoticeKind.WARNING,
            )

    def cancel(self) -> None:
        """Ends the search; what was found stays in the list."""
        self._waiting.clear()
        self.task.cancel()

    def leave(self) -> None:
        """Closes the window and ends its search: the document is being closed."""
        self.cancel()
        self._forget()

    # -- the search -----------------------------------------------------------------------------------------------

    def _look_in_the_likely_places(self, clip: ClipRef) -> None:
        project = self._session.project
        beside = project.path if project is not None and self._session.shot.project.saved else None
        self._begin(partial(_likely, clip, beside))

    def _search(self, places: list[Path]) -> None:
        clip = self._session.document.clip
        if clip is not None:
            self._begin(partial(_these, clip, places))

    def _begin(self, search_in: SearchIn) -> None:
        """Searches, in place of what is searched now: what the user asks for comes first."""
        self._waiting.append(search_in)
        if self.is_searching:
            self.task.cancel()
        else:
            self._start_next()

    def _start_next(self) -> None:
        search_in = self._waiting.pop(0)
        self._status("Searching…", searching=True)
        self.task.start_delivering(partial(_body, search_in), "search")

    def _take_news(self) -> None:
        news = self.task.take_all()
        places = [one for one in news if isinstance(one, Looking)]
        for one in news:
            if isinstance(one, Found):
                self._found[one.path] = one
        if places:
            self._status(f"Searching {places[-1].folder}: {places[-1].files:,} files", searching=True)
        if len(places) < len(news):
            self._list()

    def _ended(self, _result: JobResult[int]) -> None:
        self._take_news()
        if self._waiting:
            self._start_next()
            return
        count = len(self._found)
        text = "Nothing was found. Search a folder, or choose the file." if not count else f"{count} found"
        self._status(text, searching=False)

    def _list(self) -> None:
        if self.dialog is not None:
            self.dialog.show_found(sorted(self._found.values(), key=lambda one: (one.grade, str(one.path))))

    def _status(self, text: str, *, searching: bool) -> None:
        if self.dialog is not None:
            self.dialog.show_search(text, searching=searching)

    def _closed(self, _result: int) -> None:
        self.dialog = None
        self.cancel()

    def _forget(self) -> None:
        dialog, self.dialog = self.dialog, None
        if dialog is not None:
            dialog.reject()


def _body(search_in: SearchIn, deliver: Deliver) -> Callable[[JobContext], int]:
    return partial(search_in, deliver)


def _likely(clip: ClipRef, project: Path | None, deliver: Deliver, context: JobContext) -> int:
    return search(clip, search_places(clip, project), deliver, context)


def _these(clip: ClipRef, places: list[Path], deliver: Deliver, context: JobContext) -> int:
    return search(clip, places, deliver, context)


def relink(session: Session, media: Media, *, label: str = "relink media") -> None:
    """Lets the document go on with a clip at another place, as a step that can be undone."""
    session.set(shot=replace(session.shot, clip=media.info, media_problem="", notice=None))
    before = session.document.clip
    ref = media.ref if before is None else with_rate_of(before, media)
    session.editor.apply(label, replace(session.document, clip=ref))
    session.clip_changed.emit()
    session.changed.emit()
