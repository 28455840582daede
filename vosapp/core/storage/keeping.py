"""A project file that is kept up to date: its lock, its writer, its backups, from opening to closing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

from vosapp.core.editor import EditorState
from vosapp.core.errors import ProjectError
from vosapp.core.mask import Digest
from vosapp.core.storage.backup import BackupPolicy, BackupThread
from vosapp.core.storage.copying import remove_parts, write_fresh
from vosapp.core.storage.database import connect, translated
from vosapp.core.storage.file import ProjectFile
from vosapp.core.storage.lock import ProjectLock
from vosapp.core.storage.masks import FileMaskStore
from vosapp.core.storage.opening import open_reader
from vosapp.core.storage.writer import ProjectWriter

ProblemCallback = Callable[[ProjectError | None], None]


class FileKeeper:
    """Keeps one file up to date. Belongs to the thread of the editor.

    Attributes:
        path: of the file.
        project_id: which project it is, whatever the file is called.
    """

    def __init__(
        self,
        path: Path,
        lock: ProjectLock,
        masks: FileMaskStore,
        *,
        policy: BackupPolicy | None,
        on_problem: ProblemCallback,
    ) -> None:
        """Takes over the lock of a file. `begin` or `begin_written` starts the work."""
        self.path = path
        self.project_id = ""
        self._lock = lock
        self._masks = masks
        self._policy = policy
        self._on_problem = on_problem
        self._writer: ProjectWriter | None = None
        self._backups: BackupThread | None = None

    @property
    def problem(self) -> ProjectError | None:
        """Why the last attempt to save failed, None when all is well."""
        return self._writer.problem if self._writer else None

    @property
    def is_up_to_date(self) -> bool:
        """Whether everything submitted is committed."""
        return self._writer is None or self._writer.is_up_to_date

    def begin(
        self, connection: sqlite3.Connection, held: set[Digest], *, project_id: str, written: EditorState
    ) -> None:
        """Writes from now on.

        Args:
            connection: to the file, which the mask store reads already.
            held: digests of the masks in the file.
            project_id: from the file.
            written: what the file holds.
        """
        remove_parts(self.path)
        self.project_id = project_id
        file = ProjectFile(connection, self._masks.raw, held, load=self._masks.document)
        file.know(written)
        self._writer = ProjectWriter(file, self._masks, path=self.path, on_problem=self._on_problem)
        if self._policy is not None:
            self._backups = BackupThread(self.path, project_id, self._policy)

    def begin_written(self, written: EditorState) -> None:
        """Writes from now on to a file that was just written. Raises ProjectError when it cannot be opened."""
        try:
            connection = connect(self.path)
            try:
                reader = open_reader(self.path)
                self._masks.attach(reader)
                held = reader.mask_digests()
            except BaseException:
                connection.close()
                raise
        except sqlite3.Error as error:
            raise translated(error, self.path) from error
        self.begin(connection, held, project_id=reader.about("project_id"), written=written)

    def submit(self, state: EditorState) -> None:
        """Asks for a state to be written. Returns at once."""
        if self._writer is not None:
            self._writer.submit(state)
        if self._backups is not None:
            self._backups.changed()

    def flush(self, timeout_s: float) -> None:
        """Waits until everything submitted is committed. Raises ProjectError when it cannot be."""
        if self._writer is not None:
            self._writer.flush(timeout_s)

    def rewrite(self, state: EditorState, project_id: str) -> None:
        """Writes a state anew in place of the file.

        Raises:
            ProjectError: it cannot be written, and is as before; or it cannot be opened again.
        """
        written = write_fresh(self.path, state, self._masks.raw, project_id=project_id, before_replacing=self._stop)
        self.begin_written(written)

    def close(self) -> None:
        """Leaves one plain file and gives the lock back."""
        self._stop()
        self._lock.release()

    def _stop(self) -> None:
        if self._backups is not None:
            self._backups.stop()
            self._backups = None
        self._masks.detach()
        if self._writer is not None:
            self._writer.stop()
            self._writer = None
