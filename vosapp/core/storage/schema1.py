"""Reading projects of schema 1, which kept each version of the document as one node. Nothing writes it any more."""

from __future__ import annotations

import sqlite3

from vosapp.core.document import Document, RotoObject
from vosapp.core.frame_map import FrameMap
from vosapp.core.storage.cell_columns import decode_cells
from vosapp.core.storage.codec import HEAD_NAMES, MAX_OBJECTS, TRAIT_NAMES, decode_head, decode_traits
from vosapp.core.storage.json_checks import MAX_INDEX, DamageError, is_index, items, mapping, reject_unknown, unpack
from vosapp.core.storage.rows import MAX_STEPS, StateRow, is_digest, seal_of

TABLES = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE masks (digest BLOB PRIMARY KEY, height INTEGER NOT NULL, width INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE nodes (digest BLOB PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE steps (position INTEGER PRIMARY KEY, label TEXT NOT NULL, root BLOB NOT NULL, made_on BLOB,
    size_bytes INTEGER NOT NULL, seal BLOB NOT NULL);
CREATE TABLE state (id INTEGER PRIMARY KEY CHECK (id = 1), head INTEGER NOT NULL, count INTEGER NOT NULL,
    root BLOB NOT NULL, seal BLOB NOT NULL);
"""


def read_state(connection: sqlite3.Connection) -> StateRow:
    """Where the present is. Raises DamageError when it is missing or damaged."""
    row = connection.execute("SELECT head, count, root, seal FROM state WHERE id = 1").fetchone()
    if row is None:
        raise DamageError("the present is missing")
    head, count, root, seal = row
    if not (isinstance(head, int) and isinstance(count, int) and is_index(head) and head < count <= MAX_STEPS):
        raise DamageError("the present is broken")
    if not is_digest(root) or seal != seal_of("state", head, count, root):
        raise DamageError("the present is broken")
    return StateRow(0, head, count - 1, root)


def decode_document(data: bytes) -> Document:
    """The document of its one node. Raises DamageError."""
    content, _ = unpack(data)
    reject_unknown(content, HEAD_NAMES | {"objects"})
    return decode_head(content, tuple(_decode_object(one) for one in items(content, "objects", MAX_OBJECTS)))


def _decode_object(content: object) -> RotoObject:
    if not isinstance(content, dict):
        raise DamageError("an object is of the wrong kind")
    reject_unknown(content, TRAIT_NAMES | {"cells"})
    cells = FrameMap(decode_cells(mapping(content, "cells"), 0, MAX_INDEX))
    return decode_traits(content).with_cells(cells)
