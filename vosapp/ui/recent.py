"""Files opened last, and work that was never saved as a project. Both lie in the user's data folder."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path

from vosapp.core.paths import user_data_dir
from vosapp.core.settings import write_whole

_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f]')


class RecentFiles:
    """Paths of clips and projects, the one opened last first. A list that cannot be read or written is no trouble."""

    def __init__(self, limit: int) -> None:
        self._path = user_data_dir() / "recent.json"
        self._limit = limit
        self.paths = self._read()

    def add(self, path: Path) -> None:
        """Puts a path in front."""
        text = str(path.absolute())
        self.paths = (text, *(p for p in self.paths if p != text))[: self._limit]
        try:
            write_whole(self._path, json.dumps(list(self.paths)).encode())
        except OSError:
            return  # the list is a convenience; it is not worth a message

    def existing(self) -> tuple[str, ...]:
        """The paths that are still there."""
        return tuple(path for path in self.paths if Path(path).exists())

    def _read(self) -> tuple[str, ...]:
        try:
            stored = json.loads(self._path.read_bytes())
        except (OSError, ValueError):
            return ()
        return tuple(path for path in stored if isinstance(path, str)) if isinstance(stored, list) else ()


def unsaved_dir() -> Path:
    """Where projects live that the user has not saved."""
    return user_data_dir() / "unsaved"


def new_unsaved_path(clip: Path) -> Path:
    """A free file name for the project of a clip: "20250131-142500 runner.vosapp"."""
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    name = _UNSAFE.sub("_", clip.stem or clip.name)[:80].strip(" .") or "clip"
    path = unsaved_dir() / f"{stamp} {name}.vosapp"
    number = 2
    while path.exists():
        path = unsaved_dir() / f"{stamp}-{number} {name}.vosapp"
        number += 1
    return path


def unsaved_projects() -> tuple[str, ...]:
    """Project files of unsaved work, the newest first."""
    folder = unsaved_dir()
    return tuple(str(path) for path in sorted(folder.glob("*.vosapp"), reverse=True)) if folder.is_dir() else ()
