"""Automatic backups: copies of projects in the user's folder, the newest few of each."""

from __future__ import annotations

import re
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from vosapp.core.errors import ProjectError
from vosapp.core.paths import SUFFIX, make_private_dir, user_data_dir
from vosapp.core.storage.database import FILE_ERRORS, check_schema, connect, translated

_STEPS = 1_000  # of SQLite between two looks at whether a copy is still wanted: some 250 masks
FIRST_DELAY_S = 5.0  # after the first change: a project that is only looked at is not copied

_STAMP = "%Y%m%d-%H%M%S"  # in UTC, behind a number that only grows: clocks go back, and people travel
_NAME = re.compile(r"(?P<name>.*)~(?:(?P<number>\d{6,18})~(?P<utc>\d{8}-\d{6})Z|(?P<local>\d{8}-\d{6}))", re.DOTALL)
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class BackupPolicy:
    """When to back up.

    Attributes:
        minutes: between two backups of one project.
        count: backups kept of it.
    """

    minutes: float = 10
    count: int = 5


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy of a project as it was at a time.

    Attributes:
        path: of the copy. It opens like any project; save it elsewhere to go on with it.
        name: of the project's file, without its ending, when the copy was made.
        made_at: when by the clock of that time, in local time.
        size_bytes: of the copy.
        number: counts the backups of the project; 0 for one of an earlier version of the program.
    """

    path: Path
    name: str
    made_at: datetime
    size_bytes: int
    number: int = 0


def backup_dir() -> Path:
    """The folder of all backups."""
    return user_data_dir() / "backups"


def backups(project_id: str = "") -> list[Backup]:
    """The backups of one project, the last one made first, or without an id of all, newest first."""
    folders = [_folder(project_id)] if project_id else sorted(backup_dir().glob("*/"))
    found = [made for folder in folders for path in folder.glob(f"*{SUFFIX}") if (made := _backup(path)) is not None]
    found.sort(key=lambda backup: (backup.number, backup.made_at, backup.path.name), reverse=True)
    return found if project_id else sorted(found, key=lambda backup: backup.made_at, reverse=True)


def make_backup(path: Path, project_id: str, *, count: int, cancelled: Callable[[], bool] = lambda: False) -> Path:
    """Copies a project that may be open, and forgets the oldest copies beyond `count`.

    Args:
        cancelled: asked often; true gives the copy up.

    Raises:
        ProjectError: it cannot be copied, or was given up.
    """
    folder = _folder(project_id)
    number = max((backup.number for backup in backups(project_id)), default=0) + 1
    target = folder / f"{path.stem}~{number:06}~{datetime.now(UTC):{_STAMP}}Z{SUFFIX}"
    part = target.with_suffix(".part")
    try:
        make_private_dir(backup_dir())
        make_private_dir(folder)
        part.unlink(missing_ok=True)
        connection = connect(path, "ro")
        try:
            connection.set_progress_handler(cancelled, _STEPS)
            _require_project(connection, path, project_id)
            connection.execute("VACUUM INTO ?", (str(part),))
        finally:
            connection.close()
        part.replace(target)
    except FILE_ERRORS as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise translated(error, target) from error
    for outdated in backups(project_id)[count:]:
        with suppress(OSError):
            outdated.path.unlink()
    return target


def _require_project(connection: sqlite3.Connection, path: Path, project_id: str) -> None:
    """Lets nothing but the project push a backup of it out. Raises ProjectError."""
    check_schema(connection, path)
    found = connection.execute("SELECT value FROM about WHERE name = 'project_id'").fetchone()
    if project_id and found != (project_id,):
        raise ProjectError(f"{path.name} is another project by now.", "Use Save As with another name.")


class BackupThread:
    """Backs a project up while it is worked on.

    Attributes:
        problem: why the last backup failed, None when it did not.
    """

    def __init__(self, path: Path, project_id: str, policy: BackupPolicy) -> None:
        """Starts the thread; it sleeps until the project changes."""
        self.problem: ProjectError | None = None
        self._path = path
        self._project_id = project_id
        self._policy = policy
        self._changed = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name=f"backup of {path.name}", daemon=True)
        self._thread.start()

    def changed(self) -> None:
        """Says that there is something new to back up."""
        self._changed.set()

    def stop(self) -> None:
        """Ends the thread; a backup that is being made is given up."""
        self._stopping.set()
        self._changed.set()
        self._thread.join()

    def _work(self) -> None:
        newest = backups(self._project_id)[:1]
        age_s = time.time() - newest[0].made_at.timestamp() if newest else float("inf")
        if age_s < 0:  # the clock went back, so nobody knows how old it is
            age_s = float("inf")
        due = time.monotonic() + self._policy.minutes * 60 - age_s
        while True:
            self._changed.wait()
            if self._stopping.wait(max(FIRST_DELAY_S, due - time.monotonic())):
                return
            self._changed.clear()
            self._make()
            due = time.monotonic() + self._policy.minutes * 60

    def _make(self) -> None:
        try:
            make_backup(self._path, self._project_id, count=self._policy.count, cancelled=self._stopping.is_set)
        except ProjectError as error:
            self.problem = error
        else:
            self.problem = None


def _folder(project_id: str) -> Path:
    """The folder of a project's backups. An id that is none, as in a forged file, shares one folder."""
    return backup_dir() / (project_id if _ID.fullmatch(project_id) else "other")


def _backup(path: Path) -> Backup | None:
    found = _NAME.fullmatch(path.stem)
    if found is None:
        return None
    try:
        stamp = datetime.strptime(found["utc"] or found["local"], _STAMP)
        made_at = (stamp.replace(tzinfo=UTC) if found["utc"] else stamp).astimezone().replace(tzinfo=None)
        return Backup(path, found["name"], made_at, path.stat().st_size, int(found["number"] or 0))
    except (ValueError, OSError):
        return None
