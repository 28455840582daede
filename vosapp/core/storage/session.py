"""One project file while it is open for writing: its lock, its writer thread and its backups, until it is closed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from vosapp.core.editor import EditorState
from vosapp.core.errors import ProjectError
from vosapp.core.mask import Digest
from vosapp.core.storage.backup import BackupPolicy, BackupThread
from vosapp.core.storage.database import connect, translated
from vosapp.core.storage.file import ProjectFile, Tick, no_tick
from vosapp.core.storage.lock import ProjectLock
from vosapp.core.storage.masks import FileMaskStore
from vosapp.core.storage.opening import lock_for_writing, open_reader
from vosapp.core.storage.reader import ProjectReader
from vosapp.core.storage.rewrite import readable, write_fresh
from vosapp.core.storage.writer import ProjectWriter

ProblemCallback = Callable[[ProjectError | None], None]


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file that was written anew, open for reading and for writing on.

    Attributes:
        reader: reads it.
        connection: writes it.
        masks: digests of the masks in it.
        state: what it holds.
        project_id: from the file.
    """

    reader: ProjectReader
    connection: sqlite3.Connection
    masks: set[Digest]
    state: EditorState
    project_id: str

    @classmethod
    def open(cls, path: Path, state: EditorState) -> WrittenFile:
        """Opens a file that holds a state. Raises ProjectError."""
        with ExitStack() as undo:
            try:
                connection = connect(path)
                undo.callback(connection.close)
                reader = open_reader(path)
                undo.callback(reader.close)
                masks = reader.mask_digests()
            except sqlite3.Error as error:
                raise translated(error, path) from error
            undo.pop_all()
        return cls(reader, connection, masks, state, reader.about("project_id"))

    def close(self) -> None:
        """Closes it without writing on."""
        self.reader.close()
        self.connection.close()


class FileSession:
    """Owns the lock, the writer and the backups of one open file. Belongs to the thread of the editor.

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
        """Takes over the lock of a file. `begin` starts the work."""
        self.path = path
        self.project_id = ""
        self._lock = lock
        self._masks = masks
        self._policy = policy
        self._on_problem = on_problem
        self._gone = False
        self._file: ProjectFile | None = None
        self._writer: ProjectWriter | None = None
        self._backups: BackupThread | None = None

    @property
    def problem(self) -> ProjectError | None:
        """Why the last attempt to save failed, None when all is well."""
        return self._writer.problem if self._writer else self._not_open()

    @property
    def is_up_to_date(self) -> bool:
        """Whether everything submitted is committed."""
        return self._writer is not None and self._writer.is_up_to_date

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
        self.project_id = project_id
        file = self._file = ProjectFile(connection, self._masks.raw, held, load=self._masks.document)
        file.know(written)
        try:
            self._writer = ProjectWriter(
                file,
                self._masks,
                path=self.path,
                write_anew=self._write_anew,
                hold_lock=self._hold_lock,
                on_problem=self._tell,
            )
        except OSError as error:
            raise translated(error, self.path) from error
        if self._policy is not None:
            self._backups = BackupThread(self.path, project_id, self._policy)

    def begin_written(self, written: WrittenFile) -> None:
        """Writes from now on to a file that was written anew, which the mask store reads already."""
        self.begin(written.connection, written.masks, project_id=written.project_id, written=written.state)

    @property
    def mask_count(self) -> int:
        """About how many masks the file holds."""
        return self._file.mask_count if self._file else 0

    def submit(self, state: EditorState) -> None:
        """Asks for a state to be written. Returns at once."""
        if self._writer is not None:
            self._writer.submit(state)
        if self._backups is not None:
            self._backups.changed()

    def flush(self, timeout_s: float) -> None:
        """Waits until everything submitted is committed. Raises ProjectError when it cannot be."""
        if self._writer is None:
            raise self._not_open()
        self._writer.flush(timeout_s)

    def rewrite(
        self, state: EditorState, project_id: str, *, loose: Iterable[Digest] = (), tick: Tick = no_tick
    ) -> None:
        """Writes a state anew in place of the file. Nobody else may use the project meanwhile.

        Args:
            state: all that was submitted; the file holds it.
            loose, tick: as for `write_fresh`.

        Raises:
            ProjectError: it cannot be written, or not all of it can be read, and is as before; or it cannot be opened
                again.
        """
        if readable(state) is not state:  # left out, they would be lost for the editor, too, and nobody asked for that
            raise ProjectError(
                f"{self.path.name} is left as it is: some of its steps are damaged.",
                "Use Save As to go on without them.",
            )
        fresh, self._gone = state, False
        try:
            fresh = write_fresh(
                self.path,
                state,
                self._masks.raw,
                project_id=project_id,
                loose=loose,
                tick=tick,
                before_replacing=self._let_go_of_file,
            )
        finally:
            if self._gone:  # the new file, or the one before if the new one could not take its place
                written = WrittenFile.open(self.path, fresh)
                self._masks.attach(written.reader)
                self.begin_written(written)

    def retire(self) -> None:
        """Says that the project has moved to another file: what cannot be written here is no problem any more."""
        self._on_problem = _no_matter

    def close(self) -> None:
        """Leaves one plain file and gives the lock back. Whoever reads the file closes it before."""
        self._stop()
        self._lock.release()

    def _hold_lock(self) -> None:
        """Takes the lock again if its file was deleted. Raises ProjectError when another window has it by now."""
        if not self._lock.is_current:
            lock = lock_for_writing(self.path)
            self._lock.release()
            self._lock = lock

    def _write_anew(self, state: EditorState, masks: Iterable[Digest], require_free: Callable[[], None]) -> ProjectFile:
        """Writes a file that was deleted, renamed or spoilt again, with these masks. In the writer's thread.

        Raises:
            ProjectError: it cannot be written, or something else is there by now.
        """
        fresh = write_fresh(
            self.path,
            state,
            self._masks.raw,
            project_id=self.project_id,
            loose=masks,
            before_replacing=require_free,
        )
        written = WrittenFile.open(self.path, fresh)
        self._masks.replace(written.reader)
        file = self._file = ProjectFile(written.connection, self._masks.raw, written.masks, load=self._masks.document)
        file.know(written.state)
        return file

    def _let_go_of_file(self) -> None:
        self._gone = True
        self._masks.detach()
        self._stop()

    def _stop(self) -> None:
        if self._backups is not None:
            self._backups.stop()
            self._backups = None
        if self._writer is not None:
            self._writer.stop()
            self._writer = None

    def _not_open(self) -> ProjectError:
        return ProjectError(f"{self.path.name} could not be opened again.", "Use Save As.")

    def _tell(self, problem: ProjectError | None) -> None:
        self._on_problem(problem)


def _no_matter(_problem: ProjectError | None) -> None:
    """Nobody needs to hear of it."""
