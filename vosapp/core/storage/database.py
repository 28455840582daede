"""The SQLite file of a project: schema, connections, and the sentences for what can be wrong with it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from vosapp.core.errors import ProjectError
from vosapp.core.storage import schema1
from vosapp.core.storage.companions import check_companions

APPLICATION_ID = 0x564F5341  # "VOSA", in the header of the file
SCHEMA_VERSION = 6
MAX_VALUE_BYTES = 64 * 2**20  # the longest text or blob that a file may hold
BUSY_MS = 10_000

TABLES = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE masks (digest BLOB PRIMARY KEY, height INTEGER NOT NULL, width INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE nodes (digest BLOB PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE steps (position INTEGER PRIMARY KEY, label TEXT NOT NULL, root BLOB NOT NULL, made_on BLOB,
    size_bytes INTEGER NOT NULL, seal BLOB NOT NULL);
CREATE TABLE state (id INTEGER PRIMARY KEY CHECK (id = 1), first INTEGER NOT NULL, head INTEGER NOT NULL,
    last INTEGER NOT NULL, root BLOB NOT NULL, seal BLOB NOT NULL);
"""
# Schemas from 2 on have the same tables; their documents know less of mattes, of what runs found, and of shapes.
TABLES_OF = {1: schema1.TABLES} | dict.fromkeys(range(2, SCHEMA_VERSION + 1), TABLES)


def connect(path: Path, mode: str = "rw") -> sqlite3.Connection:
    """A connection that trusts nothing in the file. May be used from one thread at a time.

    Args:
        mode: "rw", "ro", "rwc" to create the file, or "immutable" for a file that nobody writes.

    Raises:
        ProjectError: a file beside it would make SQLite harm other files.
        sqlite3.Error, OSError: it cannot be opened.
    """
    check_companions(path)
    parameters = "mode=ro&immutable=1" if mode == "immutable" else f"mode={mode}"
    uri = path.absolute().as_uri()
    if not uri.startswith("file:///"):
        uri = "file:////" + uri.removeprefix("file://")  # a Windows network folder
    connection = sqlite3.connect(f"{uri}?{parameters}", uri=True, isolation_level=None, check_same_thread=False)
    connection.text_factory = _text
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)
    for pragma in ("trusted_schema=OFF", "cell_size_check=ON", "mmap_size=0", f"busy_timeout={BUSY_MS}"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _text(stored: bytes) -> str:
    # Damaged letters become others instead of an error: the seal of their row, or the check of the tables, finds them.
    return stored.decode("utf-8", "replace")


def create_schema(connection: sqlite3.Connection) -> None:
    """Makes the tables in an empty file."""
    connection.executescript(
        f"BEGIN; PRAGMA application_id={APPLICATION_ID}; PRAGMA user_version={SCHEMA_VERSION}; {TABLES} COMMIT;"
    )


def check_schema(connection: sqlite3.Connection, path: Path) -> int:
    """Makes sure that a file is a project of a version that this program can read, and returns the version.

    Raises:
        ProjectError: it is something else, newer, or holds tables or triggers that do not belong there.
    """
    application_id = connection.execute("PRAGMA application_id").fetchone()[0]
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if application_id != APPLICATION_ID or version < 1:
        raise not_a_project(path)
    if version > SCHEMA_VERSION:
        raise ProjectError(
            f"{path.name} was made by a newer version of vosapp.", "Update vosapp to open it. The file was not touched."
        )
    if _tables(connection) != _expected_tables(version):
        raise not_a_project(path)
    return version


def _tables(connection: sqlite3.Connection) -> set[tuple[str, str, str]]:
    try:
        rows = connection.execute("SELECT type, name, sql FROM sqlite_master LIMIT 100").fetchall()
    except UnicodeDecodeError as error:  # SQLite quotes the damaged letters of a table in its message
        raise sqlite3.DatabaseError("the tables are malformed") from error
    return {(str(kind), str(name), " ".join(str(sql).split())) for kind, name, sql in rows}


def _expected_tables(version: int) -> set[tuple[str, str, str]]:
    memory = sqlite3.connect(":memory:")
    try:
        memory.executescript(TABLES_OF[version])
        return _tables(memory)
    finally:
        memory.close()


def not_a_project(path: Path) -> ProjectError:
    """The sentence for a file of another kind."""
    return ProjectError(f"{path.name} is not a vosapp project.", "Choose a file that vosapp saved.")


def damaged(path: Path, error: object = "") -> ProjectError:
    """The sentence for a file that is broken beyond reading."""
    detail = f" ({error})" if str(error) else ""
    return ProjectError(
        f"{path.name} is damaged and cannot be opened{detail}.",
        "The file was not touched. Open one of its automatic backups, with File > Open backup.",
    )


FILE_ERRORS = (sqlite3.Error, OSError, MemoryError)
"""What reading or writing a file may raise; SQLite's want of memory comes as Python's."""


def translated(error: sqlite3.Error | OSError | MemoryError, path: Path) -> ProjectError:
    """The sentence for an error of SQLite or of the system on a project file."""
    if isinstance(error, MemoryError):
        return ProjectError(
            f"There is too little memory to read or write {path.name}.",
            "Close other programs. What you did since is kept in memory meanwhile.",
        )
    code = getattr(error, "sqlite_errorcode", None)
    primary = code & 0xFF if isinstance(code, int) else None
    if primary == sqlite3.SQLITE_FULL or getattr(error, "errno", None) == 28:
        return ProjectError(
            f"There is no space left to save {path.name}.",
            "Free some space, or use Save As on another disk. What you did since is kept in memory meanwhile.",
        )
    if primary == sqlite3.SQLITE_NOTADB:
        return not_a_project(path)
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_FORMAT, sqlite3.SQLITE_ERROR) or (
        isinstance(error, sqlite3.DatabaseError) and primary is None
    ):
        return damaged(path, error)
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return ProjectError(f"{path.name} is in use by another program.", "Close it there, then try again.")
    if primary == sqlite3.SQLITE_READONLY or isinstance(error, PermissionError):
        return ProjectError(f"{path.name} may not be written.", "Use Save As in a folder of your own.")
    if isinstance(error, FileNotFoundError):
        return ProjectError(f"{path.name} is not in {path.parent}.", "It was moved or deleted.")
    return ProjectError(f"{path.name} cannot be read or written: {error}.", "Use Save As in another folder.")
