"""Keeps the computer from going to sleep while work goes on: best effort, on Linux with systemd."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, QProcess, QStandardPaths

PROGRAM = "systemd-inhibit"  # asks logind over D-Bus for an inhibitor lock and keeps it while its child runs
_CHILD = "cat"  # ends when our end of its input closes, also when we are killed


class SleepBlocker(QObject):
    """Holds one lock against sleep and idling. Where there is no logind, nothing happens and nothing is said."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None

    @property
    def is_held(self) -> bool:
        """Whether a lock was asked for and is not given back."""
        return self._process is not None

    def hold(self, reason: str) -> None:
        """Asks for the lock, with a reason that the system can show; does not wait for it."""
        found = QStandardPaths.findExecutable(PROGRAM) if sys.platform == "linux" else ""
        if self._process is not None or not found:
            return
        process = self._process = QProcess(self)
        process.setStandardOutputFile(QProcess.nullDevice())
        process.setStandardErrorFile(QProcess.nullDevice())
        process.finished.connect(process.deleteLater)
        process.errorOccurred.connect(process.deleteLater)
        process.destroyed.connect(self._forget)
        process.start(found, ["--what=sleep:idle", "--who=vosapp", f"--why={reason}", "--mode=block", _CHILD])

    def release(self) -> None:
        """Gives the lock back; does not wait for that."""
        process, self._process = self._process, None
        if process is not None:
            process.destroyed.disconnect(self._forget)
            process.closeWriteChannel()

    def _forget(self) -> None:
        """The system gave no lock, or took it away."""
        self._process = None
