"""Processes on this machine, each with its own budget. One that dies takes its task along and nothing else."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, InvalidStateError
from contextlib import suppress

from pebble import ProcessExpired, ProcessPool

from vosapp.batch.budget import begin_worker, take_stall
from vosapp.batch.settings import Limits
from vosapp.batch.tasks import Ending, Failed, Task, Why
from vosapp.batch.work import do

Act = Callable[[Task, str], Ending]

_TASKS_AHEAD = 2  # handed over for each worker, so that none waits for the driver


class LocalWorkers:
    """A pool of processes (Pebble's), started fresh and not forked: libraries with threads do not survive a fork."""

    shares_disk = True
    title = "local"

    def __init__(self, limits: Limits, act: Act = do) -> None:
        """Starts no process yet. `act` is what a worker does with a task and its id."""
        self._act, self._threads = act, limits.threads
        self.count = limits.workers or max(1, (os.cpu_count() or 1) // limits.threads)
        self.capacity = _TASKS_AHEAD * self.count
        self._out: dict[Future[Ending], None] = {}
        self._pool = self._new_pool()

    def submit(self, task: Task, task_id: str) -> Future[Ending]:
        """See `Workers.submit`."""
        answer: Future[Ending] = Future()

        def ended(future: Future[Ending]) -> None:
            _answer(answer, lambda: _ending(future, task, task_id))

        try:
            scheduled = self._pool.schedule(self._act, args=[task, task_id])
        except RuntimeError:  # a worker died while none had a task, which breaks the pool
            self._renew()
            scheduled = self._pool.schedule(self._act, args=[task, task_id])
        self._out[answer] = None
        scheduled.add_done_callback(ended)
        return answer

    def tend(self) -> None:
        """See `Workers.tend`."""
        for answer in [one for one in self._out if one.done()]:
            del self._out[answer]
        if self._out and not self._pool.active:
            self._renew()

    def close(self, *, at_once: bool) -> None:
        """See `Workers.close`."""
        _end(self._pool, at_once=at_once)

    def _new_pool(self) -> ProcessPool:
        return ProcessPool(
            max_workers=self.count,
            context=multiprocessing.get_context("spawn"),
            initializer=begin_worker,
            initargs=[self._threads],
        )

    def _renew(self) -> None:
        """Another pool for one that broke. What it had taken and not done is to be tried again."""
        broken, self._pool = self._pool, self._new_pool()
        lost_ones, self._out = self._out, {}
        _end(broken, at_once=True)
        for answer in lost_ones:
            _answer(answer, lambda: Failed("Its worker died before it began.", Why.NOT_BEGUN))


def _answer(answer: Future[Ending], make: Callable[[], Ending]) -> None:
    """Sets an answer that another thread may have set."""
    ending = make()
    with suppress(InvalidStateError):
        answer.set_result(ending)


def _end(pool: ProcessPool, *, at_once: bool) -> None:
    if at_once:
        pool.stop()  # type: ignore[no-untyped-call]
    else:
        pool.close()  # type: ignore[no-untyped-call]
    pool.join()


def _ending(future: Future[Ending], task: Task, task_id: str) -> Ending:
    try:
        return future.result()
    except CancelledError:
        return Failed("It was cancelled.", Why.WORKER_LOST)
    except ProcessExpired as error:
        return lost(task, take_stall(task_id), f"exit code {error.exitcode}")
    except (RuntimeError, OSError) as error:  # the pool is closing, or a pipe to it broke
        return Failed(f"Its worker could not be reached: {error}", Why.NOT_BEGUN)


def lost(task: Task, hung_at: str, how: str) -> Failed:
    """What is said of a task whose worker died."""
    if hung_at:
        return Failed(
            f"No frame was finished for {task.where.stall_s:.0f} s, so the worker was ended: the clip's decoder or the "
            "engine hangs. Check the clip, or raise stall_s in [limits].",
            detail=hung_at,
        )
    return Failed(
        f"Its worker died ({how}): it was killed, or ran out of memory. Set memory in [limits] so that a cap is told "
        "before the system acts.",
        Why.WORKER_LOST,
    )
