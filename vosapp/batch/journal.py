"""The state of every shot of a batch, on disk: what `resume`, the report and the window's table are made from."""

from __future__ import annotations

import enum
import json
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from vosapp.core.errors import UserError

_BUSY_S = 20.0
_SCHEMA = """
create table if not exists shot (
    name text primary key, place integer not null, state text not null, sentence text not null,
    facts text not null, changed real not null
) without rowid
"""


class State(enum.Enum):
    """How far a shot is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens to it by itself."""
        return self in (State.DONE, State.FAILED)


class JournalError(UserError):
    """The state of a batch cannot be read or written."""


@dataclass(frozen=True, slots=True)
class FrameToSee:
    """A frame to look at first.

    Attributes:
        number: in the clip's own numbering.
        doubt: of the most doubtful object on it, 0 to 1.
        why: names of signs of leaks.
        thumbnail: file name in the batch's folder "thumbnails", "" for none.
    """

    number: int
    doubt: float
    why: tuple[str, ...] = ()
    thumbnail: str = ""


@dataclass(frozen=True, slots=True)
class ShotFacts:
    """What is known of a shot.

    Attributes:
        source: the clip or project that the user named.
        project: its project.
        done, total: frames that pieces have finished, and that there are.
        frames: frames with a mask that the run wrote.
        doubt, worst_doubt: mean and highest of them, 0 to 1.
        to_see: the frames to look at first, the most doubtful one first.
        seconds: of work by all workers together.
        exports: where exports are.
        notes: sentences for the user.
        machines: which did pieces.
        made, kept: pieces made now, and found finished.
        looked_at: whether the user opened it since.
        detail: for whoever looks for a bug.
    """

    source: str = ""
    project: str = ""
    done: int = 0
    total: int = 0
    frames: int = 0
    doubt: float = 0.0
    worst_doubt: float = 0.0
    to_see: tuple[FrameToSee, ...] = ()
    seconds: float = 0.0
    exports: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    machines: tuple[str, ...] = ()
    made: int = 0
    kept: int = 0
    looked_at: bool = False
    detail: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ShotState:
    """One row of the journal.

    Attributes:
        name: of the shot.
        state: how far it is.
        sentence: why it failed, else "".
        facts: what is known of it.
    """

    name: str
    state: State
    sentence: str
    facts: ShotFacts


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
