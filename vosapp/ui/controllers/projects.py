"""Opening, saving and closing clips and projects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal

from vosapp.core.document import ClipRef, Document
from vosapp.core.editor import Editor
from vosapp.core.errors import MediaError, ProjectError, UserError
from vosapp.ui.controllers.clip_reader import ClipReader, ReadClip
from vosapp.ui.recent import RecentFiles, new_unsaved_path, unsaved_dir, unsaved_projects
from vosapp.ui.session import Session
from vosapp.ui.view_state import NoticeKind
from vosapp.video.source import ClipInfo

if TYPE_CHECKING:
    from vosapp.core.project import BackupPolicy, Project

SUFFIX = ".vosapp"


class ProjectDialogs(Protocol):
    """Asks where things are; None when the user cancelled."""

    def ask_clip_or_project(self, folder: str) -> Path | None: ...
    def ask_clip_folder(self, folder: str) -> Path | None: ...
    def ask_moved_clip(self, name: str, folder: str) -> Path | None: ...
    def ask_save(self, proposed: str) -> Path | None: ...
    def confirm(self, question: str, explanation: str, verb: str) -> bool: ...


class ProjectController(QObject):
    """Owns what is open.

    Signals:
        opened_path: a clip or project is open now, as text.
        leaving: what is open is about to be closed; whoever works on it has to stop.
    """

    opened_path = Signal(str)
    leaving = Signal()
    _problem = Signal(object)  # emitted by the project's writer thread

    def __init__(self, session: Session, dialogs: ProjectDialogs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._dialogs = dialogs
        self._reader = ClipReader(session, self)
        self._pending: Project | None = None  # opened, its clip still being read
        self.recent = RecentFiles(session.settings.get("project.recent_count", int))
        self._problem.connect(self._show_problem)
        self.list_files()

    def handlers(self) -> dict[str, Callable[[], object]]:
        """What the actions of this controller do."""
        return {
            "file.open": self.ask_open,
            "file.open_folder": self.ask_open_folder,
            "file.save": self.save,
            "file.save_as": self.save_as,
            "file.relink": self.ask_relink,
            "file.close": self.close_clip,
        }

    def list_files(self) -> None:
        """Brings the start page's lists up to date."""
        self._session.set(recent=self.recent.existing(), unsaved=unsaved_projects())

    # -- opening ------------------------------------------------------------------------------------------------

    def ask_open(self) -> None:
        """Lets the user choose a clip or project."""
        path = self._dialogs.ask_clip_or_project(self._folder())
        if path is not None:
            self.open_path(path)

    def ask_open_folder(self) -> None:
        """Lets the user choose a folder of images."""
        path = self._dialogs.ask_clip_folder(self._folder())
        if path is not None:
            self.open_path(path)

    def open_path(self, path: Path) -> None:
        """Opens a clip or a project. What is open stays open until the other one has been read."""
        if self._reader.is_busy:
            return
        if path.suffix.lower() == SUFFIX:
            self._open_project(path)
        else:
            self._reader.read(path, partial(self._show_clip, path), self._session.fail)

    def _show_clip(self, path: Path, read: ReadClip) -> None:
        from vosapp.core.project import Project  # loads SQLite, which the start page does not need

        info, ref = read
        if not self.leave():
            return
        editor = Editor(Document(clip=ref), history_limit_bytes=self._history_bytes())
        try:
            unsaved_dir().mkdir(parents=True, exist_ok=True)
            project = Project.create(new_unsaved_path(path), editor)
        except (ProjectError, OSError) as error:
            self._session.adopt(editor, None, info, saved=False)
            self._session.notify(
                f"Your work is not being saved: {error}",
                "Save the project somewhere else with Ctrl+S.",
                NoticeKind.WARNING,
            )
        else:
            self._adopt(editor, project, info, saved=False)
        self._finish_opening(path, info)

    def _open_project(self, path: Path, *, saved: bool = True) -> None:
        from vosapp.core.project import Project

        if self._session.project is not None and _same(path, Path(self._session.project.path)):
            return
        try:
            project = Project.open(path, history_limit_bytes=self._history_bytes(), backups=self._backups(saved=saved))
        except UserError as error:
            self._session.fail(error)
            return
        clip = project.editor.document.clip
        if clip is None:
            project.close()
            self._session.notify(f"{path.name} has no clip in it.", "Open a clip instead.", NoticeKind.ERROR)
            return
        self._pending = project
        self._reader.read(
            Path(clip.path),
            partial(self._show_project, path, project, saved),
            partial(self._show_project_without_clip, path, project, saved),
        )

    def _show_project(self, path: Path, project: Project, saved: bool, read: ReadClip) -> None:
        self._pending = None
        info, ref = read
        expected = project.editor.document.clip
        if expected is not None and not _fits(expected, ref):
            self._show_project_without_clip(path, project, saved, _other_clip(expected, ref))
            return
        if not self.leave():
            project.close()
            return
        self._adopt(project.editor, project, info, saved=saved)
        self._finish_opening(path, info)
        self._report(project)

    def _show_project_without_clip(self, path: Path, project: Project, saved: bool, error: UserError) -> None:
        self._pending = None
        if not self.leave():
            project.close()
            return
        self._adopt(project.editor, project, None, saved=saved)
        self._session.set(media_problem=error.message)
        self._session.notify(
            error.message, "Say where it is now with File > Locate clip. All masks are here.", NoticeKind.ERROR
        )
        self.opened_path.emit(str(path))

    def _adopt(self, editor: Editor, project: Project, info: ClipInfo | None, *, saved: bool) -> None:
        project.on_problem = self._problem.emit
        self._session.adopt(editor, project, info, saved=saved)

    def _finish_opening(self, path: Path, info: ClipInfo) -> None:
        self.recent.add(path)
        self.list_files()
        if info.notes:
            self._session.notify(info.notes[0], " ".join(info.notes[1:]), NoticeKind.WARNING)
        self.opened_path.emit(str(path))

    def _report(self, project: Project) -> None:
        if project.read_only_reason:
            hint = "Changes stay in memory. Save as another file to keep them."
            self._session.notify(project.read_only_reason, hint, NoticeKind.WARNING)
        elif project.report:
            self._session.notify(project.report[0], " ".join(project.report[1:]), NoticeKind.WARNING)

    def resume(self, text: str) -> None:
        """Goes on with unsaved work."""
        if not self._reader.is_busy:
            self._open_project(Path(text), saved=False)

    def discard(self, text: str) -> None:
        """Deletes unsaved work after asking."""
        question = "Delete this unsaved work?"
        if self._dialogs.confirm(question, "Its masks are gone then. The clip itself is not touched.", "Delete"):
            _remove(Path(text))
            self.list_files()

    # -- media that moved ---------------------------------------------------------------------------------------

    def ask_relink(self) -> None:
        """Lets the user say where the clip is now."""
        clip = self._session.document.clip
        if clip is not None and not self._reader.is_busy:
            path = self._dialogs.ask_moved_clip(Path(clip.path).name, self._folder())
            if path is not None:
                self._reader.read(path, self._relink, self._session.fail)

    def _relink(self, read: ReadClip) -> None:
        info, ref = read
        session, expected = self._session, self._session.document.clip
        if expected is None:
            return
        if not _fits(expected, ref):
            session.fail(_other_clip(expected, ref))
            return
        session.editor.apply("locate clip", replace(session.document, clip=ref))
        session.set(clip=info, media_problem="", notice=None)
        session.opened.emit()
        session.changed.emit()

    # -- saving and closing -------------------------------------------------------------------------------------

    def save(self) -> None:
        """Makes sure that all is on the disk; gives an unsaved project its place."""
        session = self._session
        if session.project is None or not session.view.project.saved or session.project.read_only:
            self.save_as()
            return
        try:
            session.project.flush()
        except UserError as error:
            session.fail(error)
            return
        session.notify(f"{session.project.path.name} is saved.", kind=NoticeKind.GOOD)

    def save_as(self) -> None:
        """Asks for a place and goes on there."""
        from vosapp.core.project import Project

        session = self._session
        clip = session.document.clip
        if clip is None:
            return
        path = self._dialogs.ask_save(str(Path(clip.path).with_suffix(SUFFIX)))
        if path is None:
            return
        before = session.project.path if session.project is not None and not session.view.project.saved else None
        try:
            if session.project is None:
                session.project = Project.create(
                    path, session.editor, overwrite=True, backups=self._backups(saved=True)
                )
                session.project.on_problem = self._problem.emit
            else:
                session.project.save_as(path, overwrite=True)
        except UserError as error:
            session.fail(error)
            return
        if before is not None and not _same(before, path):
            _remove(before)
        session.mark_saved()
        self.recent.add(path)
        self.list_files()
        session.notify(f"Saved as {path.name}. From now on every step is saved as you work.", kind=NoticeKind.GOOD)

    def close_clip(self) -> None:
        """Goes back to the start page."""
        if self.leave():
            self._session.adopt(Editor(), None, None, saved=False)
            self.list_files()

    def leave(self) -> bool:
        """Stops what works on the open document and closes its file; False when the user wants to stay."""
        self.leaving.emit()
        session = self._session
        project = session.project
        if project is None:
            return True
        if (
            project.read_only
            and project.has_unsaved_changes
            and not self._dialogs.confirm(
                "Leave without saving?",
                f"{project.path.name} is read-only, so your changes are in memory only.",
                "Leave",
            )
        ):
            return False
        empty = not session.view.project.saved and not session.document.objects
        try:
            project.close()
        except ProjectError as error:
            if not self._dialogs.confirm("Leave without saving?", str(error), "Leave"):
                session.fail(error)
                return False
            project.abandon()
        session.project = None
        if empty:
            _remove(project.path)
        return True

    def stop(self) -> None:
        """Stops opening a clip: the window is closing."""
        self._reader.stop()
        if self._pending is not None:
            self._pending.abandon()
            self._pending = None

    def _show_problem(self, problem: ProjectError | None) -> None:
        if problem is not None:
            self._session.fail(problem)
        else:
            self._session.notify("Saving works again.", kind=NoticeKind.GOOD)

    def _history_bytes(self) -> int:
        return self._session.settings.get("project.history_mb", int) * 2**20

    def _backups(self, *, saved: bool) -> BackupPolicy | None:
        from vosapp.core.project import BackupPolicy

        settings = self._session.settings
        minutes = settings.get("project.backup_minutes", int)
        return BackupPolicy(minutes, settings.get("project.backup_count", int)) if saved and minutes else None

    def _folder(self) -> str:
        clip = self._session.document.clip
        recent = self.recent.paths[:1]
        return str(Path(clip.path if clip else recent[0]).parent) if clip or recent else ""


def _fits(expected: ClipRef, found: ClipRef) -> bool:
    """Whether the masks of a document fit a clip."""
    return (expected.height, expected.width, expected.frame_count) == (found.height, found.width, found.frame_count)


def _other_clip(expected: ClipRef, found: ClipRef) -> MediaError:
    return MediaError(
        f"{found.path} is another clip: {found.width}x{found.height} pixels, {found.frame_count} frames; the masks are "
        f"for {expected.width}x{expected.height}, {expected.frame_count} frames."
    )


def _same(first: Path, second: Path) -> bool:
    return first.exists() and second.exists() and first.samefile(second)


def _remove(path: Path) -> None:
    """Removes a project file and what SQLite may have left beside it."""
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)
