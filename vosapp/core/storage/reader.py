"""The reading side of a project file. Nothing that it returns is believed before its digest fits."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from threading import Lock

from vosapp.core.document import Document
from vosapp.core.errors import MaskError
from vosapp.core.mask import Digest
from vosapp.core.storage import rows, schema1
from vosapp.core.storage.json_checks import DamageError, digest_of
from vosapp.core.storage.rows import StateRow, StepRow
from vosapp.core.storage.tree import Gaps, TreeDecoder, without_outside

RawMask = tuple[int, int, bytes]


class ProjectReader:
    """Reads a project file of any schema. May be used from any thread.

    Attributes:
        schema: number of the schema.
    """

    def __init__(
        self, connection: sqlite3.Connection, schema: int, *, on_close: Callable[[], None] = lambda: None
    ) -> None:
        """Takes over a connection to a file whose schema was checked.

        Args:
            on_close: called when the connection is closed.
        """
        self.schema = schema
        self._on_close = on_close
        self._connection = connection
        self._lock = Lock()
        self._decoding = Lock()  # the decoder remembers what it read; taken before the other lock
        self._decoder = TreeDecoder(self.node)

    def close(self) -> None:
        """Closes the connection. What is asked for afterwards cannot be read."""
        with self._lock:
            self._connection.close()
        self._on_close()

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

    def mask_digests(self) -> set[Digest]:
        """Digests of all masks in the file. Raises DamageError."""
        try:
            with self._lock:
                found = self._connection.execute("SELECT digest FROM masks").fetchall()
        except sqlite3.Error as error:
            raise DamageError(f"the masks cannot be listed, {error}") from error
        return {digest.hex() for (digest,) in found if isinstance(digest, bytes)}

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

    def document(self, digest: bytes, gaps: Gaps | None = None) -> Document:
        """A version of the document. Raises DamageError, with `gaps` only when nothing of it can be read."""
        if self.schema == 1:
            return without_outside(schema1.decode_document(self.node(digest)), gaps)
        with self._decoding:
            return self._decoder.document(digest, gaps)

    def state(self) -> StateRow:
        """Where the present is. Raises DamageError."""
        read = schema1.read_state if self.schema == 1 else rows.read_state
        try:
            with self._lock:
                return read(self._connection)
        except sqlite3.Error as error:
            raise DamageError(f"the present cannot be read, {error}") from error

    def steps(self, first: int, last: int) -> dict[int, StepRow]:
        """The steps between two positions that are whole. Raises DamageError."""
        try:
            with self._lock:
                return rows.read_steps(self._connection, first, last)
        except sqlite3.Error as error:
            raise DamageError(f"the history cannot be read, {error}") from error

    def about(self, name: str) -> str:
        """A fact about the project, "" when it is missing."""
        try:
            with self._lock:
                row = self._connection.execute("SELECT value FROM about WHERE name = ?", (name,)).fetchone()
        except sqlite3.Error:
            return ""
        return row[0] if row is not None and isinstance(row[0], str) else ""

    def _row(self, query: str, digest: bytes) -> tuple[object, ...] | None:
        with self._lock:
            row: tuple[object, ...] | None = self._connection.execute(query, (digest,)).fetchone()
            return row
