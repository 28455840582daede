"""Reports of what went wrong in the program: text files in the user's data folder that nobody else gets.

A report tells the program's version, the system, and where in the code it happened. It holds no footage and no
names of files: whatever looks like one in an error's text is left out. The user reads a report, adds what they want
to, and sends it or not; nothing is sent by itself.

Errors of Python are written by `write_report`. What kills the process (a fault in a native library) leaves its
mark through `faulthandler` in a file of this process, and `collect_fatal` makes a report of it at the next start.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import platform
import re
import sys
import threading
import traceback
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO

from vosapp import __version__
from vosapp.core.paths import make_private_dir, user_data_dir

KEPT = 20  # reports; the oldest go
_MAX_BYTES = 200_000
_PREFIX, _SUFFIX, _WATCH_SUFFIX = "crash-", ".txt", ".running"
# Text that may be a name of a file: what is quoted, what has a slash, what ends like a file or a numbered picture.
_NAME = re.compile(r"""'[^'\n]*'|"[^"\n]*"|\S*[/\\]\S*|\b[\w%#-]+(?:\.[\w%#-]+)*\.(?!py\b)[A-Za-z]\w{0,7}\b(?!\()""")
_FRAME = re.compile(r'^(\s*File )"([^"\n]*)"', re.MULTILINE)
_PACKAGES = ("vosapp", "site-packages", "_internal", "lib")
_watched: list[IO[str]] = []  # the open file of this process; faulthandler keeps only its number


def crash_folder() -> Path:
    """Where reports lie. It may not exist."""
    return user_data_dir() / "crashes"


def crash_reports() -> list[Path]:
    """All reports, the newest first."""
    try:
        return sorted(crash_folder().glob(f"{_PREFIX}*{_SUFFIX}"), reverse=True)
    except OSError:
        return []


def write_report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> Path | None:
    """Writes a report of an error that nobody caught.

    Returns:
        The file; None where none can be written, which is no second trouble.
    """
    lines = traceback.format_exception(kind, error, trace)
    thread = "main" if threading.current_thread() is threading.main_thread() else "background"
    return _write(f"An error in the program, in its {thread} thread.", without_names("".join(lines)))


class ReportHandler(logging.Handler):
    """Writes a report of every error of the program that is logged with its traceback.

    Attributes:
        last: the newest report of this process; None when there is none.
    """

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.last: Path | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Takes a record; one without a traceback is no crash."""
        kind, error, trace = record.exc_info or (None, None, None)
        if kind is not None and error is not None:
            self.last = write_report(kind, error, trace) or self.last


def begin_watch() -> None:
    """From now on a fault that kills the process leaves where it happened. Where nothing can be written, nothing does.

    Whoever switched Python's own fault handler on keeps it.
    """
    if faulthandler.is_enabled():
        return
    try:
        make_private_dir(crash_folder())
        file = (crash_folder() / f"{os.getpid()}{_WATCH_SUFFIX}").open("w", encoding="utf-8")
    except OSError:
        return
    _watched.append(file)
    faulthandler.enable(file)


def end_watch() -> None:
    """The process ends as it should."""
    while _watched:
        file = _watched.pop()
        faulthandler.disable()
        file.close()
        with suppress(OSError):
            Path(file.name).unlink()


def collect_fatal() -> Path | None:
    """Makes a report of the last process that was killed by a fault, and returns it; None when none was."""
    newest = None
    try:
        marks = sorted(crash_folder().glob(f"*{_WATCH_SUFFIX}"))
    except OSError:
        return None
    for mark in marks:
        if mark.stem.isdigit() and _lives(int(mark.stem)):
            continue
        with suppress(OSError):
            text = mark.read_text(encoding="utf-8", errors="replace")[:_MAX_BYTES]
            mark.unlink()
            if text.strip():
                newest = _write("A fault ended the program at once.", without_names(text)) or newest
    return newest


def without_names(text: str) -> str:
    """A traceback without names of the user's files: code keeps its place in the program, texts lose what may be one.

    Args:
        text: as `traceback` or `faulthandler` writes it.
    """
    lines = []
    for line in text.splitlines():
        frame = _FRAME.match(line)
        if frame:
            lines.append(f'{frame.group(1)}"{_place(frame.group(2))}"{line[frame.end() :]}')
        elif line.startswith(("    ", "Current thread", "Thread ")):
            lines.append(line)  # the program's own code, or the name of a thread
        else:
            lines.append(_NAME.sub("<name left out>", line))
    return "\n".join(lines)


def _place(path: str) -> str:
    """Where a file of code lies inside the program, without the folders above."""
    parts = re.split(r"[/\\]", path)
    for package in _PACKAGES:
        if package in parts[:-1]:
            place = len(parts) - 1 - parts[::-1].index(package)
            return "/".join(parts[place if package in ("vosapp", "lib") else place + 1 :])
    return parts[-1]


def _write(title: str, body: str) -> Path | None:
    now = datetime.now().astimezone()
    facts = (
        title,
        "",
        f"vosapp {__version__}{' (bundle)' if getattr(sys, 'frozen', False) else ''}",
        f"Python {platform.python_version()}, {platform.system()} {platform.release()} {platform.machine()}",
        f"Written {now:%Y-%m-%d %H:%M:%S %z}. Nobody else has this file. It names no file of yours; add what you did.",
        "",
        body[:_MAX_BYTES],
        "",
    )
    path = crash_folder() / f"{_PREFIX}{now:%Y%m%d-%H%M%S-%f}{_SUFFIX}"
    try:
        make_private_dir(crash_folder())
        path.write_text("\n".join(facts), encoding="utf-8", errors="backslashreplace")
    except OSError:
        return None
    for old in crash_reports()[KEPT:]:
        with suppress(OSError):
            old.unlink()
    return path


def _lives(pid: int) -> bool:
    """Whether a process goes on. Where the system does not say, it is taken for one that does."""
    if sys.platform == "win32":
        return _lives_on_windows(pid)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _lives_on_windows(pid: int) -> bool:
    import ctypes

    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 - only there on Windows
    query_limited, still_active = 0x1000, 259
    handle = kernel.OpenProcess(query_limited, False, pid)
    if not handle:
        return False
    code = ctypes.c_ulong()
    answered = kernel.GetExitCodeProcess(handle, ctypes.byref(code))
    kernel.CloseHandle(handle)
    return not answered or code.value == still_active
