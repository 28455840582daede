"""The thread that writes a project, so that the GUI never waits for a disk."""

from __future__ import annotations

import os
import stat
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from vosapp.core.editor import EditorState
from vosapp.core.errors import ProjectError
from vosapp.core.mask import Digest, Mask
from vosapp.core.storage.database import FILE_ERRORS, damaged, translated
from vosapp.core.storage.file import ProjectFile
from vosapp.core.storage.identity import REPLACEABLE, FileIdentity, Standing
from vosapp.core.storage.json_checks import DamageError
from vosapp.core.storage.masks import FileMaskStore

WriteAnew = Callable[[EditorState, Iterable[Digest], Callable[[], None]], ProjectFile]

RUN_INTERVAL_S = 0.25  # masks of a run are committed in batches; edits of the user at once
IDLE_CHECKPOINT_S = 1.0
RETRY_S = 5.0
CHECK_S = 2.0  # spent on looking for damage before the first write


class ProjectWriter:
    """Writes the newest state that it was given. States in between may be passed over.

    Attributes:
        problem: why the last attempt failed, None when it did not. It tries again with every new state, and every few
            seconds.
    """

    def __init__(
        self,
        file: ProjectFile,
        masks: FileMaskStore,
        *,
        path: Path,
        write_anew: WriteAnew,
        hold_lock: Callable[[], None],
        on_problem: Callable[[ProjectError | None], None] | None = None,
    ) -> None:
        """Starts the thread.

        Args:
            file: written by this thread alone until `stop`.
            masks: told what has been written.
            path: of the file.
            write_anew: called in the writer's thread when the file was deleted, renamed or spoilt: writes a state and
                more masks to the path again, calls the third argument before anything there is replaced, and returns
                the file to go on with.
            hold_lock: called in the writer's thread before every commit: makes sure that others see the lock.
                Raises ProjectError when another window has taken it.
            on_problem: called in the writer's thread when a problem comes, changes or goes.

        Raises:
            OSError: the file is not at its path any more.
        """
        self.problem: ProjectError | None = None
        self._file = file
        self._masks = masks
        self._place = masks.place
        self._path = path
        self._identity = FileIdentity(path)
        self._write_anew = write_anew
        self._hold_lock = hold_lock
        self._on_problem = on_problem
        self._condition = threading.Condition()
        self._wanted: EditorState | None = None
        self._ticket = 0
        self._done = 0
        self._attempts = 0
        self._hurry = False
        self._stopping = False
        self._gave_up = False
        self._is_checked = False
        self._damage: ProjectError | None = None
        self._checkpoint_due = False
        self._committed_at = 0.0
        self._thread = threading.Thread(target=self._work, name=f"writer of {path.name}", daemon=True)
        self._thread.start()

    def submit(self, state: EditorState) -> None:
        """Asks for a state to be written. Returns at once."""
        with self._condition:
            run_only = self._wanted is not None and state.steps == self._wanted.steps and state.run is not None
            self._wanted = state
            self._ticket += 1
            self._hurry = self._hurry or not run_only
            self._condition.notify_all()

    def flush(self, timeout_s: float = 60.0) -> None:
        """Waits until everything submitted is committed.

        Raises:
            ProjectError: it cannot be written, or not in time.
        """
        deadline = time.monotonic() + timeout_s
        with self._condition:
            if self._wanted is not None and self._done == self._ticket and not self._is_in_place():
                self._ticket += 1  # what was committed is not at the path any more
            ticket, attempts = self._ticket, self._attempts
            self._hurry = True
            self._condition.notify_all()
            while self._done < ticket:
                if self.problem is not None and self._attempts > attempts:
                    raise self.problem
                if not self._condition.wait(deadline - time.monotonic()):
                    raise self.problem or ProjectError(f"{self._path.name} is not written yet.", "Try again.")

    @property
    def is_up_to_date(self) -> bool:
        """Whether everything submitted is committed."""
        with self._condition:
            return self._done == self._ticket

    def stop(self) -> None:
        """Writes what is left, once, ends the thread and closes the file. Whoever else reads it closes it before."""
        with self._condition:
            self._stopping = True
            self._condition.notify_all()
        self._thread.join()
        self._file.close(leave_plain=self._is_in_place())
        self._identity.close()

    def _work(self) -> None:
        with suppress(*FILE_ERRORS):  # told, and tried again, when there is something to write
            self._check()
        while True:
            with self._condition:
                self._wait()
                if self._stopping and (self._done == self._ticket or self._gave_up):
                    return
                state, ticket = self._wanted, self._ticket
                pending = self._done < ticket
                self._hurry = False
            if pending and state is not None:
                self._attempt(state, ticket)
            elif self._checkpoint_due:
                self._checkpoint()

    def _wait(self) -> None:
        """Sleeps until there is something to do. Called with the condition held."""
        while not self._stopping:
            now = time.monotonic()
            if self._done < self._ticket:
                if self.problem is None:
                    due = self._committed_at + RUN_INTERVAL_S
                else:
                    due = self._committed_at + RETRY_S
                if self._hurry or now >= due:
                    return
                self._condition.wait(due - now)
            elif self._checkpoint_due:
                due = self._committed_at + IDLE_CHECKPOINT_S
                if now >= due:
                    return
                self._condition.wait(due - now)
            else:
                self._condition.wait()

    def _is_in_place(self) -> bool:
        try:
            return self._identity.standing() is Standing.SAME
        except OSError:
            return False

    def _attempt(self, state: EditorState, ticket: int) -> None:
        problem = self._write(state)
        with self._condition:
            changed = (problem is None) != (self.problem is None) or str(problem) != str(self.problem)
            self.problem = problem
            self._attempts += 1
            self._committed_at = time.monotonic()
            self._gave_up = self._stopping and problem is not None
            if problem is None:
                self._done = ticket
                self._checkpoint_due = True
            self._condition.notify_all()
        if changed and self._on_problem is not None:
            self._on_problem(problem)

    def _check(self) -> None:
        """Looks for damage, once. Raises what keeps it from looking; the next call tries again then."""
        if self._is_checked:
            return
        try:
            self._file.check(CHECK_S)
        except DamageError as error:
            self._damage = damaged(self._path, error.message.rstrip("."))
        self._is_checked = True

    def _write(self, state: EditorState) -> ProjectError | None:
        try:
            self._check()
            if self._damage is not None:
                return self._damage
            pending = self._masks.pending()
            self._hold_lock()
            standing = self._identity.standing()
            if standing is Standing.SAME:
                standing = self._write_in_place(state, pending)
            if standing in (Standing.MISSING, Standing.REPLACED):
                self._file.checkpoint()  # an empty log is harmless to whatever takes this file's name
            if standing in REPLACEABLE:
                if not self._restore(state, pending, standing):
                    self._damage = _lost(self._path)
                    return self._damage
            elif standing is not Standing.SAME:
                if standing is Standing.CHANGED:
                    empty_log(self._path)
                return _replaced(self._path, standing)
            self._masks.written(pending, self._place)
        except FILE_ERRORS as error:
            return translated(error, self._path)
        except ProjectError as error:
            return error
        return None

    def _write_in_place(self, state: EditorState, pending: Mapping[Digest, Mask]) -> Standing:
        """Commits to the file that is open, and looks whether that file is still the one at the path."""
        try:
            self._file.write(state, pending)
        finally:
            self._identity.note()
        return self._identity.standing()

    def _restore(self, state: EditorState, pending: Iterable[Digest], standing: Standing) -> bool:
        """Goes on in a new file at the path: the one that is open has lost its name, or is not ours alone.

        Returns:
            Whether the new file holds everything; False when the one before could not be read any more.
        """
        tells = standing in (Standing.MISSING, Standing.EMPTIED)
        if tells and self._on_problem is not None:
            self._on_problem(_missing(self._path, standing))
        identity = self._identity

        def require_free() -> None:
            if identity.standing() not in REPLACEABLE:
                raise _replaced(self._path, Standing.REPLACED)

        before, self._file = self._file, self._write_anew(state, {*self._file.masks, *pending}, require_free)
        before.close(leave_plain=False)
        identity.close()
        self._place = self._masks.place
        self._identity = FileIdentity(self._path)
        if tells:
            self.problem = _missing(self._path, standing)  # so that the end of it is told, too
        return before.masks <= self._file.masks and self._file.knows(state)

    def _checkpoint(self) -> None:
        """Failing is no loss: what is committed is in the log beside the file."""
        if not self._is_in_place():
            with self._condition:
                self._checkpoint_due = False
                self._ticket += 1  # what was committed is not at the path any more
                self._hurry = True
            return
        try:
            self._file.checkpoint()
            self._identity.note()
        except FILE_ERRORS:
            self._committed_at = time.monotonic() + RETRY_S
            return
        self._checkpoint_due = False


def empty_log(path: Path) -> None:
    """Empties the log beside a file that another program has written: it would be applied to what is there now."""
    flags = os.O_WRONLY
    for flag in ("O_CLOEXEC", "O_NOFOLLOW", "O_NONBLOCK"):
        flags |= getattr(os, flag, 0)
    with suppress(OSError):
        handle = os.open(f"{path}-wal", flags)
        try:
            if stat.S_ISREG(os.fstat(handle).st_mode) and os.fstat(handle).st_nlink == 1:
                os.ftruncate(handle, 0)
        finally:
            os.close(handle)


def _missing(path: Path, standing: Standing) -> ProjectError:
    how = "emptied" if standing is Standing.EMPTIED else "deleted or renamed"
    return ProjectError(f"{path.name} was {how} by another program.", "It is written anew.")


def _replaced(path: Path, standing: Standing) -> ProjectError:
    how = "changed" if standing is Standing.CHANGED else "replaced"
    return ProjectError(
        f"{path.name} was {how} by another program while it was open.",
        "Use Save As with another name. What stands there now is left as it is.",
    )


def _lost(path: Path) -> ProjectError:
    return ProjectError(
        f"{path.name} was emptied by another program, and masks or steps that only it held are lost.",
        "What was in memory is written. Use Save As to go on, and File > Open backup to find what is missing.",
    )
