"""The reading side of a project file. Nothing that it returns is believed before its digest fits."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import partial
from threading import Lock

from vosapp.core.document import Document
from vosapp.core.errors import MaskError
from vosapp.core.history import History, Step, Version
from vosapp.core.mask import Digest
from vosapp.core.storage.codec import decode_document
from vosapp.core.storage.fields import DamageError, digest_of
from vosapp.core.storage.rows import read_state, read_step

RawMask = tuple[int, int, bytes]


class ProjectReader:
    """Reads a project file. May be used from any thread."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Takes over a connection."""
        self._connection = connection
        self._lock = Lock()

    def close(self) -> None:
        """Closes the connection. What is asked for afterwards is missing."""
        with self._lock:
            self._connection.close()

    def mask(self, digest: Digest) -> RawMask | None:
        """(height, width, data) of a mask, unchecked; None when it is missing. Raises MaskError."""
        try:
            row = self._row("SELECT height, width, data FROM masks WHERE digest = ?", bytes.fromhex(digest))
        except sqlite3.Error as error:
            raise MaskError("A mask cannot be read from the project file.", str(error)) from error
        if row is None:
            return None
        height, width, data = row
        if not (isinstance(height, int) and isinstance(width, int) and isinstance(data, bytes)):
            raise MaskError("A stored mask is damaged.")
        return height, width, data

    def node(self, digest: bytes) -> bytes:
        """A part of a document. Raises DamageError when it is missing or damaged."""
        try:
            row = self._row("SELECT data FROM nodes WHERE digest = ?", digest)
        except sqlite3.Error as error:
            raise DamageError(f"a part of the document cannot be read, {error}") from error
        if row is None:
            raise DamageError("a part of the document is missing")
        data = row[0]
        if not isinstance(data, bytes) or digest_of(data) != digest:
            raise DamageError("a part of the document is broken")
        return data

    def history(self, load: Callable[[bytes], Document]) -> History:
        """The stored history. The present is read at once, other versions when they are needed.

        Args:
            load: reads a version by its digest, now and later.

        Raises:
            DamageError: it is broken.
            sqlite3.Error: it cannot be read.
        """
        versions: dict[bytes, Version] = {}

        def version(digest: bytes) -> Version:
            if digest not in versions:
                versions[digest] = Version(load=partial(load, digest), digest=digest)
            return versions[digest]

        with self._lock:
            state = read_state(self._connection)
            rows = [read_step(self._connection, position) for position in range(state.count)]
        steps = [
            Step(row.label, version(row.root), version(row.made_on) if row.made_on else None, row.size_bytes)
            for row in rows
        ]
        _ = steps[state.head].version.document
        return History.of_steps(steps, state.head)

    def document(self, digest: bytes) -> Document:
        """A version of the document. Raises DamageError."""
        return decode_document(self.node(digest))

    def _row(self, query: str, digest: bytes) -> tuple[object, ...] | None:
        with self._lock:
            row: tuple[object, ...] | None = self._connection.execute(query, (digest,)).fetchone()
            return row
