"""Reads OpenEXR files from memory, and hears what the library says of damage: it prints that, and goes on.

`OpenEXR.File` does not raise when pixels cannot be read. It prints a warning to Python's standard output, where a
command may be writing JSON, and gives what it has.
"""

from __future__ import annotations

import io
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO, cast

import OpenEXR


class _Listener:
    """Stands in for the standard output: keeps what one thread writes, and passes on what others do."""

    def __init__(self) -> None:
        self._output: Any = None
        self._thread = 0
        self._heard: list[str] = []

    def begin(self, output: Any) -> None:
        """Listens to the calling thread, in place of an output."""
        self._output, self._thread, self._heard = output, threading.get_ident(), []

    def end(self) -> str:
        """What the thread wrote, on one line. Whoever still writes here is passed on."""
        self._thread = 0
        return " ".join("".join(self._heard).split())

    def write(self, text: str) -> int:
        if threading.get_ident() == self._thread:
            self._heard.append(text)
        elif self._output is not None:
            self._output.write(text)
        return len(text)

    def flush(self) -> None:
        if self._output is not None:
            self._output.flush()


_lock = threading.Lock()
_listener = _Listener()
"""One for good: `print` of Python 3.11 holds no reference to the output that it writes to."""


@contextmanager
def read_exr(data: bytes) -> Iterator[Any]:
    """The file with all pixels, each channel by itself.

    Raises:
        RuntimeError: pixels cannot be read.
    """
    # One at a time, since there is one standard output; the library decodes with threads of its own.
    with _lock:
        before = sys.stdout
        _listener.begin(before)
        sys.stdout = cast(TextIO, _listener)
        try:
            file = OpenEXR.File(io.BytesIO(data), separate_channels=True)
        finally:
            sys.stdout = before
            said = _listener.end()
    with file:
        if said:
            raise RuntimeError(said.rpartition(" - ")[2])
        yield file
