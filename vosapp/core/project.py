"""A project: an editor whose every step is in a file before anything can happen to it.

One SQLite file holds masks by digest, the versions of the document, and the history with what can be undone and redone.
A thread of its own writes; what it has committed survives the death of the process.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from vosapp.core.document import Document
from vosapp.core.editor import Editor
from vosapp.core.errors import ProjectError
from vosapp.core.history import DEFAULT_LIMIT_BYTES
from vosapp.core.paths import SUFFIX, followed
from vosapp.core.recent import discard_unsaved, is_unsaved
from vosapp.core.storage.backup import BackupPolicy, backup_dir, make_backup
from vosapp.core.storage.database import SCHEMA_VERSION
from vosapp.core.storage.file import Tick, no_tick
from vosapp.core.storage.lock import ProjectLock
from vosapp.core.storage.masks import FileMaskStore
from vosapp.core.storage.opening import Opened, open_file, open_reader
from vosapp.core.storage.rewrite import remove_parts, write_fresh
from vosapp.core.storage.save_as import ProjectCopy
from vosapp.core.storage.session import FileSession, ProblemCallback, WrittenFile

__all__ = ["SUFFIX", "BackupPolicy", "Project", "ProjectCopy"]

MIGRATION_BACKUPS = 100  # the copy of an old schema must not push out, nor be pushed out by, the ordinary ones

WASTE_BYTES, WASTE_PART = 64 * 2**20, 0.3  # a file is compacted on closing when it wastes more than both


class Project:
    """An open project. It belongs to the thread of its editor.

    Attributes:
        editor: what is edited.
        path: the file.
        read_only_reason: one sentence why changes stay in memory until Save As, "" when they are written.
        report: sentences about what is missing or broken in the file, empty when nothing is.
        backups: when to back up, from the next file on; None for never.
        on_problem: called in the writer's thread when saving fails, with the error, and with None when it works again.
    """

    def __init__(self, path: Path, editor: Editor, masks: FileMaskStore, policy: BackupPolicy | None) -> None:
        """For `create` and `open`, which are how a project is made."""
        self.editor = editor
        self.path = path
        self.read_only_reason = ""
        self.report: tuple[str, ...] = ()
        self.on_problem: ProblemCallback | None = None
        self._masks = masks
        self.backups = policy
        self._session: FileSession | None = None
        self._changed_in_memory = False
        self._unsubscribe: Callable[[], None] = editor.subscribe(self._changed)

    @classmethod
    def create(
        cls, path: Path | str, editor: Editor, *, overwrite: bool = False, backups: BackupPolicy | None = None
    ) -> Project:
        """Writes an editor's document and history to a new file and goes on writing them as they change.

        The editor's store becomes one that keeps its masks in the file.

        Args:
            overwrite: whether the file may exist, and is replaced then.
            backups: when to back up; None for never.

        Raises:
            ProjectError: the file exists, is open in another window, or cannot be written.
        """
        project = cls.in_memory(editor, path, reason="", backups=backups)
        try:
            project.save_as(path, overwrite=overwrite)
        except BaseException:
            project._unsubscribe()
            raise
        return project

    @classmethod
    def in_memory(
        cls, editor: Editor, path: Path | str, *, reason: str, backups: BackupPolicy | None = None
    ) -> Project:
        """A project without a file. Save As gives it one.

        Args:
            path: where it would be.
            reason: why it is not, as `read_only_reason`.
        """
        masks = FileMaskStore(editor.store)
        project = cls(Path(path), editor, masks, backups)
        project.read_only_reason = reason
        editor.store = masks
        return project

    @classmethod
    def open(
        cls,
        path: Path | str,
        *,
        read_only: bool = False,
        history_limit_bytes: int = DEFAULT_LIMIT_BYTES,
        backups: BackupPolicy | None = None,
    ) -> Project:
        """Opens a project as it was last written, with what can be undone and redone.

        Where another window has it open, the folder may not be written, or parts of it are damaged, it opens
        read-only and says so; so does a backup. A project of an earlier schema is backed up and brought to the
        present one. A link is followed: locks, log and copies belong to the file that it leads to.

        Args:
            read_only: leave the file alone in any case.
            history_limit_bytes: masks kept for undo; beyond it the oldest steps go.
            backups: when to back up; None for never.

        Raises:
            ProjectError: it is missing, something else, newer, or damaged beyond reading. The file is not touched.
        """
        path = followed(Path(path))
        masks = FileMaskStore()
        reading = "It was opened for reading." if read_only else ""
        if path.absolute().is_relative_to(backup_dir().absolute()):
            reading = "It is a backup. Save it elsewhere to go on with it."
        opened = open_file(path, masks.attach, reading=reading)
        opened.loaded.history.limit_bytes = history_limit_bytes
        project = cls(path, Editor(store=masks, history=opened.loaded.history), masks, backups)
        project.read_only_reason, project.report = opened.reason, opened.loaded.report
        if opened.writing is not None:
            try:
                project._write_on(opened, *opened.writing)
            except BaseException:
                connection, lock = opened.writing
                project.abandon()
                connection.close()
                lock.release()
                raise
        return project

    @property
    def read_only(self) -> bool:
        """Whether changes stay in memory until Save As."""
        return bool(self.read_only_reason)

    @property
    def project_id(self) -> str:
        """Which project it is, whatever its file is called; "" while it is read-only."""
        return self._session.project_id if self._session else ""

    @property
    def mask_count(self) -> int:
        """About how many masks the file holds; 0 while it is read-only."""
        return self._session.mask_count if self._session is not None else 0

    @property
    def problem(self) -> ProjectError | None:
        """Why the last attempt to save failed, None when all is well."""
        return self._session.problem if self._session else None

    @property
    def has_unsaved_changes(self) -> bool:
        """Whether something is in memory only: since saving fails, or because the project is read-only."""
        return self._changed_in_memory if self._session is None else not self._session.is_up_to_date

    def flush(self, timeout_s: float = 60.0) -> None:
        """Waits until everything done so far is committed. Raises ProjectError when it cannot be."""
        if self._session is not None:
            self._session.flush(timeout_s)

    def begin_copy(self, path: Path | str) -> ProjectCopy:
        """Begins to write everything, as it stands now, to another file, and returns at once.

        The editor may be used while the copy is written. It ends with `go_on_in` or with `keep_copy`; there is at most
        one at a time.
        """
        self._masks.hold_back()
        loose = self.editor.loose_masks
        return ProjectCopy(Path(path), self.editor.state, self._masks, loose=loose, mask_count=self.mask_count)

    def go_on_in(self, copy: ProjectCopy) -> Callable[[], None]:
        """Goes on in a copy that is written; what was done since it was begun follows.

        Returns:
            What closes the file before, and removes it if the user never saved it. It may wait for a disk and run in
            any thread.
        """
        written, lock = copy.written, copy.lock
        if written is None or lock is None:
            raise ValueError("the copy is not written")
        copy.written = copy.lock = None
        close_reader, before, old_path = self._masks.move(written.reader), self._session, self.path
        if before is not None:
            before.retire()
        self._session = self._session_of(copy.path, lock)
        self._session.begin_written(written)
        self.path, self.read_only_reason, self.report = copy.path, "", ()
        self._changed_in_memory = False
        self.editor.lose_steps(copy.state, written.state)
        if written.state != self.editor.state:
            self._session.submit(self.editor.state)
        return partial(_close_before, close_reader, before, old_path)

    def keep_copy(self, copy: ProjectCopy) -> None:
        """Leaves a copy as it is, or what was written of it not at all, and stays in this file."""
        self._masks.let_go()
        copy.close()

    def save_as(self, path: Path | str, *, overwrite: bool = False) -> None:
        """Writes everything to another file and goes on there.

        The file before stays as last committed, unless the user never saved it: then it goes.

        Raises:
            ProjectError: as for `create`; the project goes on in the file before.
        """
        path = Path(path)
        if self.is_at(path):
            self.flush()
            return
        copy = self.begin_copy(path)
        try:
            copy.write(overwrite=overwrite)
        except BaseException:
            self.keep_copy(copy)
            raise
        self.go_on_in(copy)()

    def is_at(self, path: Path) -> bool:
        """Whether the project is written to a file already. Asks the disk."""
        return self._session is not None and path.exists() and path.samefile(self.path)

    def compact(self, tick: Tick = no_tick) -> None:
        """Rewrites the file without what nothing needs any more: forgotten steps, masks of undone runs.

        Nothing else may use the project meanwhile.

        Args:
            tick: told how many masks are written. What it raises ends the work; the file is as before then.

        Raises:
            ProjectError: it is read-only, or cannot be written; the file is as before then.
        """
        if self._session is None:
            raise ProjectError(f"{self.path.name} is open for reading only.", "Use Save As.")
        self.flush()
        loose = self.editor.loose_masks
        self._session.rewrite(self.editor.state, self._session.project_id, loose=loose, tick=tick)

    def close(self, tick: Tick = no_tick) -> None:
        """Commits what is left and leaves one plain file, compacted if that is worthwhile. Again does nothing.

        Args:
            tick: told how many masks a compaction has written.

        Raises:
            ProjectError: something cannot be committed; the project stays open, so that Save As is possible.
        """
        self.flush()
        if self._session is not None and self._is_wasteful():
            with suppress(ProjectError):  # a large file is no reason not to close; the next time may work
                self.compact(tick)
        self.abandon()

    def abandon(self) -> None:
        """Closes without insisting that the last changes are committed."""
        self._unsubscribe()
        self._masks.detach()
        if self._session is not None:
            self._session.close()
            self._session = None

    def _is_wasteful(self) -> bool:
        """Whether much of the file is masks of steps that were forgotten since it was opened."""
        wasted = self.editor.history.dropped_bytes
        return wasted > WASTE_BYTES and wasted > WASTE_PART * self.path.stat().st_size

    def _write_on(self, opened: Opened, connection: sqlite3.Connection, lock: ProjectLock) -> None:
        """Writes from now on into the file that was opened, which is of an old or of the present schema."""
        session, state = self._session_of(self.path, lock), self.editor.state
        with suppress(OSError):  # what a dead process left is in nobody's way
            remove_parts(self.path)
        project_id = opened.reader.about("project_id")
        if opened.reader.schema == SCHEMA_VERSION:
            session.begin(connection, opened.loaded.masks, project_id=project_id, written=state)
            self._session = session
            return
        connection.close()
        raw, detach = self._masks.raw, self._masks.detach
        try:
            make_backup(self.path, project_id, count=MIGRATION_BACKUPS)
            kept = write_fresh(self.path, state, raw, project_id=project_id, before_replacing=detach)
        except ProjectError as error:
            lock.release()
            self._masks.attach(open_reader(self.path))
            self.read_only_reason = f"It is of an older version of vosapp and cannot be brought up to date. {error}"
            return
        written = WrittenFile.open(self.path, kept)
        self._masks.attach(written.reader)
        session.begin_written(written)
        self._session = session
        self.editor.lose_steps(state, kept)

    def _session_of(self, path: Path, lock: ProjectLock) -> FileSession:
        return FileSession(path, lock, self._masks, policy=self.backups, on_problem=self._tell_problem)

    def _changed(self, _old: Document, _new: Document) -> None:
        if self._session is not None:
            self._session.submit(self.editor.state)
        else:
            self._changed_in_memory = True

    def _tell_problem(self, problem: ProjectError | None) -> None:
        if self.on_problem is not None:
            self.on_problem(problem)


def _close_before(close_reader: Callable[[], None], session: FileSession | None, path: Path) -> None:
    """Closes the file that a project was moved from."""
    close_reader()
    if session is None:
        return
    session.close()
    if is_unsaved(path):
        with suppress(ProjectError):  # the work is elsewhere; a copy too much hurts nobody
            discard_unsaved(path)
