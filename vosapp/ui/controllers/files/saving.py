"""Saves projects elsewhere, compacts them and opens backups."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from vosapp.core.errors import UserError
from vosapp.core.paths import SUFFIX
from vosapp.engine.job import JobContext
from vosapp.presentation import project_files
from vosapp.presentation.status import NoticeKind
from vosapp.ui.controllers.files.mask_check import MaskCheck
from vosapp.ui.controllers.files.projects import ProjectController
from vosapp.ui.dialogs.backups import BackupDialog
from vosapp.ui.jobs.io_queue import IoTask
from vosapp.ui.session import Session

if TYPE_CHECKING:
    from vosapp.core.project import Project, ProjectCopy
    from vosapp.core.storage.backup import Backup


class SavingDialogs(Protocol):
    """Asks for places; None when the user cancelled."""

    def ask_save(self, proposed: str) -> Path | None: ...


class SavingController(QObject):
    """Writes the open project to other places, all of it in the background."""

    def __init__(
        self,
        session: Session,
        dialogs: SavingDialogs,
        window: QWidget,
        *,
        projects: ProjectController,
        check: MaskCheck,
    ) -> None:
        """Makes the controller.

        Args:
            session: what is open.
            dialogs: asks for places.
            window: what the list of backups lies over.
            projects: whose file it writes.
            check: must not read the file while it is rewritten.
        """
        super().__init__(projects)
        self._check = check
        self._window = window
        self._session = session
        self._dialogs = dialogs
        self._projects = projects

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Maps action ids to handlers."""
        return {
            "file.save": self.save,
            "file.save_as": self.save_as,
            "file.save_copy": self.save_copy,
            "file.compact": self.compact,
            "file.backups": self.list_backups,
        }

    def save(self) -> None:
        """Makes sure that all is on the disk; gives an unsaved project its place."""
        session = self._session
        project = session.project
        if project is None or not session.shot.project.saved or project.read_only:
            self.save_as()
            return
        done = partial(self._say, f"{project.path.name} is saved.")
        self._projects.io.run(IoTask(partial(_flush, project), "Saving", done=done, failed=session.fail))

    def save_as(self) -> None:
        """Asks for a place and goes on there."""
        self._copy_to(self._ask_place(), stays=False)

    def save_copy(self) -> None:
        """Asks for a place, writes a copy there, and stays."""
        self._copy_to(self._ask_place(" copy"), stays=True)

    def compact(self) -> None:
        """Rewrites the project without what is not needed any more."""
        project = self._session.project
        if project is None or self._projects.io.is_busy:
            return
        self._projects.io.run(
            IoTask(
                partial(project_files.compact, project),
                f"Compacting {project.path.name}",
                done=partial(self._compacted, project.path.name),
                failed=self._session.fail,
                can_cancel=True,
                blocks=True,
                stops=(self._check.task,),  # nobody else may read the file meanwhile
            )
        )

    def _compacted(self, name: str, sizes: tuple[int, int]) -> None:
        before, after = (size / 2**20 for size in sizes)
        self._say(f"{name} takes {after:.1f} MB now, {before:.1f} MB before.")

    def list_backups(self) -> None:
        """Shows the backups of the open project, or of all when there is none or it has none yet."""
        project = self._session.project
        project_id = project.project_id if project is not None and self._session.shot.project.saved else ""
        body = partial(_backups, project_id)
        self._projects.io.run(
            IoTask(
                body,
                "Looking for backups",
                done=self._ask_backup,
                failed=self._session.fail,
                can_cancel=True,
                reads=True,
            )
        )

    # -- copies -------------------------------------------------------------------------------------------------

    def _ask_place(self, ending: str = "") -> Path | None:
        session = self._session
        clip, project = session.document.clip, session.project
        if clip is None or project is None or self._projects.io.is_busy:
            return None
        saved = session.shot.project.saved and not project.read_only
        base = project.path if saved else Path(clip.path).with_suffix(SUFFIX)
        return self._dialogs.ask_save(str(base.with_name(f"{base.stem}{ending}{SUFFIX}")))

    def _copy_to(self, path: Path | None, *, stays: bool) -> None:
        project = self._session.project
        if path is None or project is None:
            return
        copy = project.begin_copy(path)
        self._projects.io.run(
            IoTask(
                partial(_write, project, copy, stays=stays),
                f"Saving {'a copy ' if stays else ''}as {path.name}",
                done=partial(self._copied, project, copy, stays),
                failed=partial(self._failed, project, copy),
                cancelled=partial(project.keep_copy, copy),
                unclaimed=partial(_leave_copy, project, copy),
                can_cancel=True,
            )
        )

    def _copied(self, project: Project, copy: ProjectCopy, stays: bool, is_new: bool) -> None:
        if stays:
            project.keep_copy(copy)
            self._say(f"{copy.path.name} is a copy as it stood. You go on in {project.path.name}.")
            return
        if not is_new:
            project.keep_copy(copy)
            self._say(f"{copy.path.name} is saved.")
            return
        project.backups = self._projects.backup_policy(saved=True)
        close_before = project.go_on_in(copy)
        self._projects.io.run(IoTask(partial(_run, close_before)))
        self._session.mark_saved()
        self._projects.lists.add(copy.path)
        self._say(f"Saved as {copy.path.name}. From now on every step is saved as you work.")

    def _failed(self, project: Project, copy: ProjectCopy, error: UserError) -> None:
        project.keep_copy(copy)
        self._session.fail(error)

    # -- backups ------------------------------------------------------------------------------------------------

    def _ask_backup(self, backups: list[Backup]) -> None:
        if backups:
            dialog = BackupDialog(backups, self._window)
            dialog.chosen.connect(self._projects.open_path)
            dialog.open()
        else:
            self._session.notify("There is no backup yet.", "A saved project is backed up while you work on it.")

    def _say(self, text: str, _value: object = None) -> None:
        self._session.notify(text, kind=NoticeKind.GOOD)


def _write(project: Project, copy: ProjectCopy, context: JobContext, *, stays: bool) -> bool:
    return project_files.write_copy(project, copy, context, stays=stays)


def _leave_copy(project: Project, copy: ProjectCopy, _is_new: bool) -> None:
    project.keep_copy(copy)


def _flush(project: Project, _context: JobContext) -> None:
    project.flush()


def _run(work: Callable[[], None], _context: JobContext) -> None:
    work()


def _backups(project_id: str, _context: JobContext) -> list[Backup]:
    from vosapp.core.storage.backup import backups

    return (backups(project_id) if project_id else []) or backups()
