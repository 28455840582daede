"""Tells whether a path still leads to the file that was opened there: sync clients delete, rename and replace files."""

from __future__ import annotations

import enum
import os
import threading
from pathlib import Path

_PAGE_BYTES = 4096


class Standing(enum.Enum):
    """File at a path now."""

    SAME = "the file that was opened"
    MISSING = "nothing"
    REPLACED = "another file"
    CHANGED = "the file, written by another program"
    EMPTIED = "the file, cut to nothing by another program"
    SHARED = "the file, which has a second name"
    WITHOUT_LOG = "the file, without the log that holds what was committed last"


REPLACEABLE = frozenset({Standing.MISSING, Standing.EMPTIED, Standing.SHARED, Standing.WITHOUT_LOG})
"""Where a new file may take the path: nothing that stands there would be lost."""


class FileIdentity:
    """A file as it was opened: which it is, its size and its first page, which SQLite renews with every change.

    It stays open for reading until `close`: closing any handle of a file drops SQLite's locks on it. May be asked from
    several threads.
    """

    def __init__(self, path: Path) -> None:
        """Looks at the file. Raises OSError when it is not there."""
        self._path = path
        self._log_path = Path(f"{path}-wal")
        self._reading = threading.Lock()
        self._handle = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0))
        self._log: os.stat_result | None = None
        self._content = self._look()

    def note(self) -> None:
        """Takes the content as it is now for the right one: this program has written it. Raises OSError."""
        self._content = self._look()
        self._log = _facts(self._log_path) if self._log is None or self._log_stands(self._log, cut=True) else self._log

    def standing(self) -> Standing:
        """What is at the path now. Raises OSError when the folder cannot be looked into."""
        found = _facts(self._path)
        if found is None:
            return Standing.MISSING
        if not os.path.samestat(found, os.fstat(self._handle)):
            return Standing.REPLACED
        content = self._look()
        if content != self._content:
            return Standing.EMPTIED if content[0] == 0 else Standing.CHANGED
        if found.st_nlink > 1:
            return Standing.SHARED
        return Standing.SAME if self._log is None or self._log_stands(self._log) else Standing.WITHOUT_LOG

    def close(self) -> None:
        """Closes the file. Whoever else has it open closes it before."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def _log_stands(self, log: os.stat_result, *, cut: bool = False) -> bool:
        """Whether the log is the one that was seen, no shorter unless it may be cut."""
        found = _facts(self._log_path)
        return found is not None and os.path.samestat(found, log) and (cut or found.st_size >= log.st_size)

    def _look(self) -> tuple[int, bytes]:
        with self._reading:
            os.lseek(self._handle, 0, os.SEEK_SET)
            return os.fstat(self._handle).st_size, os.read(self._handle, _PAGE_BYTES)


def _facts(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
