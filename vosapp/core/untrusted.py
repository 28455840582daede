"""Opens files, and takes names, that come from somebody else: no pipes or devices, no more bytes than expected."""

from __future__ import annotations

import errno
import os
import stat
import unicodedata
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import BinaryIO

MAX_NAME_BYTES = 255

_OPEN_FLAGS = os.O_RDONLY
for _flag in ("O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY", "O_BINARY"):  # a pipe is opened without waiting for its other end
    _OPEN_FLAGS |= getattr(os, _flag, 0)


def open_regular(path: Path) -> BinaryIO:
    """Opens a regular file, or a link to one, for reading.

    Raises:
        OSError: it is missing, may not be read, or is a folder, pipe, socket or device.
    """
    try:
        handle = os.open(path, _OPEN_FLAGS)
    except ValueError as error:  # a zero byte in the name
        raise OSError(errno.EINVAL, "it has no valid name", str(path)) from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "it is no ordinary file", str(path))
    return os.fdopen(handle, "rb")


def read_regular(path: Path, *, limit_bytes: int) -> bytes:
    """The content of a regular file.

    Raises:
        OSError: as for `open_regular`, or it is longer than the limit.
    """
    with open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > limit_bytes:
            raise OSError(errno.EFBIG, f"it is larger than {limit_bytes / 2**20:.0f} MB", str(path))
        return file.read(size)  # which takes as much memory as it is asked for, not as there is in the file


def is_plain_name(name: str) -> bool:
    """Whether a name from a file is one component of a path on every system, so that joining it leaves no folder."""
    return (
        name not in ("", ".", "..")
        and PurePosixPath(name).name == name
        and PureWindowsPath(name).name == name
        and len(name.encode("utf-8", "surrogatepass")) <= MAX_NAME_BYTES
        and not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in name)
    )
