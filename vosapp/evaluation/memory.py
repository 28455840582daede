"""The most memory that this process held, and that a graphics card held for it."""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path

_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def reset_peak() -> None:
    """Forgets the peak so far, where the system can (Linux); elsewhere the peak is that of the whole process."""
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available() and torch.cuda.is_initialized():
        torch.cuda.reset_peak_memory_stats()
    if _CLEAR.exists():
        try:
            _CLEAR.write_text("5")  # 5 resets the peak of the resident set (Linux, proc(5))
        except OSError:  # locked down containers forbid it; then the peak is that of the whole process
            return


def peak_bytes() -> int:
    """Peak of the resident memory in bytes, Python and libraries included; 0 where the system does not tell."""
    if _STATUS.exists():
        for line in _STATUS.read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    if sys.platform == "win32":
        return _windows_peak_bytes()
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def device_peak_bytes() -> int:
    """Peak of what torch held on the graphics card since the last reset; 0 without one."""
    torch = sys.modules.get("torch")
    if torch is None or not torch.cuda.is_available() or not torch.cuda.is_initialized():
        return 0
    return int(torch.cuda.max_memory_allocated())


class _Counters(ctypes.Structure):
    """PROCESS_MEMORY_COUNTERS of Windows."""

    _fields_ = (
        ("size", ctypes.c_uint32),
        ("page_faults", ctypes.c_uint32),
        ("peak_working_set", ctypes.c_size_t),
        ("working_set", ctypes.c_size_t),
        ("others", ctypes.c_size_t * 6),
    )


def _windows_peak_bytes() -> int:
    counters = _Counters()
    counters.size = ctypes.sizeof(counters)
    libraries = getattr(ctypes, "windll")  # noqa: B009 - exists on Windows only, so type checkers elsewhere miss it
    handle = libraries.kernel32.GetCurrentProcess()
    ok = libraries.psapi.GetProcessMemoryInfo(ctypes.c_void_p(handle), ctypes.byref(counters), counters.size)
    return int(counters.peak_working_set) if ok else 0
