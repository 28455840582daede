"""Opening a project file as far as it may and can be opened: for writing, only for reading, or not at all.

Nothing is written before the file has proven to be whole.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from vosapp.core.errors import ProjectError
from vosapp.core.storage.companions import check_companions
from vosapp.core.storage.database import check_schema, connect, damaged, not_a_project, translated
from vosapp.core.storage.json_checks import DamageError
from vosapp.core.storage.loading import Load, Loaded, load_history
from vosapp.core.storage.lock import ForeignLockError, LockedError, LockUnsupportedError, ProjectLock
from vosapp.core.storage.reader import ProjectReader

_READ_VERSION_AT, _WITH_LOG = 19, b"\x02"  # in the header of a SQLite file: whether it is read together with a log
_UNREADABLE_IN_PLACE = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR)


@dataclass(frozen=True, slots=True)
class Opened:
    """An open project file.

    Attributes:
        reader: reads it.
        loaded: what it holds.
        writing: a connection for writing, with the lock that allows it; None when it may only be read.
        reason: one sentence why it may only be read, else "".
    """

    reader: ProjectReader
    loaded: Loaded
    writing: tuple[sqlite3.Connection, ProjectLock] | None
    reason: str


def open_file(path: Path, attach: Callable[[ProjectReader], Load], *, reading: str = "") -> Opened:
    """Opens a project file.

    Args:
        path: of the file.
        reading: why it is only to be read; "" to write it where that is possible.
        attach: takes the reader and returns what loads versions by their digests from now on.

    Raises:
        ProjectError: it is missing, no project, newer than this program, or damaged beyond reading.
    """
    try:
        if not path.is_file():
            raise translated(FileNotFoundError(), path) if not path.exists() else not_a_project(path)
        check_companions(path)
    except OSError as error:
        raise translated(error, path) from error
    lock, reason = (None, reading) if reading else _lock(path)
    with ExitStack() as undo:
        if lock is not None:
            undo.callback(lock.release)
        try:
            connection = None
            if lock is not None:
                # The writing connection comes first: only it can finish what a dead process began.
                connection = connect(path)
                undo.callback(connection.close)
                check_schema(connection, path)
            reader = open_reader(path, traceless=bool(reading))
            undo.callback(reader.close)
            loaded = load_history(reader, attach(reader))
        except (sqlite3.Error, OSError) as error:
            raise translated(error, path) from error
        except DamageError as error:
            raise damaged(path, error.message.rstrip(".")) from error
        if loaded.report:
            reason = f"It is damaged. {' '.join(loaded.report)} The file is left as it is."
        if lock is None or connection is None or reason:
            undo.pop_all()
            _give_up(connection, lock)
            return Opened(reader, loaded, None, reason)
        undo.pop_all()
        return Opened(reader, loaded, (connection, lock), "")


def open_reader(path: Path, *, traceless: bool = False) -> ProjectReader:
    """A reader for a file that may lie where nothing can be written.

    Args:
        traceless: write nothing beside the file even where that is possible.

    Raises:
        sqlite3.Error: it cannot be read.
        ProjectError: it is no project, or newer than this program.
    """
    if not (traceless and _would_leave_traces(path)):
        try:
            return _reader(path, path, "ro")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in _UNREADABLE_IN_PLACE:
                raise
    # SQLite wants to write beside a file that was not closed. Where it may not, it reads the file as it is or, when
    # the log of a dead process lies there too, a copy of both.
    log = Path(f"{path}-wal")
    if not log.exists() or log.stat().st_size == 0:
        return _reader(path, path, "immutable")
    folder = tempfile.TemporaryDirectory(prefix="vosapp-")
    try:
        copy = Path(folder.name) / path.name
        shutil.copyfile(path, copy)
        shutil.copyfile(log, f"{copy}-wal")
        return _reader(copy, path, "rw", on_close=folder.cleanup)
    except BaseException:
        folder.cleanup()
        raise


def _would_leave_traces(path: Path) -> bool:
    """Whether SQLite would make files beside one that was not closed. Where a window has it open, they are there."""
    if Path(f"{path}-shm").exists():
        return False  # looked at first: closing any handle of a file takes away this process's locks on it
    with path.open("rb") as file:
        file.seek(_READ_VERSION_AT)
        return file.read(1) == _WITH_LOG


def _reader(path: Path, named: Path, mode: str, *, on_close: Callable[[], None] = lambda: None) -> ProjectReader:
    connection = connect(path, mode)
    try:
        return ProjectReader(connection, check_schema(connection, named), on_close=on_close)
    except BaseException:
        connection.close()
        raise


def _lock(path: Path) -> tuple[ProjectLock | None, str]:
    if not os.access(path, os.W_OK):
        return None, "The file may not be written."
    try:
        return ProjectLock(path), ""
    except LockedError as error:
        return None, f"It is open elsewhere ({error})."
    except ForeignLockError as error:
        return None, f"{error}. Move it away to go on with the project."
    except LockUnsupportedError as error:
        return None, f"Its folder cannot be written ({error})."


def _give_up(connection: sqlite3.Connection | None, lock: ProjectLock | None) -> None:
    """Closes what was opened for writing and is not used."""
    if connection is not None:
        connection.close()
    if lock is not None:
        lock.release()


def lock_for_writing(path: Path) -> ProjectLock:
    """The lock of a file that is to be written anew. Raises ProjectError when it cannot be had."""
    try:
        return ProjectLock(path)
    except LockedError as error:
        raise ProjectError(f"{path.name} is open elsewhere ({error}).", "Close it there first.") from error
    except LockUnsupportedError as error:
        raise ProjectError(f"{path.name} cannot be written: {error}.", "Choose another folder.") from error
