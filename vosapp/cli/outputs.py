"""Checks before a long run that what it makes can be written, instead of after it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from vosapp.core.errors import UserError


def require_writable_folder(path: Path) -> None:
    """Makes sure that files can be made in a folder, which may not exist yet. Leaves nothing behind.

    Raises:
        UserError: it cannot be made or written.
    """
    try:
        found = path.absolute()
        while not os.path.lexists(found):
            found = found.parent
        if not found.is_dir():
            raise _refused(path, f"{found} is no folder")
        with tempfile.TemporaryFile(dir=found):
            pass
    except (OSError, ValueError) as error:
        raise _refused(path, getattr(error, "strerror", None) or str(error)) from error


def require_writable_file(path: Path) -> None:
    """Makes sure that a file can be made or replaced. Leaves nothing behind, and the file as it is.

    Raises:
        UserError: it cannot.
    """
    if path.is_dir():
        raise _refused(path, "it is a folder")
    if path.exists() and not os.access(path, os.W_OK):
        raise _refused(path, "it is write-protected")
    require_writable_folder(path.absolute().parent)


def _refused(path: Path, why: str) -> UserError:
    return UserError(f"{path} cannot be written: {why}.", "Choose another place. Nothing was done yet.")
