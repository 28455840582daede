"""Keeps the start page's lists of recent files and unsaved work, in a thread."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from vosapp.core.errors import UserError
from vosapp.core.paths import make_private_dir
from vosapp.core.recent import (
    RecentFiles,
    UnsavedWork,
    discard_unsaved,
    forget_pictures,
    picture_path,
    unsaved_work,
)
from vosapp.engine.job import JobContext
from vosapp.ui.jobs.background_task import BackgroundTask
from vosapp.ui.jobs.io_queue import IoQueue, IoTask
from vosapp.ui.session import Session
from vosapp.video.source import RgbImage

Lists = tuple[tuple[str, ...], tuple[UnsavedWork, ...]]


class FileLists(QObject):
    """Keeps the lists of the view state up to date."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._recent = RecentFiles(session.settings.get("project.recent_count", int))
        self._io = IoQueue(session, self)  # of its own: a drive that does not answer holds up nothing else

    def take_limit(self) -> None:
        """Keeps as many recent files as the settings say now."""
        limit = self._session.settings.get("project.recent_count", int)
        if limit != self._recent.limit:
            self._recent = RecentFiles(limit)
            self.refresh()

    @property
    def is_busy(self) -> bool:
        """Whether the lists are being read."""
        return self._io.is_busy

    def refresh(self) -> None:
        """Reads the lists anew."""
        self._io.run(IoTask(partial(_read, self._recent), done=self._show, reads=True))

    def add(self, path: Path, picture: RgbImage | None = None) -> None:
        """Puts a clip or project in front of those opened last, with a small picture of it."""
        self._io.run(IoTask(partial(_add, self._recent, path, picture)))
        self.refresh()  # apart, as it asks every drive of the list

    def clear(self) -> None:
        """Forgets which files were opened; the files stay."""
        self._io.run(IoTask(partial(_clear, self._recent)))
        self.refresh()

    def discard(self, path: Path) -> None:
        """Deletes unsaved work."""
        self._io.run(IoTask(partial(_discard, path), failed=self._session.fail))
        self.refresh()

    @property
    def task(self) -> BackgroundTask:
        """The job that reads or writes."""
        return self._io.task

    def drop(self) -> None:
        """Ends the reading: the window is closing."""
        self._io.drop_all()

    def _show(self, lists: Lists) -> None:
        recent, unsaved = lists
        self._session.set(app=replace(self._session.app, recent=recent, unsaved=unsaved))


def _read(recent: RecentFiles, _context: JobContext) -> Lists:
    return recent.existing(), tuple(unsaved_work())


def _add(recent: RecentFiles, path: Path, picture: RgbImage | None, _context: JobContext) -> None:
    recent.add(path)
    if picture is not None and str(path.absolute()) in recent.paths:
        _keep_picture(picture_path(str(path.absolute())), picture)
    forget_pictures(recent.paths)


def _keep_picture(path: Path, picture: RgbImage) -> None:
    from vosapp.video.stills.images import write_png

    try:
        make_private_dir(path.parent)
        write_png(path, picture)
    except (OSError, UserError):
        return  # a convenience; it is not worth a message


def _clear(recent: RecentFiles, _context: JobContext) -> None:
    recent.clear()


def _discard(path: Path, _context: JobContext) -> None:
    discard_unsaved(path)
