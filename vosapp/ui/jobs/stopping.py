"""Stops several background tasks and calls back, without blocking the window."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, QTimer

from vosapp.presentation.shutdown_deadline import ShutdownDeadline
from vosapp.ui.jobs.background_task import BackgroundTask


class Stopping(QObject):
    """Waits until cancelled tasks have ended; what has not by the deadline is left behind.

    It calls back exactly once, when the last task has ended and everybody has heard of that; at once where none runs.
    """

    def __init__(self, tasks: Iterable[BackgroundTask], stopped: Callable[[], None], parent: QObject) -> None:
        """Prepares to wait.

        Args:
            tasks: those to end.
            stopped: called back.
            parent: owner, which keeps it until it has called back.
        """
        super().__init__(parent)
        self._tasks = [task for task in tasks if task.is_running]
        self._stopped: Callable[[], None] | None = stopped
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._leave_behind)

    def begin(self) -> None:
        """Asks every task to stop and waits for all of them together."""
        for task in self._tasks:
            task.ended.connect(self._look)
            task.cancel()
        self._timer.start(ShutdownDeadline().left_ms())
        self._look()

    def _look(self) -> None:
        if any(task.is_running for task in self._tasks):
            return
        self._timer.stop()
        stopped, self._stopped = self._stopped, None
        if stopped is not None:
            self.deleteLater()
            stopped()

    def _leave_behind(self) -> None:
        for task in self._tasks:
            task.leave()
