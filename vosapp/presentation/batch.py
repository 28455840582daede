"""What the window shows of a batch: rows in words, what can be done, what to look at next. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vosapp.batch.report import review_queue
from vosapp.batch.shot_state import ShotState, State
from vosapp.presentation.status import NoticeKind
from vosapp.presentation.text.formatting import duration

COLUMNS = ("Shot", "State", "Frames", "Doubt", "Work", "To look at first")
_WORDS = {State.WAITING: "waiting", State.RUNNING: "running", State.DONE: "done", State.FAILED: "failed"}


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One shot in words.

    Attributes:
        name: of the shot.
        cells: a text for each of `COLUMNS`.
        kind: how the state is coloured.
        fraction: finished part of its frames, 0 to 1.
        project: its project.
        sentence: why it failed, or what there is to know; "" for nothing.
        can_open: whether there is something to look at.
    """

    name: str
    cells: tuple[str, ...]
    kind: NoticeKind
    fraction: float
    project: str
    sentence: str
    can_open: bool


@dataclass(frozen=True, slots=True)
class BatchDisplay:
    """The whole dialog.

    Attributes:
        title: which list it is.
        rows: of all shots, in the order of the list.
        summary: one line about all of them.
        running: whether the batch goes on in this window.
        can_start: whether anything is left to do.
        can_retry: whether anything failed.
        add: why the open shot cannot be added, "" when it can.
        next_to_see: shots to look at, the most doubtful one first.
        problem: what went wrong with the batch itself, "" for nothing.
    """

    title: str
    rows: tuple[BatchRow, ...]
    summary: str
    running: bool
    can_start: bool
    can_retry: bool
    add: str
    next_to_see: tuple[str, ...]
    problem: str = ""


def resolve_batch(
    title: str, rows: Sequence[ShotState], *, running: bool, add: str = "", problem: str = ""
) -> BatchDisplay:
    """What the dialog shows of these rows; other arguments as in `BatchDisplay`."""
    states = [row.state for row in rows]
    waiting = sum(not state.is_over for state in states)
    return BatchDisplay(
        title,
        tuple(_row(row, running=running) for row in rows),
        _summary(rows),
        running,
        can_start=not running and waiting > 0,
        can_retry=not running and State.FAILED in states,
        add=add,
        next_to_see=tuple(row.name for row in review_queue(rows)),
        problem=problem,
    )


def _row(row: ShotState, *, running: bool) -> BatchRow:
    facts = row.facts
    is_done = row.state is State.DONE
    word = "interrupted" if row.state is State.RUNNING and not running else _WORDS[row.state]
    if is_done:
        word = "looked at" if facts.looked_at else "done"
    frames = f"{facts.done} of {facts.total}" if facts.total and not is_done else str(facts.frames or "")
    cells = (
        row.name,
        word,
        frames,
        f"{facts.worst_doubt:.2f}" if is_done else "",
        duration(facts.seconds) if facts.seconds else "",
        ", ".join(str(one.number) for one in facts.to_see) if is_done else row.sentence,
    )
    kind = {State.FAILED: NoticeKind.ERROR, State.DONE: NoticeKind.GOOD}.get(row.state, NoticeKind.INFO)
    fraction = 1.0 if is_done else (facts.done / facts.total if facts.total else 0.0)
    sentence = row.sentence or "\n".join(facts.notes)
    return BatchRow(row.name, cells, kind, fraction, facts.project, sentence, can_open=bool(facts.project))


def _summary(rows: Sequence[ShotState]) -> str:
    if not rows:
        return "No shots yet. Add the open shot, or open a job file."
    counts = {state: sum(row.state is state for row in rows) for state in State}
    said = ", ".join(f"{counts[state]} {_WORDS[state]}" for state in State if counts[state])
    return f"{len(rows)} {'shot' if len(rows) == 1 else 'shots'}: {said}"
