"""Keeps the C library from hoarding memory in a process that decodes pictures in many threads for hours.

glibc gives each thread an arena of its own, and after the first large block that is freed serves blocks of up to 32 MB
from arenas, where pictures of a cache leave holes that never go back to the system. Two arenas and a fixed size from
which blocks are the system's own keep a window's memory flat. It costs runs of networks up to a fifth of their speed
(`docs/reliability.md`), so the command line, which ends soon, leaves the allocator alone.
"""

from __future__ import annotations

import ctypes
import os
import platform
import sys

ARENAS = 2
OWN_BLOCK_BYTES = 2**20  # a picture of 480p takes 1.2 MB

_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8  # malloc.h of glibc


def bound_allocator() -> bool:
    """Bounds the allocator of this process, before threads begin. What the user set by environment variables counts.

    Returns:
        Whether it was bounded; False with another C library than glibc.
    """
    if not _is_glibc():
        return False
    library = ctypes.CDLL(None)
    done = True
    for variable, parameter, value in (
        ("MALLOC_ARENA_MAX", _M_ARENA_MAX, ARENAS),
        ("MALLOC_MMAP_THRESHOLD_", _M_MMAP_THRESHOLD, OWN_BLOCK_BYTES),
    ):
        if variable not in os.environ:
            done = library.mallopt(parameter, value) == 1 and done
    return done


def give_memory_back() -> None:
    """Gives what was freed back to the system. For when a clip was closed: its smaller pictures left holes."""
    if _is_glibc():
        ctypes.CDLL(None).malloc_trim(0)


def _is_glibc() -> bool:
    return sys.platform == "linux" and platform.libc_ver()[0] == "glibc"
