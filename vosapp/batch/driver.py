"""The driver: takes shots through their steps, keeps their state on disk, and lets one shot's trouble be its own.

It decides nothing about where and when a task runs; that is the workers' or Ray's. It hands over as many tasks as
keep all workers busy, so that its memory does not grow with the number of shots.
"""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field, replace
from pathlib import Path

from vosapp.batch.journal import Journal, JournalError, journal_path
from vosapp.batch.report import write_report
from vosapp.batch.settings import JobFile
from vosapp.batch.shot_state import ShotFacts, State
from vosapp.batch.shot_steps import ShotRun, Steps
from vosapp.batch.shots import Shot, shots_of
from vosapp.batch.tasks import Done, Ending, Failed, PieceTask, Task, Why
from vosapp.batch.work import why_of
from vosapp.batch.workers import Workers
from vosapp.core.errors import UserError
from vosapp.core.storage.lock import LockedError, LockUnsupportedError, ProjectLock
from vosapp.engine.job import JobContext, Stage

_TICK_S = 0.25  # between looks at whether the user cancelled
_FULL = "The disk is full"
_UNLUCKY = 20  # how often a task may be kept from beginning by what befell others


class BatchError(UserError):
    """A batch cannot begin or go on."""


@dataclass(slots=True)
class _Active:
    """A shot whose steps are under way.

    Attributes:
        waiting: positions of its tasks that were not handed over yet.
        out: how many are with workers.
        done: what came back, by position.
        failed: what ends it, once what is out has come back.
    """

    run: ShotRun
    steps: Steps
    tasks: list[Task] = field(default_factory=list)
    waiting: deque[int] = field(default_factory=deque)
    out: int = 0
    done: dict[int, Done] = field(default_factory=dict)
    tries: dict[tuple[int, Why], int] = field(default_factory=dict)
    failed: Failed | None = None


@dataclass(frozen=True, slots=True)
class BatchResult:
    """How a batch ended.

    Attributes:
        done, failed: numbers of shots.
        report: the HTML report.
    """

    done: int
    failed: int
    report: Path


def prepared_folder(file: JobFile) -> Path:
    """The batch's folder with what belongs in it. Raises BatchError."""
    folder = file.batch_folder
    try:
        for name in ("pieces", "thumbnails"):
            (folder / name).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BatchError(f"{folder} cannot be made: {error.strerror or error}.") from error
    return folder


def batch_body(
    file: JobFile,
    make_workers: Callable[[], Workers],
    *,
    shots: Sequence[Shot] | None = None,
    retry: bool = False,
    told: Callable[[str, State, ShotFacts, str], None] = lambda *_: None,
) -> Callable[[JobContext], BatchResult]:
    """A body for `Job` that runs a batch, or goes on with one.

    Args:
        file: the job file.
        make_workers: called once the batch may begin.
        shots: all shots of the file, where they are known already.
        retry: whether shots that failed are tried again.
        told: called in the thread of the job when the state of a shot changes: name, state, facts, sentence.
    """

    def body(context: JobContext) -> BatchResult:
        folder = prepared_folder(file)
        try:
            lock = ProjectLock(folder / "driver")
        except LockedError as error:
            raise BatchError(
                f"The batch {file.path} is running already: {error}.", "Wait for it, or stop it."
            ) from error
        except LockUnsupportedError as error:
            raise BatchError(f"{folder} cannot be locked: {error}.", "Put the job file on another disk.") from error
        try:
            return _Driver(file, folder, make_workers, context=context, told=told).run(
                shots_of(file) if shots is None else shots, retry=retry
            )
        finally:
            lock.release()

    return body


class _Driver:
    def __init__(
        self,
        file: JobFile,
        folder: Path,
        make_workers: Callable[[], Workers],
        *,
        context: JobContext,
        told: Callable[[str, State, ShotFacts, str], None],
    ) -> None:
        self._file, self._folder, self._make_workers = file, folder, make_workers
        self._context, self._told = context, told
        self._journal = Journal(journal_path(folder))
        self._out: dict[Future[Ending], tuple[_Active, int]] = {}
        self._active: deque[_Active] = deque()
        self._over = 0
        self._total = 0
        self._full = ""

    def run(self, shots: Sequence[Shot], *, retry: bool) -> BatchResult:
        """Runs every shot that is not over."""
        try:
            self._journal.enter((shot.name, ShotFacts(shot.source, str(shot.project))) for shot in shots)
            before = {row.name: row.state for row in self._journal.rows()}
            again = [name for name, state in before.items() if state is State.FAILED] if retry else []
            self._journal.reset(again)
            over = {name for name, state in before.items() if state.is_over} - set(again)
            queue = deque(shot for shot in shots if shot.name not in over)
            self._total, self._over = len(shots), len(shots) - len(queue)
            self._context.progress(self._over, self._total, Stage.WORKING)
            if queue:
                self._work(queue)
            return self._ended()
        finally:
            self._journal.close()

    def _work(self, queue: deque[Shot]) -> None:
        workers = self._make_workers()
        at_once = True
        try:
            while queue or self._active:
                self._context.check()
                self._hand_over(queue, workers)
                if self._out:
                    ended, _ = wait(self._out, timeout=_TICK_S, return_when=FIRST_COMPLETED)
                    for future in ended:
                        self._take(*self._out.pop(future), future.result())
                elif self._full:
                    break
            at_once = False
        finally:
            workers.close(at_once=at_once)
        if self._full:
            raise BatchError(f"{_FULL}, so the batch stopped: {self._full}", "Free space, then vosapp batch resume.")

    def _hand_over(self, queue: deque[Shot], workers: Workers) -> None:
        """Gives workers as much as keeps them busy, of shots under way first."""
        while len(self._out) < workers.capacity and not self._full:
            active = next((one for one in self._active if one.waiting and one.failed is None), None)
            if active is not None:
                place = active.waiting.popleft()
                active.out += 1
                future = workers.submit(active.tasks[place], uuid.uuid4().hex)
                self._out[future] = (active, place)
            elif queue:
                self._begin(queue.popleft(), workers)
            else:
                return

    def _begin(self, shot: Shot, workers: Workers) -> None:
        run = ShotRun(
            shot,
            self._folder,
            self._file.limits,
            self._file.machines,
            workers.shares_disk,
            lambda facts: self._put(shot.name, State.RUNNING, facts),
        )
        active = _Active(run, run.steps())
        self._active.append(active)
        self._go_on(active)

    def _take(self, active: _Active, place: int, ending: Ending) -> None:
        """What a worker gave back."""
        active.out -= 1
        if isinstance(ending, Done):
            active.done[place] = ending
            task = active.tasks[place]
            if isinstance(task, PieceTask):
                active.run.piece_done(len(task.piece.frames))
        elif self._is_tried_again(active, place, ending.why):
            active.waiting.append(place)
        else:
            active.failed = active.failed or ending
            active.waiting.clear()
        if active.out == 0 and active.failed is not None:
            self._fail(active, active.failed)
        elif len(active.done) == len(active.tasks):
            self._go_on(active)

    def _is_tried_again(self, active: _Active, place: int, why: Why) -> bool:
        """Whether a task that was not done is handed over once more; counts it."""
        allowed = {Why.WORKER_LOST: self._file.limits.retries, Why.NOT_BEGUN: _UNLUCKY}.get(why, 0)
        key = place, why
        active.tries[key] = active.tries.get(key, 0) + 1
        return active.failed is None and active.tries[key] <= allowed

    def _go_on(self, active: _Active) -> None:
        """The next step of a shot, with all that the last one gave."""
        try:
            while True:
                results = [active.done[place] for place in range(len(active.tasks))]
                active.tasks = active.steps.send(results) if active.tasks else next(active.steps)
                active.waiting, active.done, active.tries = deque(range(len(active.tasks))), {}, {}
                if active.tasks:
                    return
        except StopIteration:
            self._end(active, State.DONE)
        except JournalError:
            raise
        except UserError as error:
            self._fail(active, Failed(str(error), why_of(error)))
        except OSError as error:
            self._fail(active, Failed(f"{error.filename or ''}: {error.strerror or error}.", why_of(error)))

    def _fail(self, active: _Active, failed: Failed) -> None:
        """Ends a shot with its sentence; a full disk ends the batch instead, and the shot waits."""
        if failed.why is Why.DISK_FULL:
            self._full = self._full or failed.sentence
            self._end(active, State.WAITING)
        else:
            self._end(active, State.FAILED, failed)

    def _end(self, active: _Active, state: State, failed: Failed | None = None) -> None:
        self._active.remove(active)
        facts = active.run.facts
        if failed is not None and failed.detail:
            facts = replace(facts, detail=failed.detail)
        self._put(active.run.shot.name, state, facts, failed)
        if state.is_over:
            self._over += 1
            self._context.progress(self._over, self._total, Stage.WORKING)

    def _put(self, name: str, state: State, facts: ShotFacts, failed: Failed | None = None) -> None:
        self._journal.put(name, state, facts, failed.sentence if failed is not None else "")
        self._told(name, state, facts, failed.sentence if failed is not None else "")

    def _ended(self) -> BatchResult:
        rows = self._journal.rows()
        report = write_report(self._folder, self._file.path.name, rows)
        states = [row.state for row in rows]
        return BatchResult(states.count(State.DONE), states.count(State.FAILED), report)
