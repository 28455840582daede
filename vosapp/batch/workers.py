"""Where tasks are done: the protocol behind which this machine's processes and a Ray cluster stand."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Protocol

from vosapp.batch.tasks import Ending, Task
from vosapp.batch.work import do


class Workers(Protocol):
    """Takes tasks and does them somewhere else.

    Attributes:
        capacity: how many tasks are worth handing over before one has come back.
        shares_disk: whether workers write finished pieces into the batch's folder themselves.
        title: what the user calls it.
    """

    capacity: int
    shares_disk: bool
    title: str

    def submit(self, task: Task, task_id: str) -> Future[Ending]:
        """Hands a task over. The future never fails: whatever happens to the worker is a `Failed`."""

    def close(self, *, at_once: bool) -> None:
        """Ends the workers, at once or after what they are doing."""


class Inline:
    """Workers that are the calling thread. For tests, and where other processes cannot be had."""

    capacity = 1
    shares_disk = True
    title = "this process"

    def submit(self, task: Task, task_id: str) -> Future[Ending]:
        """Does the task now."""
        future: Future[Ending] = Future()
        future.set_result(do(task, task_id))
        return future

    def close(self, *, at_once: bool) -> None:
        """Nothing to end."""
