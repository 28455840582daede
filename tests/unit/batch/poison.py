"""What befalls workers in tests: run in a worker's own process, by the name of the shot's folder."""

from __future__ import annotations

import ctypes
import os
import signal
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from vosapp.batch.budget import StallWatch
from vosapp.batch.tasks import Ending, Failed, PieceTask, Survey, Task
from vosapp.batch.work import do

STALL_S = 3.0


def act(task: Task, task_id: str, names: Sequence[str] = ()) -> Ending:
    """Does a task, or what the shot is named for."""
    folder = Path(task.where.footage).parent
    fate = folder.name if isinstance(task, PieceTask) else ""
    if fate == "shot-hangs":
        with StallWatch(STALL_S, task_id):
            ctypes.PyDLL(None).pause()  # like a decoder that never returns, and holds Python's lock as well
    if fate == "shot-hungry":
        return do(replace(task, where=replace(task.where, memory_bytes=_data_bytes() + 30_000_000)), task_id)
    if fate == "shot-deadly" or (fate == "shot-unlucky" and not (folder / "died").exists()):
        (folder / "died").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return do(task, task_id, names)


def die(task: Survey, task_id: str) -> Ending:
    """Ends its process in the way that a survey's clip names, or lives until a file of that name is there."""
    if task.clip == "exit -9":
        os.kill(os.getpid(), signal.SIGKILL)
    if task.clip.startswith("exit"):
        os._exit(int(task.clip.split()[1]))
    Path(f"{task.clip}.{task_id}").touch()
    while not Path(task.clip).exists():
        time.sleep(0.02)
    return Failed("It lived.")


def _data_bytes() -> int:
    """What counts against the cap already."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmData"))
