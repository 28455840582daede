"""Writes one frame of the export that the dialog is set to, in the background, to show it and its size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, QTimer, Signal

from vosapp.core.document import Document, MaskStore
from vosapp.engine.job import JobResult
from vosapp.export.recipe import Recipe
from vosapp.ui.jobs.background_task import BackgroundTask

if TYPE_CHECKING:
    from vosapp.export.sample import Sample

_PAUSE_MS = 250
_LONGEST_PX = 640

Wanted = tuple[Document, MaskStore, Recipe, int]


class ExportSampler(QObject):
    """Makes the newest sample that was asked for; those that nobody waits for any more are left out.

    Signals:
        sampled: a `Sample`, or None where there is none.
    """

    sampled = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._is_leaving = False
        self.task = BackgroundTask(self)
        self.task.ended.connect(self._ended)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._start)
        self._wanted: Wanted | None = None
        self._made: Wanted | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether a sample that was asked for is not there yet."""
        return self._pause.isActive() or self.task.is_running

    def ask(self, wanted: Wanted | None) -> None:
        """Asks for a sample after a moment without other wishes; None for none."""
        if wanted == self._wanted or self._is_leaving:
            return
        self._wanted = wanted
        if wanted is None:
            self._pause.stop()
            self.sampled.emit(None)
        else:
            self._pause.start()

    def cancel(self) -> None:
        """Ends what goes on and begins nothing until `go_on`: the clip is being left."""
        self._pause.stop()
        self._wanted, self._is_leaving = None, True
        self.task.cancel()

    def go_on(self) -> None:
        """Takes wishes again."""
        self._is_leaving = False

    def _start(self) -> None:
        from vosapp.export.export_job import ExportTask
        from vosapp.export.sample import sample_body

        if self._wanted is None or self.task.is_running or self.task.hangs or self._is_leaving:
            return
        self._made = self._wanted
        document, store, recipe, frame_index = self._wanted
        body = sample_body(ExportTask(document, store, recipe), frame_index, _LONGEST_PX)
        self.task.start(body, "export sample", QThread.Priority.LowPriority)

    def _ended(self, result: JobResult[Sample]) -> None:
        if self._wanted != self._made:
            self._start()
        elif self._wanted is not None:
            self.sampled.emit(result.value)
