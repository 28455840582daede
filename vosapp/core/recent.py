"""Files opened last, and work that was never saved as a project. Both lie in the user's data folder.

SQLite is loaded when there is unsaved work to look into, and not before: a window without any opens sooner.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from vosapp.core.errors import ProjectError
from vosapp.core.paths import SUFFIX, make_private_dir, user_data_dir
from vosapp.core.relink import name_of
from vosapp.core.small_files import recalled, remember
from vosapp.core.storage.lock import LockedError, LockUnsupportedError, ProjectLock

if TYPE_CHECKING:
    from vosapp.core.storage.opening import Opened


_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f]')


class RecentFiles:
    """Paths of clips and projects, the one opened last first. A list that cannot be read or written is no trouble."""

    def __init__(self, limit: int) -> None:
        """Reads the list.

        Args:
            limit: how many paths it keeps.
        """
        self._path = user_data_dir() / "recent.json"
        self.limit = limit

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths, as they are now: another window may have added one."""
        stored = recalled(self._path)
        found = [path for path in stored if isinstance(path, str)] if isinstance(stored, list) else []
        return tuple(found[: self.limit])

    def add(self, path: Path) -> None:
        """Puts a path in front. Unsaved work and backups, in the program's own folder, are offered elsewhere."""
        if path.absolute().is_relative_to(user_data_dir().absolute()):
            return
        text = str(path.absolute())
        remember(self._path, (text, *(known for known in self.paths if known != text))[: self.limit])

    def remove(self, path: str) -> None:
        """Takes a path out."""
        remember(self._path, tuple(known for known in self.paths if known != path))

    def clear(self) -> None:
        """Forgets all paths and their pictures."""
        for path in self.paths:
            with suppress(OSError):
                picture_path(path).unlink(missing_ok=True)
        remember(self._path, ())

    def existing(self) -> tuple[str, ...]:
        """The paths that are still there."""
        return tuple(path for path in self.paths if _exists(path))


def picture_path(path: str) -> Path:
    """Where the small picture of a recent file lies, if there is one."""
    return user_data_dir() / "pictures" / f"{sha256(path.encode(errors='surrogateescape')).hexdigest()[:24]}.png"


def forget_pictures(kept: Iterable[str]) -> None:
    """Removes the small pictures of all files but these."""
    names = {picture_path(path).name for path in kept}
    with suppress(OSError):
        for picture in (user_data_dir() / "pictures").glob("*.png"):
            if picture.name not in names:
                picture.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class UnsavedWork:
    """A project that the user never gave a place.

    Attributes:
        path: of its file.
        clip_name: of its media.
        changed_at: when it was last written, in local time.
        step_count: steps in it.
        last_step: what was done last.
        clip_path: of its media, "" where it cannot be read.
    """

    path: Path
    clip_name: str
    changed_at: datetime
    step_count: int
    last_step: str
    clip_path: str = ""


def unsaved_dir() -> Path:
    """Where projects live that the user has not saved."""
    return user_data_dir() / "unsaved"


def new_unsaved_path(clip: Path) -> Path:
    """A free file name for the project of a clip: "20250131-142500 runner.vosapp". Makes the folder.

    Raises:
        OSError: the folder cannot be made.
    """
    folder = unsaved_dir()
    make_private_dir(folder)
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    name = _UNSAFE.sub("_", clip.stem or clip.name)[:80].strip(" .") or "clip"
    path, number = folder / f"{stamp} {name}{SUFFIX}", 2
    while path.exists():
        path, number = folder / f"{stamp}-{number} {name}{SUFFIX}", number + 1
    return path


def is_unsaved(path: Path) -> bool:
    """Whether a project lies where the program keeps those that the user has not saved."""
    return path.absolute().parent == unsaved_dir().absolute()


def unsaved_work() -> list[UnsavedWork]:
    """Work that was left unsaved, by a crash or by closing, newest first. What is open in a window is not in it.

    Files without a single step are removed: there is nothing in them to go on with. Files that cannot be read are in
    the list, so that the user learns of them.
    """
    found = [work for path in unsaved_dir().glob(f"*{SUFFIX}") if (work := _work(path)) is not None]
    return sorted(found, key=lambda work: (work.changed_at, work.path.name), reverse=True)


def discard_unsaved(path: Path) -> None:
    """Removes unsaved work for ever.

    Raises:
        ProjectError: it is none, is open in a window, or cannot be removed.
    """
    if not is_unsaved(path):
        raise ProjectError(f"{path.name} is no unsaved work.", "Delete it in its folder.")
    try:
        lock = ProjectLock(path)
    except LockedError as error:
        raise ProjectError(f"{path.name} is open in another window.", "Close it there first.") from error
    except LockUnsupportedError as error:
        raise ProjectError(f"{path.name} cannot be removed: {error}.") from error
    try:
        _remove(path)
    except OSError as error:
        raise ProjectError(f"{path.name} cannot be removed: {error.strerror}.") from error
    finally:
        lock.release()


def _work(path: Path) -> UnsavedWork | None:
    try:
        lock = ProjectLock(path)
    except LockedError:
        return None
    except LockUnsupportedError:
        lock = None
    try:
        changed_at = datetime.fromtimestamp(path.stat().st_mtime)
        return _look(path, changed_at)
    except OSError:
        return None  # it went away meanwhile
    finally:
        if lock is not None:
            lock.release()


def _look(path: Path, changed_at: datetime) -> UnsavedWork | None:
    from vosapp.core.storage.opening import open_file

    try:
        opened = open_file(path, lambda reader: reader.document, reading="It is only looked at.")
    except ProjectError as error:
        return UnsavedWork(path, path.stem, changed_at, 0, error.message)
    try:
        return _described(path, changed_at, opened)
    finally:
        opened.reader.close()


def _described(path: Path, changed_at: datetime, opened: Opened) -> UnsavedWork | None:
    history = opened.loaded.history
    steps = len(history.steps) - 1 + history.forgotten
    if steps == 0 and not opened.loaded.report:
        opened.reader.close()
        _remove(path)
        return None
    clip = history.current.document.clip
    last = history.undo_step.label if history.undo_step else ""
    return UnsavedWork(path, name_of(clip) if clip else path.stem, changed_at, steps, last, clip.path if clip else "")


def _remove(path: Path) -> None:
    for suffix in ("-wal", "-shm", "-journal", ""):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


def _exists(path: str) -> bool:
    try:
        return Path(path).exists()
    except (OSError, ValueError):
        return False
