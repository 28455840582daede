"""default_cache_bytes: memory for decoded pictures when the user has not said."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

_SHARE = 4
_LEAST, _MOST = 256 << 20, 16 << 30
_UNKNOWN = 4 << 30
_MEMORY_FACTS = Path("/proc/meminfo")
_CONTROL_GROUPS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


def default_cache_bytes(machine_bytes: int | None = None) -> int:
    """A quarter of the machine's memory, from 256 MB to 16 GB."""
    return min(max((machine_bytes or machine_memory_bytes()) // _SHARE, _LEAST), _MOST)


def machine_memory_bytes() -> int:
    """The memory of the machine, or what this process may have of it; 4 GB when the system does not say."""
    physical = _windows_memory() if sys.platform == "win32" else _posix_memory()
    return min([physical, *_limits()])


def free_memory_bytes() -> int | None:
    """What programs can still take without the machine slowing down; None where the system does not say."""
    if sys.platform == "win32":
        return _windows_status()[1]
    try:
        lines = _MEMORY_FACTS.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    kilobytes = [line.split()[1] for line in lines if line.startswith("MemAvailable:")]
    return int(kilobytes[0]) << 10 if kilobytes else None


def _posix_memory() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return _UNKNOWN


def _limits() -> list[int]:
    """What containers set."""
    found = []
    for path in _CONTROL_GROUPS:
        try:
            text = path.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            continue
        if text.isdigit() and int(text) > 0:
            found.append(int(text))
    return found


class _MemoryStatus(ctypes.Structure):
    """MEMORYSTATUSEX of the Windows API."""

    _fields_ = (
        ("length", ctypes.c_uint32),
        ("load_percent", ctypes.c_uint32),
        *(
            (name, ctypes.c_uint64)
            for name in ("total", "free", "page", "page_free", "virtual", "virtual_free", "more")
        ),
    )


def _windows_memory() -> int:
    return _windows_status()[0] or _UNKNOWN


def _windows_status() -> tuple[int | None, int | None]:
    """Total and free bytes, None where Windows does not say."""
    status = _MemoryStatus()
    status.length = ctypes.sizeof(status)
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 - only there on Windows
    answered = bool(kernel.GlobalMemoryStatusEx(ctypes.byref(status)))
    return (int(status.total), int(status.free)) if answered else (None, None)
