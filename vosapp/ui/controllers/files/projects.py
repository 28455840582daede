"""Opens clips and projects, and owns what is open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal

from vosapp.core.document import ClipRef
from vosapp.core.editor import Editor
from vosapp.core.errors import ProjectError, UserError
from vosapp.core.frame_rate import parse_rate
from vosapp.core.paths import SUFFIX
from vosapp.engine.job import JobContext
from vosapp.presentation import project_files
from vosapp.presentation.availability import unsaved_on_clip
from vosapp.presentation.project_files import Media, OpenedShot
from vosapp.presentation.status import Notice, NoticeKind
from vosapp.presentation.text.formatting import rate_text, unsaved_text
from vosapp.ui.controllers.files.file_lists import FileLists
from vosapp.ui.controllers.files.leaving import LeaveRequest, LeavingController
from vosapp.ui.dialogs.confirming import Confirming
from vosapp.ui.jobs.io_queue import IoQueue, IoTask
from vosapp.ui.panels.recent_menu import RecentMenu
from vosapp.ui.panels.start_page import StartPage
from vosapp.ui.panels.work_box import WorkBox
from vosapp.ui.session import Session
from vosapp.video.source import ClipInfo

if TYPE_CHECKING:
    from vosapp.core.project import BackupPolicy, Project


class ProjectDialogs(Confirming, Protocol):
    """Asks where things are; None when the user cancelled."""

    def ask_clip_or_project(self, folder: str) -> Path | None: ...
    def ask_clip_folder(self, folder: str) -> Path | None: ...


class ProjectController(QObject):
    """Owns what is open: opens it, keeps its file, leaves it.

    Attributes:
        io: does what waits for a disk, for everything about the open project.
        lists: of the start page.
        leaving: closes what is open.

    Signals:
        opened_path: a clip or project is open now, as text.
        opened_project: the file of a project was opened, which may be damaged somewhere.
        media_missing: what was opened has no clip where it should be.
        leaving: what is open is about to be closed.
    """

    opened_path = Signal(str)
    opened_project = Signal()
    media_missing = Signal()
    _problem = Signal(object)  # emitted by the project's writer thread

    def __init__(self, session: Session, dialogs: ProjectDialogs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._dialogs = dialogs
        self.io = IoQueue(session, self)
        self.lists = FileLists(session, self)
        self.leaving = LeavingController(session, dialogs, self.io, self)
        self._shown_clip: ClipRef | None = None
        self._problem.connect(self._show_problem)
        session.changed.connect(self._follow_clip)
        self.lists.refresh()

    def connect_panels(self, start_page: StartPage, work: WorkBox, recent: RecentMenu) -> None:
        """Follows the first page, the box that shows work on files, and the menu of recent ones."""
        recent.path_chosen.connect(self.open_text)
        recent.clear_asked.connect(self.lists.clear)
        start_page.path_chosen.connect(self.open_text)
        start_page.unsaved_chosen.connect(self.resume)
        start_page.unsaved_discarded.connect(self.discard)
        work.cancelled.connect(self.io.cancel)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Maps action ids to handlers."""
        return {
            "file.open": self.ask_open,
            "file.open_folder": self.ask_open_folder,
            "file.resume": self.resume_on_clip,
            "file.close": self.close_clip,
        }

    @property
    def is_busy(self) -> bool:
        """Whether anything waits for a disk, or what is open is about to be closed."""
        return self.leaving.is_leaving or self.io.is_busy or self.lists.is_busy

    # -- opening ------------------------------------------------------------------------------------------------

    def ask_open(self) -> None:
        """Lets the user choose a clip or project."""
        path = self._dialogs.ask_clip_or_project(self.folder())
        if path is not None:
            self.open_path(path)

    def ask_open_folder(self) -> None:
        """Lets the user choose a folder of images."""
        path = self._dialogs.ask_clip_folder(self.folder())
        if path is not None:
            self.open_path(path)

    def open_path(self, path: Path) -> None:
        """Opens a clip or a project. What is open stays open until the other one has been read."""
        if path.suffix.lower() == SUFFIX:
            self._open_project(path, saved=True)
        else:
            rate = parse_rate(str(self._session.settings.get("video.sequence_rate", float)))
            body = partial(project_files.open_media, history_bytes=self._history_bytes(), assumed_rate=rate)
            self._open(path, body, saved=False)

    def open_text(self, path: str) -> None:
        """Opens a clip or project whose path is text."""
        self.open_path(Path(path))

    def resume(self, text: str) -> None:
        """Goes on with unsaved work."""
        self._open_project(Path(text), saved=False)

    def discard(self, text: str) -> None:
        """Deletes unsaved work after asking."""
        work = next((one for one in self._session.app.unsaved if str(one.path) == text), None)
        name, known = (work.clip_name, f"{unsaved_text(work)}. ") if work is not None else (Path(text).name, "")
        question = f"Delete the unsaved work on {name}?"
        explanation = f"{known}Its masks are gone then and cannot be brought back. The clip itself is not touched."
        self._dialogs.confirm(question, explanation, "Delete", agreed=partial(self.lists.discard, Path(text)))

    def _open_project(self, path: Path, *, saved: bool) -> None:
        project = self._session.project
        if project is None or project.path.absolute() != path.absolute():
            policy = self.backup_policy(saved=saved)
            body = partial(project_files.open_project, history_bytes=self._history_bytes(), backups=policy)
            self._open(path, body, saved=saved)

    def _open(self, path: Path, body: Callable[[Path, JobContext], OpenedShot], *, saved: bool) -> None:
        if self._session.app.opening:
            return  # one at a time: a file that is clicked twice is opened once
        self._say_opening(path.name)
        self._session.dismiss()
        self.io.run(
            IoTask(
                partial(body, path),
                f"Opening {path.name}",
                done=partial(self._take_over, path, saved),
                failed=self._not_opened,
                cancelled=partial(self._say_opening, ""),
                unclaimed=_give_up,
                can_cancel=True,
                reads=True,
            )
        )

    def _say_opening(self, name: str) -> None:
        self._session.set(app=replace(self._session.app, opening=name))

    def _not_opened(self, error: UserError) -> None:
        self._say_opening("")
        self._session.fail(error)

    def _take_over(self, path: Path, saved: bool, shot: OpenedShot) -> None:
        self.leaving.leave(LeaveRequest(partial(self._adopt, path, saved, shot), partial(self._refuse, shot)))

    def _refuse(self, shot: OpenedShot) -> None:
        """What is open stays open."""
        self._say_opening("")
        self.io.run(IoTask(partial(_dispose, shot)))

    def _adopt(self, path: Path, saved: bool, shot: OpenedShot) -> None:
        self._say_opening("")
        project, media = shot.project, shot.media
        project.on_problem = self._problem.emit
        if media is not None and media.has_moved:
            document = project.editor.document
            project.editor.apply("relink media", replace(document, clip=media.ref))
        self._shown_clip = project.editor.document.clip
        self._session.adopt(project.editor, project, media.info if media is not None else None, saved=saved)
        self._report(project, media, shot.problem)
        self.lists.add(path, media.thumbnail if media is not None else None)
        self.opened_path.emit(str(path))
        if path.suffix.lower() == SUFFIX:
            self.opened_project.emit()
        if media is None:
            self.media_missing.emit()

    def _report(self, project: Project, media: Media | None, problem: UserError | None) -> None:
        """Says the most important thing about what was opened."""
        session = self._session
        if problem is not None:
            session.set(shot=replace(session.shot, media_problem=problem.message))
            hint = "All masks are here, and can be saved and exported. File > Relink media finds the clip."
            session.show_notice(
                Notice(problem.message, hint, NoticeKind.ERROR, action="file.relink", verb="Relink media…")
            )
        elif project.read_only_reason:
            hint = "Changes stay in memory. Save as another file to keep them."
            session.show_notice(
                Notice(project.read_only_reason, hint, NoticeKind.WARNING, action="file.save_as", verb="Save as…")
            )
        elif media is not None and media.warning:
            hint = "See whether the masks lie where they should. File > Relink media looks for the right one."
            session.show_notice(
                Notice(media.warning, hint, NoticeKind.WARNING, action="file.relink", verb="Relink media…")
            )
        elif self._offer_unsaved(project):
            return
        elif media is not None:
            self._tell_facts(media.info, is_new=not project.editor.can_undo and not project.editor.document.objects)

    def _offer_unsaved(self, project: Project) -> bool:
        """Offers work on the same clip that was never saved, when the clip alone was opened. Returns whether it did."""
        work = unsaved_on_clip(project.editor.document, self._session.view)
        if work is None or project.editor.can_undo or project.editor.document.objects:
            return False
        text = f"There is unsaved work on {work.clip_name}."
        self._session.show_notice(
            Notice(text, f"{unsaved_text(work)}.", NoticeKind.WARNING, action="file.resume", verb="Go on with it")
        )
        return True

    def resume_on_clip(self) -> None:
        """Goes on with the newest unsaved work on the open clip."""
        work = unsaved_on_clip(self._session.document, self._session.view)
        if work is not None:
            self.resume(str(work.path))

    def _tell_facts(self, info: ClipInfo, *, is_new: bool) -> None:
        """Says what is odd about footage, and what was assumed of images that are opened for the first time."""
        session, clip = self._session, self._session.document.clip
        assumed = ""
        if is_new and info.rate_is_assumed and clip is not None:
            assumed = f"These images do not say how fast they play: {rate_text(clip.rate)} frames a second are assumed."
        said = [*info.notes, *([assumed] if assumed else [])]
        if not said:
            return
        kind = NoticeKind.WARNING if info.notes else NoticeKind.INFO
        action, verb = ("file.rate", "Frame rate…") if assumed else ("", "")
        session.show_notice(Notice(said[0], " ".join(said[1:]), kind, action=action, verb=verb))

    # -- the clip of the document -------------------------------------------------------------------------------

    def _follow_clip(self) -> None:
        """Shows the clip that the document is about when undo, redo or relinking made it another one."""
        clip = self._session.document.clip
        if clip is None or self._shown_clip is None or clip == self._shown_clip:
            return
        self._shown_clip = clip
        shown = self._session.shot.clip
        if shown is None or (str(shown.path.absolute()), shown.input_space) != (clip.path, clip.input_space):
            self.io.run(
                IoTask(
                    partial(project_files.read_media, Path(clip.path), input_space=clip.input_space),
                    done=partial(self._show_media, clip),
                    failed=partial(self._lose_media, clip),
                    reads=True,
                )
            )

    def _show_media(self, clip: ClipRef, media: Media) -> None:
        if clip != self._session.document.clip:
            return  # undo or redo has made it another one meanwhile
        self._session.set(shot=replace(self._session.shot, clip=media.info, media_problem=""))
        self._session.clip_changed.emit()
        self._session.changed.emit()
        if media.warning:
            self._session.notify(media.warning, kind=NoticeKind.WARNING)

    def _lose_media(self, clip: ClipRef, error: UserError) -> None:
        if clip != self._session.document.clip:
            return
        self._session.set(shot=replace(self._session.shot, clip=None, media_problem=error.message))
        self._session.clip_changed.emit()
        self._session.fail(error)

    # -- leaving ------------------------------------------------------------------------------------------------

    def close_clip(self) -> None:
        """Goes back to the start page."""
        self.leaving.leave_soon(LeaveRequest(self._show_start_page))

    def _show_start_page(self) -> None:
        self._shown_clip = None
        self._session.adopt(Editor(), None, None, saved=False)
        self.lists.refresh()

    # -- for other controllers ----------------------------------------------------------------------------------

    def backup_policy(self, *, saved: bool) -> BackupPolicy | None:
        """When a project is backed up, as the settings say."""
        from vosapp.core.storage.backup import BackupPolicy

        settings = self._session.settings
        minutes = settings.get("project.backup_minutes", int)
        return BackupPolicy(minutes, settings.get("project.backup_count", int)) if saved and minutes else None

    def take_settings(self) -> None:
        """Keeps as many steps and backups of what is open, and as many recent files, as the settings say now."""
        session, project = self._session, self._session.project
        session.editor.history.limit_bytes = self._history_bytes()
        if project is not None:
            project.backups = self.backup_policy(saved=session.shot.project.saved)
        self.lists.take_limit()

    def folder(self) -> str:
        """Folder in which the user probably looks for a file."""
        clip, recent = self._session.document.clip, self._session.app.recent
        return str(Path(clip.path if clip else recent[0]).parent) if clip or recent else ""

    def _show_problem(self, problem: ProjectError | None) -> None:
        if problem is not None:
            self._session.fail(problem)
        else:
            self._session.notify("Saving works again.", kind=NoticeKind.GOOD)

    def _history_bytes(self) -> int:
        return self._session.settings.get("project.history_mb", int) * 2**20


def _give_up(shot: OpenedShot) -> None:
    """Closes what nobody took over."""
    shot.project.abandon()
    if shot.is_empty:
        project_files.forget(shot.project.path)


def _dispose(shot: OpenedShot, _context: JobContext) -> None:
    _give_up(shot)
