"""Writing an editor's state into a project file: whole states in, only what is new to the file out.

Every call is one transaction. The file holds either the state before or the one after it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping

from vosapp.core.document import Document
from vosapp.core.editor import EditorState
from vosapp.core.history import Step, Version
from vosapp.core.mask import Digest, Mask
from vosapp.core.storage.codec import encode_document
from vosapp.core.storage.masks import Raw
from vosapp.core.storage.reader import RawMask
from vosapp.core.storage.rows import StateRow, StepRow, write_state, write_step

INTERRUPTED = "{} (interrupted)"  # label of a run that had not ended when the file was last written


class ProjectFile:
    """The writing side of a project file. Used from one thread at a time."""

    def __init__(self, connection: sqlite3.Connection, raw: Raw) -> None:
        """Begins to write a file that has its schema.

        Args:
            raw: where masks come from that the file does not hold yet.
        """
        self._connection = connection
        self._raw = raw
        self._rows: list[tuple[str, Version]] = []  # what the steps table holds
        self._stored: set[bytes] = {digest for (digest,) in connection.execute("SELECT digest FROM nodes")}
        self._mask_digests: set[Digest] = {
            digest.hex() for (digest,) in connection.execute("SELECT digest FROM masks") if isinstance(digest, bytes)
        }

    def know(self, steps: Iterable[Step]) -> None:
        """Says what the steps table holds already."""
        self._rows = [(step.label, step.version) for step in steps]

    def write(self, state: EditorState, pending: Mapping[Digest, Mask]) -> None:
        """Makes the file hold this state.

        Args:
            state: of the editor.
            pending: masks to write whether the state needs them or not.

        Raises:
            sqlite3.Error, OSError: it cannot be written; the file is as before then.
        """
        rows = _rows_of(state)
        stored, mask_digests = set(self._stored), set(self._mask_digests)
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            for digest, mask in pending.items():
                self._write_mask(digest, (mask.height, mask.width, mask.data))
            same = self._same_rows(rows)
            for position, (label, step) in enumerate(rows[same:], same):
                root = self._write_document(step.version)
                made_on = self._write_document(step.before) if step.before is not None else None
                write_step(self._connection, position, StepRow(label, root, made_on, step.size_bytes))
            if len(rows) < len(self._rows):
                self._connection.execute("DELETE FROM steps WHERE position >= ?", (len(rows),))
            head = state.head + (state.run is not None)
            write_state(self._connection, StateRow(head, len(rows), self._write_document(rows[head][1].version)))
            self._connection.execute("COMMIT")
        except BaseException:
            self._stored, self._mask_digests = stored, mask_digests
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        self._rows = [(label, step.version) for label, step in rows]

    def checkpoint(self) -> None:
        """Brings everything committed into the main file, so that a copy of it is complete."""
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _same_rows(self, rows: list[tuple[str, Step]]) -> int:
        """How many rows, from the first on, the table holds already."""
        same = 0
        for (label, step), (old_label, old_version) in zip(rows, self._rows, strict=False):
            if label != old_label or step.version is not old_version:
                break
            same += 1
        return same

    def _write_document(self, version: Version) -> bytes:
        if version.digest is not None and version.digest in self._stored:
            return version.digest
        digest, data = encode_document(version.document)
        self._write_masks_of(version.document)
        self._connection.execute("INSERT OR IGNORE INTO nodes VALUES (?, ?)", (digest, data))
        self._stored.add(digest)
        version.digest = digest
        return digest

    def _write_masks_of(self, document: Document) -> None:
        for one in document.objects:
            for cell in one.cells.values():
                for digest in (cell.base, cell.added, cell.removed, cell.soft):
                    if digest is not None and digest not in self._mask_digests:
                        raw = self._raw(digest)
                        if raw is not None:
                            self._write_mask(digest, raw)

    def _write_mask(self, digest: Digest, raw: RawMask) -> None:
        self._connection.execute("INSERT OR IGNORE INTO masks VALUES (?, ?, ?, ?)", (bytes.fromhex(digest), *raw))
        self._mask_digests.add(digest)


def _rows_of(state: EditorState) -> list[tuple[str, Step]]:
    rows = [(step.label, step) for step in state.steps]
    if state.run is not None:
        rows.insert(state.head + 1, (INTERRUPTED.format(state.run.label), state.run))
    return rows
