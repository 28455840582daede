"""Tasks on a Ray cluster. Ray decides where and when; this hands tasks over and says in sentences how they ended."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from typing import Any

import vosapp
from vosapp.batch.budget import take_stall
from vosapp.batch.local_workers import lost
from vosapp.batch.places import machines_with
from vosapp.batch.settings import Limits
from vosapp.batch.tasks import Circumstances, Ending, Failed, Task, Why
from vosapp.batch.work import do
from vosapp.core.errors import UserError

MACHINE_LABEL = "vosapp-machine"
"""Label of a Ray node that says by which name the job file knows it, beside its host's name and address."""

_INSTALL = "pip install 'vosapp[batch]'"
_TASKS_AHEAD = 2


Act = Callable[[Task, str, Sequence[str]], Ending]


class RayError(UserError):
    """A Ray cluster cannot be used."""


class RayWorkers:
    """Workers of a cluster. Results come back to the driver, which keeps them: nodes share no disk for them."""

    shares_disk = False

    def __init__(self, address: str, limits: Limits, act: Act = do) -> None:
        """Connects.

        Args:
            address: "ray" for the cluster that this machine belongs to, or one of this machine alone that is started
                for the batch; "ray://HOST:PORT" for a cluster elsewhere.
            limits: budget of a task.
            act: what a node does with a task, its id and the names of the node.

        Raises:
            RayError: Ray is not installed, or the cluster cannot be reached or is of other versions.
        """
        self._ray = require_ray()
        self._act, self.title = act, address
        self._connect(address, limits)
        self._remote = self._ray.remote(do_here)
        self._functions: dict[tuple[int, float, int, str | None], Any] = {}
        self._nodes = [node for node in self._ray.nodes() if node["Alive"]]
        cpus = self._ray.cluster_resources().get("CPU", 1.0)
        self.capacity = max(2, int(_TASKS_AHEAD * cpus // limits.threads))

    def submit(self, task: Task, task_id: str) -> Future[Ending]:
        """See `Workers.submit`."""
        answer: Future[Ending] = Future()

        def ended(future: Future[Ending]) -> None:
            with suppress(InvalidStateError):
                answer.set_result(_ending(future, task, task_id))

        reference = self._function_for(task.where).remote(self._act, task, task_id, vosapp.__version__)
        reference.future().add_done_callback(ended)
        return answer

    def close(self, *, at_once: bool) -> None:  # noqa: ARG002 - nothing is out that is wanted
        """See `Workers.close`. A cluster that is not ours stays; what it runs for this batch is let go."""
        self._ray.shutdown()

    def _connect(self, address: str, limits: Limits) -> None:
        options: dict[str, Any] = {"log_to_driver": False, "logging_level": "error", "ignore_reinit_error": True}
        own = {"num_cpus": limits.workers * limits.threads} if limits.workers else {}
        try:
            if address == "ray":
                try:
                    self._ray.init("auto", **options)
                except ConnectionError:
                    if os.environ.get("RAY_ADDRESS"):
                        raise  # this cluster was asked for, and not one of this computer alone
                    self._ray.init(include_dashboard=False, **own, **options)
            else:
                self._ray.init(address, **options)
        except (ConnectionError, RuntimeError, ValueError, OSError) as error:
            raise RayError(
                f"The Ray cluster {address} cannot be reached: {_short(error)}",
                "Check its address, and that it runs the same versions of Ray and Python as this computer.",
            ) from error

    def _function_for(self, where: Circumstances) -> Any:
        """The remote function with the resources that a task claims and the node that it prefers."""
        key = (where.threads, where.gpus, where.memory_bytes, self._node_with(where))
        if key not in self._functions:
            options: dict[str, Any] = {"num_cpus": where.threads, "num_gpus": where.gpus, "max_retries": 0}
            if where.memory_bytes:
                options["memory"] = where.memory_bytes
            if key[-1] is not None:
                from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

                options["scheduling_strategy"] = NodeAffinitySchedulingStrategy(node_id=key[-1], soft=True)
            self._functions[key] = self._remote.options(**options)
        return self._functions[key]

    def _node_with(self, where: Circumstances) -> str | None:
        """The node on which the footage of a task lies, None where no machine of the job file says so."""
        for machine in machines_with(where.footage, where.machines):
            for node in self._nodes:
                if machine.goes_by(node_names(node)):
                    return str(node["NodeID"])
        return None


def node_names(node: Mapping[str, Any]) -> tuple[str, ...]:
    """The names that a Ray node goes by."""
    labels: Mapping[str, str] = node.get("Labels") or {}
    names: Iterable[str] = (
        labels.get(MACHINE_LABEL, ""),
        node.get("NodeManagerHostname", ""),
        node.get("NodeManagerAddress", ""),
        node.get("NodeName", ""),
    )
    return tuple(name for name in names if name)


def do_here(act: Act, task: Task, task_id: str, version: str) -> Ending:
    """Does a task on the node that Ray chose."""
    if vosapp.__version__ != version:
        return Failed(
            f"A node of the cluster has vosapp {vosapp.__version__}, this computer {version}. Install the same version "
            "on all nodes."
        )
    return act(task, task_id, _labels_here())


def _labels_here() -> tuple[str, ...]:
    import ray

    labels: Mapping[str, Any] = ray.get_runtime_context().get_node_labels()
    name = labels.get(MACHINE_LABEL, "")
    return (str(name),) if name else ()


def _ending(future: Future[Ending], task: Task, task_id: str) -> Ending:
    ray_errors = require_ray().exceptions
    try:
        return future.result()
    except ray_errors.OutOfMemoryError:
        return Failed("Ray ended its worker because the node ran out of memory. Raise memory in [limits].")
    except ray_errors.RayTaskError as error:  # its worker is well, but what it ran is not: another version, say
        return Failed(f"A node of the cluster cannot do this work: {_short(error)}")
    except (ray_errors.RayError, ConnectionError) as error:
        hung_at = take_stall(task_id)  # of a node on this computer; another one keeps its own
        ending = lost(task, hung_at, type(error).__name__)
        if hung_at:
            return ending
        more = f" A frame that took longer than {task.where.stall_s:.0f} s ends a worker, too."
        return Failed(ending.sentence + more, Why.WORKER_LOST, str(error))


def _short(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1][:300] if lines else type(error).__name__


def require_ray() -> Any:
    """The package, quiet. Raises RayError where it is not there or cannot be."""
    if getattr(sys, "frozen", False):
        raise RayError(
            "Ray needs vosapp as a Python package on every node, and this is a bundle.",
            f"Install it with {_INSTALL} into a Python environment, or use --on local, which works here.",
        )
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_DISABLE_IMPORT_WARNING", "1")
    try:
        import ray
        import ray.exceptions
    except ImportError as error:
        raise RayError("Ray is not installed.", f"{_INSTALL}, or use --on local.") from error
    return ray
