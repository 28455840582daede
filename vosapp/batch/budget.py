"""What a worker may take: threads, memory, and time without progress. Loads nothing that reads its settings once."""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

_THREAD_SETTINGS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


def begin_worker(threads: int) -> None:
    """Sets a fresh worker process up, before it loads what counts the processors.

    The worker ends with its driver, however that ends, and leaves Ctrl+C to it.
    """
    for name in _THREAD_SETTINGS:
        os.environ[name] = str(threads)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), name="driver-watch", daemon=True).start()


def _end_with(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    os._exit(1)


def use_threads(count: int) -> None:
    """Tells OpenCV how many threads to use; the rest is told by the environment when the process begins."""
    import cv2

    cv2.setNumThreads(count)


@contextmanager
def memory_cap(cap_bytes: int) -> Iterator[None]:
    """Lets this process take so much memory and no more, where the system can say so (Linux); 0 for no cap.

    Beyond it an allocation fails as if the machine's memory were used up.
    """
    if cap_bytes <= 0 or not sys.platform.startswith("linux"):
        yield
        return
    import resource

    before = resource.getrlimit(resource.RLIMIT_DATA)
    hard = before[1]
    cap = cap_bytes if hard == resource.RLIM_INFINITY else min(cap_bytes, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (cap, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)


class StallWatch:
    """Ends the process when no frame was finished for too long, also within a decoder that never returns.

    The watch does not depend on Python code being able to run. Where the worker hung is written to a file that the
    driver reads. Use it in a `with` block.
    """

    def __init__(self, seconds: float, task_id: str) -> None:
        self._seconds = seconds
        self._path = stall_file(task_id)
        self._file: IO[str] | None = None

    def __enter__(self) -> StallWatch:
        if self._seconds > 0:
            self._file = self._path.open("w", encoding="utf-8")
            self.progress()
        return self

    def __exit__(self, *_ending: object) -> None:
        if self._file is not None:
            faulthandler.cancel_dump_traceback_later()
            self._file.close()
            with suppress(OSError):
                self._path.unlink()

    def progress(self) -> None:
        """Starts the time anew: a frame was finished."""
        if self._file is not None:
            faulthandler.dump_traceback_later(self._seconds, exit=True, file=self._file)


def stall_file(task_id: str) -> Path:
    """Where a worker that hung on this machine says where it was."""
    return Path(tempfile.gettempdir()) / f"vosapp-stall-{task_id}.txt"


def take_stall(task_id: str) -> str:
    """Where the worker of a task hung; "" when it did not. Clears the note away."""
    path = stall_file(task_id)
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
        path.unlink()
    except OSError:
        return ""
    return text
