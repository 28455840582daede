"""Work done as a user without rights: the tests of a container run as root, to whom no folder is read-only."""

from __future__ import annotations

import gc
import os
import traceback
import warnings
from collections.abc import Callable

NOBODY = 65534


def as_unprivileged(work: Callable[[], object]) -> None:
    """Runs work as a user without rights, in a process of its own, and fails with what it raised."""
    if os.getuid() != 0:
        work()
        return
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns of other threads, which wait here
        child = os.fork()
    if child == 0:
        gc.freeze()  # what was left behind before, such as an encoder, waits for its threads for ever: none are here
        os.close(reading)
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            work()
        except BaseException:  # noqa: BLE001 - told to the parent, who fails with it
            os.write(writing, traceback.format_exc().encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        failure = pipe.read()
    os.waitpid(child, 0)
    assert not failure, failure
