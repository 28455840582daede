"""A project: an editor whose every step is in a file before anything can happen to it.

One SQLite file holds masks by digest, the versions of the document, and the history with what can be undone and redone.
A thread of its own writes; what it has committed survives the death of the process.
"""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

from vosapp.core.document import Document
from vosapp.core.editor import Editor
from vosapp.core.errors import ProjectError
from vosapp.core.storage.database import check_schema, connect, create_schema, damaged, translated
from vosapp.core.storage.fields import DamageError
from vosapp.core.storage.file import ProjectFile
from vosapp.core.storage.lock import LockedError, LockUnsupportedError, ProjectLock
from vosapp.core.storage.masks import FileMaskStore
from vosapp.core.storage.reader import ProjectReader
from vosapp.core.storage.writer import ProjectWriter

ProblemCallback = Callable[[ProjectError | None], None]


class Project:
    """An open project. It belongs to the thread of its editor.

    Attributes:
        editor: what is edited.
        path: the file.
        read_only: whether changes stay in memory until Save As.
        read_only_reason: one sentence why, "" when it is not.
        on_problem: called in the writer's thread when saving fails, with the error, and with None when it works again.
    """

    def __init__(self, path: Path, editor: Editor, masks: FileMaskStore) -> None:
        """For `create` and `open`, which are how a project is made."""
        self.editor = editor
        self.path = path
        self.read_only_reason = ""
        self.on_problem: ProblemCallback | None = None
        self._masks = masks
        self._lock: ProjectLock | None = None
        self._connection: sqlite3.Connection | None = None
        self._writer: ProjectWriter | None = None
        self._unsubscribe: Callable[[], None] = lambda: None

    @classmethod
    def create(cls, path: Path | str, editor: Editor, *, overwrite: bool = False) -> Project:
        """Writes an editor's document and history to a new file and goes on writing them as they change.

        The editor's store becomes one that keeps its masks in the file.

        Raises:
            ProjectError: the file exists and `overwrite` is not set, is open in another window, or cannot be written.
        """
        path = Path(path)
        masks = FileMaskStore(editor.store)
        project = cls(path, editor, masks)
        project._begin(path, overwrite=overwrite)
        editor.store = masks
        return project

    @classmethod
    def open(cls, path: Path | str) -> Project:
        """Opens a project as it was last written, with what can be undone and redone.

        Where another window has it open, or the folder may not be written, it opens read-only and says so.

        Raises:
            ProjectError: it is missing, something else, newer, or damaged. The file is not touched.
        """
        path = Path(path)
        if not path.is_file():
            raise translated(FileNotFoundError(), path)
        try:
            lock: ProjectLock | None = ProjectLock(path)
            reason = ""
        except LockedError as error:
            lock, reason = None, f"It is open elsewhere ({error})."
        except LockUnsupportedError as error:
            lock, reason = None, f"Its folder cannot be written ({error})."
        try:
            return cls._open(path, lock, reason)
        except BaseException:
            if lock is not None:
                lock.release()
            raise

    @property
    def read_only(self) -> bool:
        """Whether changes stay in memory until Save As."""
        return bool(self.read_only_reason)

    @property
    def problem(self) -> ProjectError | None:
        """Why the last attempt to save failed, None when all is well."""
        return self._writer.problem if self._writer else None

    def flush(self, timeout_s: float = 60.0) -> None:
        """Waits until everything done so far is committed. Raises ProjectError when it cannot be."""
        if self._writer is not None:
            self._writer.flush(timeout_s)

    def save_as(self, path: Path | str, *, overwrite: bool = False) -> None:
        """Writes everything to another file and goes on there. The file before stays as last committed.

        Raises:
            ProjectError: as for `create`; the project goes on in the file before.
        """
        path = Path(path)
        if path.exists() and path.samefile(self.path) and not self.read_only:
            self.flush()
            return
        self._begin(path, overwrite=overwrite)

    def close(self) -> None:
        """Commits what is left and leaves one plain file. Closing twice does nothing.

        Raises:
            ProjectError: something cannot be committed; the project stays open, so that Save As is possible.
        """
        self.flush()
        self.discard()

    def discard(self) -> None:
        """Closes without insisting that the last changes are committed."""
        self._unsubscribe()
        self._masks.attach(None)
        self._end_writing()

    def _begin(self, path: Path, *, overwrite: bool) -> None:
        """Writes all to a fresh file and goes on there."""
        if path.exists() and not overwrite:
            raise ProjectError(f"{path.name} exists already in {path.parent}.", "Choose another name.")
        try:
            lock = ProjectLock(path)
        except LockedError as error:
            raise ProjectError(f"{path.name} is open elsewhere ({error}).", "Close it there first.") from error
        except LockUnsupportedError as error:
            raise ProjectError(f"{path.name} cannot be written: {error}.", "Choose another folder.") from error
        part = path.with_name(f"{path.name}.{uuid.uuid4().hex[:8]}.part")
        try:
            self._write_fresh(part)
            for suffix in ("-wal", "-shm", "-journal"):  # of a project that died under this name
                Path(f"{path}{suffix}").unlink(missing_ok=True)
            part.replace(path)
            connection, reader = _writing(path), _reading(path)
        except (sqlite3.Error, OSError) as error:
            part.unlink(missing_ok=True)
            lock.release()
            raise translated(error, path) from error
        self._end_writing()
        self._masks.attach(reader)
        self._start(path, lock, connection)

    def _write_fresh(self, path: Path) -> None:
        connection = connect(path, "rwc")
        try:
            create_schema(connection)
            connection.execute("INSERT INTO about VALUES ('project_id', ?)", (uuid.uuid4().hex,))
            ProjectFile(connection, self._masks.raw).write(self.editor.state, {})
        finally:
            connection.close()

    def _start(self, path: Path, lock: ProjectLock, connection: sqlite3.Connection) -> None:
        self.path, self.read_only_reason = path, ""
        self._lock, self._connection = lock, connection
        file = ProjectFile(connection, self._masks.raw)
        state = self.editor.state
        file.know(state.steps)
        self._writer = ProjectWriter(file, self._masks, path=path, on_problem=self._tell_problem)
        self._writer.submit(state)
        self._unsubscribe()
        self._unsubscribe = self.editor.subscribe(self._changed)

    def _end_writing(self) -> None:
        if self._writer is not None:
            self._writer.stop()
            self._writer = None
        if self._connection is not None:
            with suppress(sqlite3.Error):  # another window may still read: then the log stays beside the file
                self._connection.execute("PRAGMA journal_mode=DELETE")
            self._connection.close()
            self._connection = None
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _changed(self, _old: Document, _new: Document) -> None:
        if self._writer is not None:
            self._writer.submit(self.editor.state)

    def _tell_problem(self, problem: ProjectError | None) -> None:
        if self.on_problem is not None:
            self.on_problem(problem)

    @classmethod
    def _open(cls, path: Path, lock: ProjectLock | None, reason: str) -> Project:
        masks = FileMaskStore()
        with ExitStack() as undo:
            try:
                # The writing connection comes first: only it can finish what a dead process began.
                connection = _writing(path) if lock is not None else None
                if connection is not None:
                    undo.callback(connection.close)
                masks.attach(_reading(path))
                undo.callback(masks.attach, None)
                history = masks.history()
            except sqlite3.Error as error:
                raise translated(error, path) from error
            except DamageError as error:
                raise damaged(path, error.message) from error
            project = cls(path, Editor(store=masks, history=history), masks)
            if lock is not None and connection is not None:
                project._start(path, lock, connection)
            project.read_only_reason = reason
            undo.pop_all()
        return project


def _reading(path: Path) -> ProjectReader:
    connection = connect(path, "ro")
    try:
        check_schema(connection, path)
    except BaseException:
        connection.close()
        raise
    return ProjectReader(connection)


def _writing(path: Path) -> sqlite3.Connection:
    connection = connect(path)
    try:
        check_schema(connection, path)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
    except BaseException:
        connection.close()
        raise
    return connection
