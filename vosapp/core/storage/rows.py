"""The history as rows, each with a seal, so that a damaged row is noticed instead of believed."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from hashlib import blake2b

from vosapp.core.storage.fields import MAX_TEXT, DamageError

DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True)
class StepRow:
    """A stored step.

    Attributes:
        label: of the step, "" for the state that the history begins with.
        root: digest of the document after the step.
        made_on: digest of the document that the step was made on.
        size_bytes: masks that came with it.
    """

    label: str
    root: bytes
    made_on: bytes | None
    size_bytes: int


@dataclass(frozen=True, slots=True)
class StateRow:
    """Where the present is.

    Attributes:
        head: position of the last step done.
        count: number of steps.
        root: digest of the present document.
    """

    head: int
    count: int
    root: bytes


def write_step(connection: sqlite3.Connection, position: int, row: StepRow) -> None:
    """Stores a step at a position."""
    seal = _seal("step", position, row.label, row.root, row.made_on, row.size_bytes)
    connection.execute(
        "INSERT OR REPLACE INTO steps VALUES (?, ?, ?, ?, ?, ?)",
        (position, row.label, row.root, row.made_on, row.size_bytes, seal),
    )


def write_state(connection: sqlite3.Connection, row: StateRow) -> None:
    """Stores where the present is."""
    seal = _seal("state", row.head, row.count, row.root)
    connection.execute("INSERT OR REPLACE INTO state VALUES (1, ?, ?, ?, ?)", (row.head, row.count, row.root, seal))


def read_step(connection: sqlite3.Connection, position: int) -> StepRow:
    """The step at a position. Raises DamageError when it is missing or damaged."""
    row = connection.execute(
        "SELECT label, root, made_on, size_bytes, seal FROM steps WHERE position = ?", (position,)
    ).fetchone()
    if row is None:
        raise DamageError(f"step {position} is missing")
    label, root, made_on, size_bytes, seal = row
    if not (
        isinstance(label, str)
        and len(label) <= MAX_TEXT
        and _is_digest(root)
        and (made_on is None or _is_digest(made_on))
        and type(size_bytes) is int
        and size_bytes >= 0
        and seal == _seal("step", position, label, root, made_on, size_bytes)
    ):
        raise DamageError(f"step {position} is broken")
    return StepRow(label, root, made_on, size_bytes)


def read_state(connection: sqlite3.Connection) -> StateRow:
    """Where the present is. Raises DamageError when it is missing or damaged."""
    row = connection.execute("SELECT head, count, root, seal FROM state WHERE id = 1").fetchone()
    if row is None:
        raise DamageError("the present is missing")
    head, count, root, seal = row
    if not (
        type(head) is int
        and type(count) is int
        and 0 <= head < count
        and _is_digest(root)
        and seal == _seal("state", head, count, root)
    ):
        raise DamageError("the present is broken")
    return StateRow(head, count, root)


def _is_digest(value: object) -> bool:
    return isinstance(value, bytes) and len(value) == DIGEST_BYTES


def _seal(*facts: object) -> bytes:
    text = json.dumps([fact.hex() if isinstance(fact, bytes) else fact for fact in facts], separators=(",", ":"))
    return blake2b(text.encode(), digest_size=8).digest()
