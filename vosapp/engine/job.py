"""One background run: a body of work with progress, cancel and exactly one ending. Knows no Qt and no threads.

The window runs a job in a thread of its own, the command line in the calling thread; both run the same bodies.
"""

from __future__ import annotations

import enum
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from vosapp.core.errors import Cancelled, EngineError

T = TypeVar("T")

REPORT_INTERVAL_S = 1 / 30  # what a screen can show; more only costs
_RATE_WINDOW = 24  # frames over which the rate is measured: follows a change of speed within about a second


class Outcome(enum.Enum):
    """End of a job."""

    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Stage(enum.Enum):
    """Stage of a job. The words for it are made in `vosapp.presentation.text.progress`."""

    WORKING = "working"
    PREPARING = "preparing"
    LEARNING = "learning"
    PROPAGATING = "propagating"
    SEARCHING = "searching"
    READING_ALPHA = "reading alpha"
    READING_MASKS = "reading masks"
    WRITING = "writing"
    CHECKING = "checking"
    FITTING_SHAPES = "fitting shapes"


@dataclass(frozen=True, slots=True)
class Progress:
    """Progress of a job.

    Attributes:
        done, total: frames (or other steps) finished and to do in all.
        frames_per_second: over the last frames; 0 while unknown.
        seconds_left: estimate; None while unknown.
        stage: what is happening.
        frame: index of the frame that was worked on last, 0-based; None where a stage has none.
        note: what the user has to know about the job, or the name of the network that works; "" for nothing.
    """

    done: int
    total: int
    frames_per_second: float = 0.0
    seconds_left: float | None = None
    stage: Stage = Stage.WORKING
    frame: int | None = None
    note: str = ""

    @property
    def fraction(self) -> float:
        """Finished part, 0 to 1."""
        return min(1.0, self.done / self.total) if self.total > 0 else 0.0


@dataclass(frozen=True, slots=True)
class JobResult(Generic[T]):
    """The ending of a job: a value when done, an error when failed, neither when cancelled.

    Attributes:
        outcome: which of the three.
        value: what the body returned, only when done.
        error: what the body raised, only when failed. A `UserError` is for the user's eyes, anything else is a bug.
        frame: index of the frame that was finished last before it failed; None where there is none.
    """

    outcome: Outcome
    value: T | None = None
    error: Exception | None = None
    frame: int | None = None


class JobContext:
    """A job as its body sees it, in the thread that runs the body.

    Attributes:
        frame: of the last progress, whether a report of it went out or not.
    """

    def __init__(
        self,
        cancel_event: threading.Event,
        report: Callable[[Progress], None],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._cancel_event = cancel_event
        self._report = report
        self._clock = clock
        self._reported_at = -1.0
        self._stage = Stage.WORKING
        self._note = ""
        self.frame: int | None = None
        self._marks: deque[tuple[float, int]] = deque(maxlen=_RATE_WINDOW + 1)

    def cancelled(self) -> bool:
        """Whether the user asked the job to stop."""
        return self._cancel_event.is_set()

    def check(self) -> None:
        """Raises Cancelled when the user asked the job to stop. Bodies call it once a frame."""
        if self.cancelled():
            raise Cancelled

    def progress(
        self, done: int, total: int, stage: Stage | None = None, *, frame: int | None = None, note: str | None = None
    ) -> None:
        """Tells how far the body is; may be called as often as it likes.

        At most 30 reports a second go out; the first, the last and every new stage and note always do.

        Args:
            done, total: steps finished and in all.
            stage: what is happening; None for the same as before.
            frame: index of the frame that was worked on last.
            note: what the user has to know; None for the same as before.
        """
        now = self._clock()
        self.frame = frame
        before = self._stage, self._note
        self._stage = self._stage if stage is None else stage
        self._note = self._note if note is None else note
        news = (self._stage, self._note) != before
        if not self._marks or done != self._marks[-1][1]:
            self._marks.append((now, done))
        if news or done >= total or self._reported_at < 0 or now - self._reported_at >= REPORT_INTERVAL_S:
            self._reported_at = now
            rate = self._rate()
            left = (total - done) / rate if rate > 0 else None
            self._report(Progress(done, total, rate, left, self._stage, frame, self._note))

    def _rate(self) -> float:
        (first_time, first_done), (last_time, last_done) = self._marks[0], self._marks[-1]
        if last_time <= first_time or last_done <= first_done:
            return 0.0
        return (last_done - first_done) / (last_time - first_time)


class Job(Generic[T]):
    """A body of work that runs once and ends as exactly one of done, cancelled, failed.

    `cancel` may be called from any thread, also before the start. Everything else belongs to the thread that runs.
    """

    def __init__(self, body: Callable[[JobContext], T], title: str = "") -> None:
        self.title = title
        self._body = body
        self._cancel_event = threading.Event()
        self._started = threading.Lock()

    def cancel(self) -> None:
        """Asks the body to stop at its next frame."""
        self._cancel_event.set()

    def run(self, on_progress: Callable[[Progress], None] | None = None) -> JobResult[T]:
        """Runs the body in the calling thread and returns how it ended; raises nothing that the body raised.

        Args:
            on_progress: called in this thread, at most about 30 times a second.

        Raises:
            EngineError: the job ran before.
        """
        if not self._started.acquire(blocking=False):
            raise EngineError("This job ran before.", "Make a new one.")
        context = JobContext(self._cancel_event, on_progress or (lambda _: None))
        try:
            context.check()
            return JobResult(Outcome.DONE, value=self._body(context))
        except Cancelled:
            return JobResult(Outcome.CANCELLED)
        except MemoryError:
            return JobResult(
                Outcome.FAILED,
                error=EngineError("This computer ran out of memory.", "Close other programs or use a smaller range."),
            )
        except Exception as error:  # noqa: BLE001 - the one place where a run's errors end; shown by whoever runs it
            return JobResult(Outcome.FAILED, error=error, frame=context.frame)
