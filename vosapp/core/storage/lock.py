"""One writer a project: a lock file beside it, which the system releases when its process dies, however it dies."""

from __future__ import annotations

import errno
import getpass
import json
import os
import socket
import stat
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path

# Never through a link, never waiting for the other end of a pipe.
_OPEN_FLAGS = os.O_RDWR | os.O_CREAT
for _flag in ("O_CLOEXEC", "O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY"):
    _OPEN_FLAGS |= getattr(os, _flag, 0)

_SIGNATURE_START = b'{"user": "'
_MAX_SIGNATURE_BYTES = 10_000

_LOCK_OFFSET = 2**30  # Windows keeps others from reading locked bytes, so the lock lies far behind the text


class LockedError(Exception):
    """Another window has the project open. The text says which."""


class LockUnsupportedError(Exception):
    """This folder cannot be locked: read-only, or a network folder without locks."""


class ForeignLockError(LockUnsupportedError):
    """A file that is no lock of ours is in the lock's place. It is left as it is."""


class ProjectLock:
    """The right to write a project. Held until `release`."""

    def __init__(self, project: Path) -> None:
        """Takes the lock.

        Raises:
            LockedError: another window holds it.
            LockUnsupportedError: the folder allows no lock, or another file has its name.
        """
        self.path = lock_path(project)
        for _ in range(20):
            handle = self._open()
            try:
                self._take(handle)
                is_current = self._names(handle)
                if is_current:
                    _sign(handle)
            except BaseException:
                os.close(handle)  # and with it the lock
                raise
            if is_current:
                self._handle = handle
                return
            os.close(handle)  # the holder before us removed this file after we opened it
        raise LockUnsupportedError("the lock file keeps vanishing")

    @property
    def is_current(self) -> bool:
        """Whether the lock file is still there under its name, so that others see the lock."""
        return self._handle >= 0 and self._names(self._handle)

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
            with suppress(OSError):  # one that is left behind hurts nobody
                if self._names(self._handle):
                    self.path.unlink()  # while still locked, so that nobody locks a file that is going away
            os.close(self._handle)
        self._handle = -1

    def _open(self) -> int:
        if self.path.is_symlink():  # for systems whose open cannot refuse it
            raise ForeignLockError(f"{self.path.name} beside it is a link")
        try:
            return os.open(self.path, _OPEN_FLAGS, 0o644)
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise ForeignLockError(f"{self.path.name} beside it is a link") from error
            raise LockUnsupportedError(error.strerror or str(error)) from error

    def _take(self, handle: int) -> None:
        """Locks an open file if it is a lock file of ours."""
        facts = os.fstat(handle)
        if not stat.S_ISREG(facts.st_mode) or facts.st_nlink > 1:
            raise ForeignLockError(f"{self.path.name} beside it is a link or no plain file")
        try:
            lock_open_file(handle)
        except OSError as error:
            if isinstance(error, (BlockingIOError, PermissionError)):
                raise LockedError(_holder(_start_of(handle))) from error
            raise LockUnsupportedError(error.strerror or str(error)) from error
        if not _is_signature(_start_of(handle)):
            raise ForeignLockError(f"{self.path.name} beside it is another program's file")

    def _names(self, handle: int) -> bool:
        """Whether the lock's path leads to an open file."""
        try:
            return os.path.samestat(os.fstat(handle), self.path.lstat())
        except (FileNotFoundError, NotADirectoryError):
            return False


def lock_path(project: Path) -> Path:
    """The lock file of a project."""
    return project.with_name(project.name + ".lock")


def _sign(handle: int) -> None:
    """Writes who holds a lock, for the sentence that others are shown. A full disk keeps nobody from working."""
    signature = {
        "user": _user(),
        "computer": socket.gethostname(),
        "process": os.getpid(),
        "since": datetime.now().astimezone().isoformat(timespec="minutes"),
    }
    with suppress(OSError):
        os.ftruncate(handle, 0)
        os.lseek(handle, 0, os.SEEK_SET)
        os.write(handle, json.dumps(signature).encode())


def _start_of(handle: int) -> bytes:
    try:
        os.lseek(handle, 0, os.SEEK_SET)
        return os.read(handle, _MAX_SIGNATURE_BYTES)
    except OSError:
        return b""


def _is_signature(content: bytes) -> bool:
    """Whether the content of a lock file was written by `_sign`, perhaps in part."""
    return content.startswith(_SIGNATURE_START[: len(content)]) and len(content) < _MAX_SIGNATURE_BYTES


def _holder(content: bytes) -> str:
    """Who holds a lock, as far as the content of its file tells."""
    try:
        signature = json.loads(content)
        return (
            f"{str(signature['user'])[:80]} on {str(signature['computer'])[:80]}, since {str(signature['since'])[:40]}"
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return "another window"


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no name for this user id, as in many containers
        return "somebody"


if sys.platform == "win32":
    import msvcrt

    def lock_open_file(handle: int) -> None:
        """Locks an open file until it is closed. Raises OSError where somebody else holds it, or nobody can."""
        os.lseek(handle, _LOCK_OFFSET, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        os.lseek(handle, 0, os.SEEK_SET)

else:
    import fcntl

    def lock_open_file(handle: int) -> None:
        """Locks an open file until it is closed. Raises OSError where somebody else holds it, or nobody can."""
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
