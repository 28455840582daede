"""The history as rows, each with a seal, so that a damaged row is noticed instead of believed."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from hashlib import blake2b

from vosapp.core.storage.json_checks import MAX_TEXT, DamageError, is_index

DIGEST_BYTES = 16
MAX_STEPS = 1_000_000


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
    """Order of the steps and the present one. Positions are never used again, so they only grow.

    Attributes:
        first: position of the step that the history begins with: as many were forgotten before.
        head: position of the last step done.
        last: position of the last step.
        root: digest of the present document.
    """

    first: int
    head: int
    last: int
    root: bytes


def write_step(connection: sqlite3.Connection, position: int, row: StepRow) -> None:
    """Stores a step at a position."""
    seal = seal_of("step", position, row.label, row.root, row.made_on, row.size_bytes)
    connection.execute(
        "INSERT OR REPLACE INTO steps VALUES (?, ?, ?, ?, ?, ?)",
        (position, row.label, row.root, row.made_on, row.size_bytes, seal),
    )


def write_state(connection: sqlite3.Connection, row: StateRow) -> None:
    """Stores where the present is."""
    values = row.first, row.head, row.last, row.root
    connection.execute("INSERT OR REPLACE INTO state VALUES (1, ?, ?, ?, ?, ?)", (*values, seal_of("state", *values)))


def read_steps(connection: sqlite3.Connection, first: int, last: int) -> dict[int, StepRow]:
    """The whole steps among some positions. Damaged ones are left out.

    Raises:
        sqlite3.Error: the table cannot be read.
    """
    rows = connection.execute(
        "SELECT position, label, root, made_on, size_bytes, seal FROM steps WHERE position BETWEEN ? AND ? LIMIT ?",
        (first, last, MAX_STEPS),
    )
    return {row[0]: StepRow(*row[1:5]) for row in rows if _is_whole(*row)}


def _is_whole(position: object, label: object, root: object, made_on: object, size_bytes: object, seal: object) -> bool:
    return (
        isinstance(label, str)
        and len(label) <= MAX_TEXT
        and is_digest(root)
        and (made_on is None or is_digest(made_on))
        and isinstance(size_bytes, int)
        and size_bytes >= 0
        and seal == seal_of("step", position, label, root, made_on, size_bytes)
    )


def read_state(connection: sqlite3.Connection) -> StateRow:
    """Where the present is. Raises DamageError when it is missing or damaged."""
    row = connection.execute("SELECT first, head, last, root, seal FROM state WHERE id = 1").fetchone()
    if row is None:
        raise DamageError("the present is missing")
    first, head, last, root, seal = row
    numbers = [one for one in (first, head, last) if isinstance(one, int) and is_index(one)]
    if not (
        len(numbers) == 3
        and numbers == sorted(numbers)
        and last - first < MAX_STEPS
        and is_digest(root)
        and seal == seal_of("state", first, head, last, root)
    ):
        raise DamageError("the present is broken")
    return StateRow(first, head, last, root)


def is_digest(value: object) -> bool:
    """Whether a value is the digest of a node."""
    return isinstance(value, bytes) and len(value) == DIGEST_BYTES


def seal_of(*facts: object) -> bytes:
    """What a row carries to show that it is whole: against accidents, not against forgery."""
    text = json.dumps([fact.hex() if isinstance(fact, bytes) else fact for fact in facts], separators=(",", ":"))
    return blake2b(text.encode(), digest_size=8).digest()
