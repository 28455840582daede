"""Save As: writes an open project to another file while it is worked on."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from vosapp.core.editor import EditorState
from vosapp.core.errors import ProjectError
from vosapp.core.mask import Digest
from vosapp.core.storage.file import Tick, no_tick
from vosapp.core.storage.lock import ProjectLock
from vosapp.core.storage.masks import FileMaskStore
from vosapp.core.storage.opening import lock_for_writing
from vosapp.core.storage.rewrite import write_fresh
from vosapp.core.storage.session import WrittenFile


class ProjectCopy:
    """A project on its way to another file, as it stood when the copy was begun.

    Begun and ended in the thread of the editor; `write` may run in any other, while the editor is used.

    Attributes:
        path: of the new file.
        state: what is written.
        mask_count: about how many masks that are.
        written: the new file once it is complete and open, else None.
        lock: of the new file, while it is held.
    """

    def __init__(
        self, path: Path, state: EditorState, masks: FileMaskStore, *, loose: Iterable[Digest], mask_count: int
    ) -> None:
        """For `Project.begin_copy`."""
        self.path = path
        self.state = state
        self.mask_count = mask_count
        self.written: WrittenFile | None = None
        self.lock: ProjectLock | None = None
        self._masks = masks
        self._loose = frozenset(loose)

    def write(self, *, overwrite: bool = False, tick: Tick = no_tick) -> None:
        """Writes the new file and opens it.

        Args:
            overwrite: whether the file may exist, and is replaced then.
            tick: told how many masks are written. What it raises ends the writing, and nothing is left of it.

        Raises:
            ProjectError: the file exists, is open in another window, or cannot be written; what was there stays.
        """
        if self.path.exists() and not overwrite:
            raise ProjectError(f"{self.path.name} exists already in {self.path.parent}.", "Choose another name.")
        lock = lock_for_writing(self.path)
        try:
            state = write_fresh(self.path, self.state, self._masks.raw, loose=self._loose, tick=tick)
            self.written = WrittenFile.open(self.path, state)
        except BaseException:
            lock.release()
            raise
        self.lock = lock

    def close(self) -> None:
        """Leaves the new file as it is. After a failure, does nothing."""
        if self.written is not None:
            self.written.close()
            self.written = None
        if self.lock is not None:
            self.lock.release()
            self.lock = None
