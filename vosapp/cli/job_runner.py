"""Runs a job in the calling thread: progress on a terminal or as JSON lines, Ctrl+C cancels."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, TypeVar

from vosapp.cli.app import silence_stdout
from vosapp.core.errors import Cancelled, EngineError, UserError
from vosapp.core.plain_text import json_text, printable
from vosapp.engine.job import Job, Outcome, Progress
from vosapp.presentation.text.progress import progress_words

T = TypeVar("T")

_BAR = 24


class Reporter:
    """Tells how a command goes on.

    With JSON, one object a line on standard output, {"event": "progress" | "note" | "warning" | "result", ...}.
    Without, a line that renews itself on a terminal's standard error, and nothing where that is not a terminal.
    """

    def __init__(self, as_json: bool) -> None:
        self._as_json = as_json
        self.first_number = 0  # that the screen shows for the clip's first frame
        self._live = not as_json and sys.stderr.isatty()
        self._open = False

    def progress(self, progress: Progress) -> None:
        """Shows how far a job is."""
        words = progress_words(progress, self.first_number)
        if self._as_json:
            left = progress.seconds_left
            self._line(
                event="progress",
                done=progress.done,
                total=progress.total,
                fps=round(progress.frames_per_second, 2),
                seconds_left=None if left is None else round(left, 1),
                stage=progress.stage.value,
                frame=None if progress.frame is None else progress.frame + self.first_number,
                note=progress.note,
                message=words,
            )
        elif self._live:
            sys.stderr.write(f"\r{printable(_bar(progress, words))}\x1b[K")
            sys.stderr.flush()
            self._open = True

    def warning(self, sentence: str) -> None:
        """Tells something that the user should know."""
        self.end_line()
        if self._as_json:
            self._line(event="warning", message=sentence)
        else:
            print(f"vosapp: note: {printable(sentence)}", file=sys.stderr)

    def note(self, sentence: str) -> None:
        """Tells what was understood, before the work begins."""
        self.end_line()
        if self._as_json:
            self._line(event="note", message=sentence)
        else:
            print(f"vosapp: {printable(sentence)}", file=sys.stderr)

    def shot(self, sentence: str, **facts: Any) -> None:
        """Tells of one shot of several: a sentence for people, facts for machines."""
        self.end_line()
        if self._as_json:
            self._line(event="shot", **facts)
        else:
            print(printable(sentence, keep="\n"))

    def result(self, sentence: str, **facts: Any) -> None:
        """Tells the outcome: a sentence for people, facts for machines."""
        self.end_line()
        if self._as_json:
            self._line(event="result", **facts)
        else:
            print(printable(sentence))

    def end_line(self) -> None:
        """Leaves the line of the progress."""
        if self._open:
            sys.stderr.write("\n")
            self._open = False

    def _line(self, **content: Any) -> None:
        try:
            print(json_text(content), flush=True)
        except BrokenPipeError:  # as of `| head -1`; the work goes on, it is for the files
            silence_stdout()


def run_job(job: Job[T], reporter: Reporter) -> T:
    """Runs a job and returns its value.

    Raises:
        UserError: the job failed; errors that no user can act on are named as what they are.
        Cancelled: the user pressed Ctrl+C.
    """
    with _interrupts_cancel(job):
        result = job.run(reporter.progress)
    reporter.end_line()
    if result.outcome is Outcome.CANCELLED:
        raise Cancelled
    if isinstance(result.error, UserError):
        raise result.error
    if result.error is not None:
        where = "" if result.frame is None else f" after frame {result.frame + reporter.first_number}"
        name = type(result.error).__name__
        raise EngineError(f"{job.title} broke{where}: {name}: {result.error}") from result.error
    return result.value  # type: ignore[return-value]  # a job that is done has its body's value


@contextmanager
def _interrupts_cancel(job: Job[T]) -> Iterator[None]:
    """The first Ctrl+C asks the job to stop at its next frame; a second one does not wait for that."""

    def cancel(_number: int, _frame: FrameType | None) -> None:
        job.cancel()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, cancel)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _bar(progress: Progress, words: str) -> str:
    filled = round(progress.fraction * _BAR)
    parts = [f"[{'#' * filled}{'.' * (_BAR - filled)}] {progress.done}/{progress.total}"]
    if progress.frames_per_second:
        parts.append(f"{progress.frames_per_second:.1f} frames/s")
    if progress.seconds_left is not None:
        parts.append(f"{progress.seconds_left:.0f} s left")
    parts.append(words)
    return "  ".join(parts)
