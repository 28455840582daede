"""Keeps the computer awake while masks are propagated, exported or made in a batch."""

from __future__ import annotations

from PySide6.QtCore import QObject

from vosapp.ui.controllers.batch import BatchController
from vosapp.ui.jobs.sleep_blocker import SleepBlocker
from vosapp.ui.session import Session


class AwakeController(QObject):
    """Asks for a lock against sleep when work begins and gives it back when all of it has ended."""

    def __init__(self, session: Session, batch: BatchController, parent: QObject | None = None) -> None:
        """Follows the session's runs and exports, and the batch."""
        super().__init__(parent)
        self._session, self._batch = session, batch
        self.blocker = SleepBlocker(self)
        session.changed.connect(self.follow)
        batch.task.delivered.connect(self.follow)
        batch.ended.connect(self.follow)

    def follow(self) -> None:
        """Holds the lock exactly while there is work and the user wants it."""
        shot = self._session.shot
        works = shot.run is not None or shot.export is not None or self._batch.is_running
        wanted = works and self._session.settings.get("engine.keep_awake", bool)
        if wanted and not self.blocker.is_held:
            self.blocker.hold("Masks are being made or written")
        elif not wanted and self.blocker.is_held:
            self.blocker.release()
