"""RunContext: what every engine is built with to report, to notice a cancel and to know what to do without memory."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Protocol


class MemoryPolicy(enum.Enum):
    """Behaviour of an engine when memory runs out."""

    SMALLER_STEPS = "smaller steps"  # goes on in its next declared step and reports it
    STOP = "stop"  # ends with an EngineError: a measurement in smaller steps would not be of this engine


class Report(Protocol):
    """Takes one sentence that the user has to know about the run."""

    def __call__(self, sentence: str, /) -> None: ...


class LearningProgress(Protocol):
    """Takes how many of its steps an engine has learnt that learns before its first frame."""

    def __call__(self, done: int, total: int, /) -> None: ...


class CheckCancel(Protocol):
    """Raises Cancelled when the run is to stop."""

    def __call__(self) -> None: ...


def _no_report(_sentence: str, /) -> None:
    """Takes no notice."""


def _no_progress(_done: int, _total: int, /) -> None:
    """Takes no notice."""


def _never_cancelled() -> None:
    """Goes on."""


@dataclass(frozen=True, slots=True)
class RunContext:
    """The run that an engine is built for, as it sees it. The default reports to nobody and is never cancelled.

    Attributes:
        report: takes a sentence for the user, such as that memory ran out.
        learning: is told how far an engine is that learns before its first frame.
        check: called now and then in what takes long; raises Cancelled.
        memory: what to do when memory runs out.
    """

    report: Report = _no_report
    learning: LearningProgress = _no_progress
    check: CheckCancel = _never_cancelled
    memory: MemoryPolicy = MemoryPolicy.SMALLER_STEPS
