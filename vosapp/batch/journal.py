"""The state of every shot of a batch, on disk: what `resume`, the report and the window's table are made from."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path

from vosapp.batch.shot_state import FrameToSee, ShotFacts, ShotState, State
from vosapp.core.errors import UserError

_BUSY_S = 20.0
_SCHEMA = """
create table if not exists shot (
    name text primary key, place integer not null, state text not null, sentence text not null,
    facts text not null, changed real not null
) without rowid
"""


class JournalError(UserError):
    """The state of a batch cannot be read or written."""


class Journal:
    """The rows of one batch. Each change is on disk when a call returns; several processes may read it."""

    def __init__(self, path: Path) -> None:
        """Opens or makes it. Raises JournalError."""
        self._path = path
        try:
            self._connection = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)
            self._connection.execute("pragma journal_mode = wal")
            self._connection.execute("pragma synchronous = normal")
            self._connection.execute(_SCHEMA)
        except sqlite3.Error as error:
            raise JournalError(f"{path} cannot be opened: {error}.", "Delete it to begin the batch anew.") from error

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()

    def enter(self, shots: Iterable[tuple[str, ShotFacts]]) -> None:
        """Takes shots in, in their order; those that are known keep their state, those that left go."""
        rows = [(name, n, State.WAITING.value, "", _text(facts), time.time()) for n, (name, facts) in enumerate(shots)]
        with self._transaction() as connection:
            known = {name for (name,) in connection.execute("select name from shot")}
            gone = known - {row[0] for row in rows}
            connection.executemany("delete from shot where name = ?", [(name,) for name in gone])
            connection.executemany(
                "insert into shot values (?, ?, ?, ?, ?, ?) on conflict (name) do update set place = excluded.place",
                rows,
            )

    def put(self, name: str, state: State, facts: ShotFacts, sentence: str = "") -> None:
        """Changes a row."""
        with self._transaction() as connection:
            connection.execute(
                "update shot set state = ?, sentence = ?, facts = ?, changed = ? where name = ?",
                (state.value, sentence, _text(facts), time.time(), name),
            )

    def reset(self, names: Iterable[str]) -> None:
        """Lets shots begin again; finished pieces stay."""
        with self._transaction() as connection:
            connection.executemany(
                "update shot set state = ?, sentence = '' where name = ?",
                [(State.WAITING.value, name) for name in names],
            )

    def look_at(self, name: str) -> None:
        """Notes that the user opened a shot."""
        for row in self.rows():
            if row.name == name:
                self.put(name, row.state, replace(row.facts, looked_at=True), row.sentence)

    def rows(self) -> list[ShotState]:
        """All rows in the order of the job file."""
        return list(self._rows())

    def _rows(self) -> Iterator[ShotState]:
        try:
            found = self._connection.execute("select name, state, sentence, facts from shot order by place").fetchall()
            for name, state, sentence, facts in found:
                yield ShotState(name, State(state), sentence, _facts(facts))
        except (sqlite3.Error, ValueError, TypeError) as error:
            raise JournalError(
                f"{self._path} cannot be read: {error}.", "Delete it to begin the batch anew; finished pieces stay."
            ) from error

    def _transaction(self) -> _Transaction:
        return _Transaction(self._connection, self._path)


class _Transaction:
    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection, self._path = connection, path

    def __enter__(self) -> sqlite3.Connection:
        try:
            self._connection.execute("begin immediate")
        except sqlite3.Error as error:
            raise self._wrong(error) from error
        return self._connection

    def __exit__(self, kind: object, error: BaseException | None, _trace: object) -> None:
        try:
            self._connection.execute("commit" if error is None else "rollback")
        except sqlite3.Error as failed:
            raise self._wrong(failed) from failed
        if isinstance(error, sqlite3.Error):
            raise self._wrong(error) from error

    def _wrong(self, error: sqlite3.Error) -> JournalError:
        return JournalError(
            f"{self._path} cannot be written: {error}.", "Free space on its disk, then vosapp batch resume."
        )


def read_rows(folder: Path) -> list[ShotState]:
    """The rows of the batch in a folder; none where it never ran."""
    path = journal_path(folder)
    if not path.exists():
        return []
    with closing(Journal(path)) as journal:
        return journal.rows()


def journal_path(folder: Path) -> Path:
    """Where the journal of a batch is."""
    return folder / "state.sqlite"


def _text(facts: ShotFacts) -> str:
    return json.dumps(asdict(facts))


def _facts(text: str) -> ShotFacts:
    values = json.loads(text)
    values["to_see"] = tuple(FrameToSee(**one | {"why": tuple(one["why"])}) for one in values["to_see"])
    for key in ("exports", "notes", "machines"):
        values[key] = tuple(values[key])
    return ShotFacts(**values)
