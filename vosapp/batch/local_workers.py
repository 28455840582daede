"""Processes on this machine, each with its own budget. One that dies takes its task along and nothing else."""

from __future__ import annotations

import multiprocessing
import os
import pickle
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from queue import SimpleQueue

from vosapp.batch.budget import take_stall
from vosapp.batch.settings import Limits
from vosapp.batch.tasks import Ending, Failed, Task, Why
from vosapp.batch.work import do
from vosapp.batch.worker_main import serve

Act = Callable[[Task, str], Ending]

_TASKS_AHEAD = 2  # handed over for each worker, so that none waits for the driver
_GOODBYE_S = 5.0  # a process whose pipe is closed has nothing left to do


class LocalWorkers:
    """As many processes as the limits say, and a thread for each that waits for its answer or its death."""

    shares_disk = True
    title = "local"

    def __init__(self, limits: Limits, act: Act = do) -> None:
        """Starts no process yet. `act` is what a worker does with a task and its id."""
        self._act = act
        self.count = limits.workers or max(1, (os.cpu_count() or 1) // limits.threads)
        self.capacity = _TASKS_AHEAD * self.count
        self._workers = [_Worker(limits.threads) for _ in range(self.count)]
        self._idle: SimpleQueue[_Worker] = SimpleQueue()
        for worker in self._workers:
            self._idle.put(worker)
        self._threads = ThreadPoolExecutor(self.count, thread_name_prefix="batch-worker")

    def submit(self, task: Task, task_id: str) -> Future[Ending]:
        """See `Workers.submit`."""
        return self._threads.submit(self._do, task, task_id)

    def close(self, *, at_once: bool) -> None:
        """See `Workers.close`."""
        if at_once:
            self._threads.shutdown(wait=False, cancel_futures=True)
            for worker in self._workers:
                worker.kill()
        self._threads.shutdown()
        for worker in self._workers:
            worker.end()

    def _do(self, task: Task, task_id: str) -> Ending:
        worker = self._idle.get()
        try:
            return worker.do(self._act, task, task_id)
        finally:
            self._idle.put(worker)


class _Worker:
    """A process, started fresh and not forked (libraries with threads do not survive that), and again when it died.

    It has one task at a time, so that its answer and its death can only be of that one.
    """

    def __init__(self, threads: int) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._threads = threads
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._is_killed = False

    def do(self, act: Act, task: Task, task_id: str) -> Ending:
        """Has a task done and waits for it; starts the process where none runs."""
        try:
            process, pipe = self._running()
            pipe.send((act, task, task_id))
        except OSError as error:
            return Failed(f"Its worker could not be reached: {error}", Why.NOT_BEGUN)
        if self._is_killed:
            process.kill()
        wait([pipe, process.sentinel])
        try:
            if pipe.poll():
                ending: Ending = pipe.recv()
                return ending
        except (EOFError, OSError, pickle.UnpicklingError):  # it died before it answered, or while it did
            process.kill()
        process.join()
        return lost(task, take_stall(task_id), f"exit code {process.exitcode}")

    def kill(self) -> None:
        """Ends the process whatever it does; called while another thread waits for it."""
        self._is_killed = True
        if self._process is not None:
            self._process.kill()

    def end(self) -> None:
        """Lets the process go, which has nothing to do."""
        if self._process is None or self._pipe is None:
            return
        self._pipe.close()
        self._process.join(_GOODBYE_S)
        self._process.kill()
        self._process.join()

    def _running(self) -> tuple[BaseProcess, Connection]:
        if self._process is None or self._pipe is None or not self._process.is_alive():
            self._pipe, theirs = self._context.Pipe()
            process = self._context.Process(target=serve, args=(theirs, self._threads), daemon=True)
            process.start()
            theirs.close()
            self._process = process
        return self._process, self._pipe


def lost(task: Task, hung_at: str, how: str) -> Failed:
    """What is said of a task whose worker died."""
    if hung_at:
        return Failed(
            f"No frame was finished for {task.where.stall_s:.0f} s, so the worker was ended: the clip's decoder or the "
            "engine hangs. Check the clip, or raise stall_s in [limits].",
            detail=hung_at,
        )
    cap = task.where.memory_bytes
    why = (  # some libraries end the process where others raise an error
        f"or needs more memory than the {cap / 1e9:.1f} GB that a worker may have. Raise memory in [limits]."
        if cap
        else "or ran out of memory. Set memory in [limits] so that a cap is told before the system acts."
    )
    return Failed(f"Its worker died ({how}): it was killed, {why}", Why.WORKER_LOST)
