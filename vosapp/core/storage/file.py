"""Writing an editor's state into a project file: whole states in, only what is new to the file out.

Every call is one transaction. The file holds either the state before or the one after it.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial

from vosapp.core.editor import EditorState
from vosapp.core.history import Step, Version
from vosapp.core.mask import Digest, Mask
from vosapp.core.storage.json_checks import MAX_TEXT, DamageError
from vosapp.core.storage.loading import Load
from vosapp.core.storage.masks import Raw
from vosapp.core.storage.reader import RawMask
from vosapp.core.storage.rows import StateRow, StepRow, write_state, write_step
from vosapp.core.storage.tree import TreeEncoder

INTERRUPTED = "{} (interrupted)"  # label of a run that had not ended when the file was last written

NEAR_STEPS = 500  # steps on either side of the present whose documents stay in memory

Row = tuple[str, Version]
Tick = Callable[[int], None]


def no_tick(_masks: int) -> None:
    """Nobody watches."""


class ProjectFile:
    """The writing side of a project file. Used from one thread at a time."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        raw: Raw,
        masks: Iterable[Digest],
        *,
        load: Load | None = None,
        tick: Tick = no_tick,
    ) -> None:
        """Begins to write a file that has its schema.

        Args:
            raw: where masks come from that the file does not hold yet.
            masks: digests of those that it holds.
            load: reads versions from this file; None while nobody reads it.
            tick: told how many masks the file holds, as they come. What it raises undoes the writing.
        """
        self._connection = connection
        self._raw = raw
        self._rows: dict[int, Row] = {}
        self._masks = set(masks)
        self._nodes: set[bytes] | None = None
        self._load = load
        self._tick = tick
        self._has_log = load is None  # without readers there is no need for one
        self._run_nodes: set[bytes] = set()
        self._new: list[Digest | bytes] = []
        self._encoder = TreeEncoder(self._is_stored)

    @property
    def masks(self) -> frozenset[Digest]:
        """Digests of the masks in the file."""
        return frozenset(self._masks)

    @property
    def mask_count(self) -> int:
        """How many masks the file holds."""
        return len(self._masks)

    def know(self, state: EditorState) -> None:
        """Says which steps the file holds already."""
        self._rows = {position: (_label(step), step.version) for position, step in _positions(state).items()}

    def knows(self, state: EditorState) -> bool:
        """Whether the file holds a row for every step of a state."""
        return _positions(state).keys() <= self._rows.keys()

    def write(self, state: EditorState, pending: Mapping[Digest, Mask], loose: Iterable[Digest] = ()) -> None:
        """Makes the file hold this state.

        Args:
            state: of the editor.
            pending: masks to write whether the state needs them or not.
            loose: digests of more such masks.

        Raises:
            sqlite3.Error, OSError: it cannot be written; the file is as before then.
            ProjectError: a version that is to be copied from another file is damaged there.
        """
        run_nodes = set(self._run_nodes)
        self._new = []
        self._begin_log()
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            for digest, mask in pending.items():
                self._write_mask(digest, (mask.height, mask.width, mask.data))
            self._write_raw(loose)
            rows = self._write_steps(state)
            self._connection.execute("COMMIT")
        except BaseException:
            self._forget_new(run_nodes)
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        self._rows = rows
        self._release(state)

    def checkpoint(self) -> None:
        """Brings everything committed into the main file, so that a copy of it is complete."""
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def check(self, seconds: float) -> None:
        """Looks for damage that writing would make worse, for some seconds at most.

        Raises:
            DamageError: the file is broken and must not be written.
        """
        deadline = time.monotonic() + seconds
        self._connection.set_progress_handler(lambda: time.monotonic() > deadline, 10_000)
        try:
            found = self._connection.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                raise
            return
        finally:
            self._connection.set_progress_handler(None, 0)
        if found is None or found[0] != "ok":
            raise DamageError(str(found[0] if found else "the check fails"))

    def close(self, *, leave_plain: bool = True) -> None:
        """Closes the file.

        Args:
            leave_plain: bring the log into it and remove the log. Not for a file that has lost its name: SQLite finds
                the log by name, and would remove that of another file.
        """
        if leave_plain:
            with suppress(sqlite3.Error):  # another window may still read: then the log stays beside the file
                self._connection.execute("PRAGMA busy_timeout=100")
                self._connection.execute("PRAGMA journal_mode=DELETE")
        self._connection.close()

    def _begin_log(self) -> None:
        """Readers go on while a log is written. The file itself is not touched before the first change."""
        if not self._has_log:
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=FULL")
            self._has_log = True

    def _release(self, state: EditorState) -> None:
        """Lets go of documents far from the present: the file has them, and a long day has thousands."""
        if self._load is None:
            return
        for distance, step in enumerate(state.steps, -state.head):
            digest = step.version.digest
            if abs(distance) > NEAR_STEPS and step.version.is_loaded and digest is not None:
                step.version.release(partial(self._load, digest))

    def _write_steps(self, state: EditorState) -> dict[int, Row]:
        steps = _positions(state)
        run = state.forgotten + state.head + 1 if state.run is not None else None
        rows: dict[int, Row] = {}
        for position, step in steps.items():
            rows[position] = (_label(step, interrupted=position == run), step.version)
            if position != run and not _same(rows[position], self._rows.get(position)):
                self._write_step(position, step, rows[position][0])
        if run is not None and not _same(rows[run], self._rows.get(run)):
            self._write_run(run, steps[run], rows[run][0])
        if run is None:
            self._run_nodes = set()
        for position in self._rows.keys() - rows.keys():
            self._connection.execute("DELETE FROM steps WHERE position = ?", (position,))
        head = state.forgotten + state.head + (run is not None)
        root = self._write_version(steps[head].version)
        write_state(self._connection, StateRow(min(steps), head, max(steps), root))
        return rows

    def _write_step(self, position: int, step: Step, label: str) -> None:
        root = self._write_version(step.version, kept=True)
        made_on = self._write_version(step.before, kept=True) if step.before is not None else None
        write_step(self._connection, position, StepRow(label, root, made_on, step.size_bytes))

    def _write_run(self, position: int, step: Step, label: str) -> None:
        """Writes a run as it stands and takes away what only its former standing needed."""
        before = set(self._new)
        root = self._write_version(step.version)
        write_step(self._connection, position, StepRow(label, root, None, step.size_bytes))
        needed = {node.digest for node in self._encoder.nodes(step.version.document)}
        outdated = self._run_nodes - needed
        self._connection.executemany("DELETE FROM nodes WHERE digest = ?", [(digest,) for digest in outdated])
        self._stored().difference_update(outdated)
        added = {digest for digest in self._new if isinstance(digest, bytes) and digest not in before}
        self._run_nodes = (self._run_nodes & needed) | added

    def _write_version(self, version: Version, *, kept: bool = False) -> bytes:
        """Stores the nodes of a version that are not stored yet, and returns its root.

        Args:
            kept: it belongs to the user's history, so a run must not take its nodes away.
        """
        if version.digest is not None and self._is_stored(version.digest) and version.digest not in self._run_nodes:
            return version.digest
        digest = b""
        for node in self._encoder.nodes(version.document):
            digest = node.digest
            if node.data is not None and not self._is_stored(digest):
                self._write_raw(node.masks - self._masks)
                self._connection.execute("INSERT OR IGNORE INTO nodes VALUES (?, ?)", (digest, node.data))
                self._stored().add(digest)
                self._new.append(digest)
            if kept:
                self._run_nodes.discard(digest)
        version.digest = digest
        return digest

    def _write_raw(self, digests: Iterable[Digest]) -> None:
        for digest in digests:
            raw = self._raw(digest)
            if raw is not None:
                self._write_mask(digest, raw)

    def _write_mask(self, digest: Digest, raw: RawMask) -> None:
        if digest not in self._masks:
            self._connection.execute("INSERT OR IGNORE INTO masks VALUES (?, ?, ?, ?)", (bytes.fromhex(digest), *raw))
            self._masks.add(digest)
            self._new.append(digest)
            self._tick(len(self._masks))

    def _is_stored(self, digest: bytes) -> bool:
        return digest in self._stored()

    def _stored(self) -> set[bytes]:
        if self._nodes is None:
            self._nodes = {digest for (digest,) in self._connection.execute("SELECT digest FROM nodes")}
        return self._nodes

    def _forget_new(self, run_nodes: set[bytes]) -> None:
        """After a failure: what was new is not in the file after all; what was taken away is not known any more."""
        self._masks.difference_update(digest for digest in self._new if isinstance(digest, str))
        self._nodes = None
        self._run_nodes = run_nodes


def _positions(state: EditorState) -> dict[int, Step]:
    steps = list(state.steps)
    if state.run is not None:
        steps.insert(state.head + 1, state.run)
    return dict(enumerate(steps, state.forgotten))


def _label(step: Step, *, interrupted: bool = False) -> str:
    label = INTERRUPTED.format(step.label) if interrupted else step.label
    return label.replace("\0", "").encode("utf-8", "replace").decode()[:MAX_TEXT]


def _same(row: Row, known: Row | None) -> bool:
    return known is not None and row[0] == known[0] and row[1] is known[1]
