"""What is known of a shot of a batch: its state and the facts of the report, as frozen values."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field


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
