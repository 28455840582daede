"""What stopped exports leave beside their places: temporary folders, each with a note that its living export locks."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from vosapp.core.storage.lock import lock_open_file
from vosapp.export.place.earlier import Place

PREFIX = ".vosapp-export-"
"""Of the names of temporary folders."""
_FOR = "for"  # the note: the name of the place
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)


class Note:
    """The note in a temporary folder: which place it is for. Locked while the export lives, as far as the drive can."""

    def __init__(self, root: Path, place: Place) -> None:
        """Writes the note, or takes over the one that is there. Raises OSError."""
        self._handle = os.open(root / _FOR, os.O_RDWR | os.O_CREAT | _NO_LINK, 0o600)
        try:
            with suppress(OSError):  # a drive without locks: nobody will take the folder for a dead export's
                lock_open_file(self._handle)
            os.ftruncate(self._handle, 0)
            os.write(self._handle, os.fsencode(place.path.name))
        except BaseException:
            os.close(self._handle)
            raise

    def release(self) -> None:
        """Gives the folder up. May be called twice."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


def left_behind(place: Place) -> Iterator[Path]:
    """The folders that stopped exports of this user left for this place; those of exports that live are not theirs."""
    for near in (place.path, place.path.parent):
        if near.is_dir():
            for root in sorted(near.glob(f"{PREFIX}*")):
                if not root.is_symlink() and _is_plain_tree(root) and _is_dead(root, place):
                    yield root


def remove_left_behind(place: Place) -> None:
    """Removes them. What cannot be removed stays."""
    with suppress(OSError):
        for root in list(left_behind(place)):
            remove_tree(root)


def _is_dead(root: Path, place: Place) -> bool:
    """Whether a folder bears a note for this place that nobody holds."""
    if hasattr(os, "getuid") and root.stat().st_uid != os.getuid():
        return False
    try:
        handle = os.open(root / _FOR, os.O_RDWR | _NO_LINK)
    except OSError:
        return False
    try:
        lock_open_file(handle)
        return os.read(handle, 10_000) == os.fsencode(place.path.name)
    except OSError:  # it lives, or nothing can be locked here
        return False
    finally:
        os.close(handle)


def _is_plain_tree(root: Path) -> bool:
    """Whether a folder holds nothing but folders and files with one name: no links that writing would follow."""
    try:
        for path, folders, files in os.walk(root):
            for name in (*folders, *files):
                facts = os.lstat(Path(path) / name)
                if not (stat.S_ISDIR(facts.st_mode) or (stat.S_ISREG(facts.st_mode) and facts.st_nlink == 1)):
                    return False
    except OSError:
        return False
    return root.is_dir()


def remove_tree(root: Path) -> None:
    """Removes a folder of ours; links in it are removed and not followed."""
    with suppress(OSError):
        for path, folders, files in os.walk(root, topdown=False):
            for name in (*files, *folders):
                entry = Path(path) / name
                with suppress(OSError):
                    if stat.S_ISDIR(os.lstat(entry).st_mode):
                        entry.rmdir()
                    else:
                        entry.unlink()
        root.rmdir()
