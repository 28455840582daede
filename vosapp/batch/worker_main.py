"""What a worker process of this machine runs: it takes tasks from its pipe, one at a time, until the pipe is closed.

Loads nothing that counts the processors: the first task brings that along, after the budget is set.
"""

from __future__ import annotations

from contextlib import suppress
from multiprocessing.connection import Connection

from vosapp.batch.budget import begin_worker


def serve(pipe: Connection, threads: int) -> None:
    """Does what comes through the pipe, (function, task, task's id), and sends back what the function returns."""
    begin_worker(threads)
    with suppress(EOFError):
        while True:
            act, task, task_id = pipe.recv()
            pipe.send(act(task, task_id))
