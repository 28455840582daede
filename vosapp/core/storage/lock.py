"""One writer a project: a lock file beside it, which the system releases when its process dies, however it dies."""

from __future__ import annotations

import getpass
import json
import os
import socket
import sys
from datetime import datetime
from pathlib import Path

_LOCK_OFFSET = 2**30  # Windows keeps others from reading locked bytes, so the lock lies far behind the text


class LockedError(Exception):
    """Another window has the project open. The text says which."""


class LockUnsupportedError(Exception):
    """This folder cannot be locked: read-only, or a network folder without locks."""


class ProjectLock:
    """The right to write a project. Held until `release`."""

    def __init__(self, project: Path) -> None:
        """Takes the lock.

        Raises:
            LockedError: another window holds it.
            LockUnsupportedError: the folder allows no lock.
        """
        self.path = lock_path(project)
        for _ in range(20):
            self._handle = self._open()
            try:
                _lock(self._handle)
            except OSError as error:
                os.close(self._handle)
                if isinstance(error, (BlockingIOError, PermissionError)):
                    raise LockedError(_holder(self.path)) from error
                raise LockUnsupportedError(error.strerror or str(error)) from error
            if self._is_current():
                self._sign()
                return
            os.close(self._handle)  # the holder before us removed this file after we opened it
        raise LockUnsupportedError("the lock file keeps vanishing")

    def release(self) -> None:
        """Gives the lock back and removes its file. A second call does nothing."""
        if self._handle < 0:
            return
        if os.name == "nt":
            os.close(self._handle)  # Windows removes no open file; whoever locks it meanwhile keeps it
            try:
                self.path.unlink(missing_ok=True)
            except PermissionError:
                self._handle = -1
                return
        else:
            self.path.unlink(missing_ok=True)  # while still locked, so that nobody locks a file that is going away
            os.close(self._handle)
        self._handle = -1

    def _open(self) -> int:
        try:
            return os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o644)
        except OSError as error:
            raise LockUnsupportedError(error.strerror or str(error)) from error

    def _is_current(self) -> bool:
        try:
            return os.path.samestat(os.fstat(self._handle), self.path.stat())
        except FileNotFoundError:
            return False

    def _sign(self) -> None:
        signature = {
            "user": _user(),
            "computer": socket.gethostname(),
            "process": os.getpid(),
            "since": datetime.now().astimezone().isoformat(timespec="minutes"),
        }
        os.ftruncate(self._handle, 0)
        os.write(self._handle, json.dumps(signature).encode())


def lock_path(project: Path) -> Path:
    """The lock file of a project."""
    return project.with_name(project.name + ".lock")


def _holder(path: Path) -> str:
    """Who holds a lock, as far as its file tells."""
    try:
        with path.open("rb") as file:
            signature = json.loads(file.read(10_000))
        return (
            f"{str(signature['user'])[:80]} on {str(signature['computer'])[:80]}, since {str(signature['since'])[:40]}"
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return "another window"


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no name for this user id, as in many containers
        return "somebody"


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        os.lseek(handle, _LOCK_OFFSET, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        os.lseek(handle, 0, os.SEEK_SET)

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
