"""Tells whether a path still leads to the file that was opened there: sync clients delete, rename and replace files."""

from __future__ import annotations

import enum
from pathlib import Path


class Standing(enum.Enum):
    """What is at a path now."""

    SAME = "the file that was opened"
    MISSING = "nothing"
    REPLACED = "another file"


class FileIdentity:
    """Device and inode of a file as it was opened. Nothing is kept open: a closed handle would drop SQLite's locks."""

    def __init__(self, path: Path) -> None:
        """Looks at the file. Raises OSError when it is not there."""
        self._path = path
        self._known = _numbers(path)

    def standing(self) -> Standing:
        """What is at the path now. Raises OSError when the folder cannot be looked into."""
        try:
            found = _numbers(self._path)
        except (FileNotFoundError, NotADirectoryError):
            return Standing.MISSING
        return Standing.SAME if found == self._known else Standing.REPLACED


def _numbers(path: Path) -> tuple[int, int]:
    facts = path.stat()
    return facts.st_dev, facts.st_ino
