"""Keeps the engine between runs, and brings it to the next step while the user looks at this one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread

from vosapp.ui.jobs.background_task import BackgroundTask
from vosapp.ui.session import Session

if TYPE_CHECKING:
    from vosapp.engine.run.kept_engine import KeptEngine
    from vosapp.engine.run.plan import RunPlan
    from vosapp.engine.run.propagation_job import PropagationTask


class EngineKeeping(QObject):
    """Owner of what is kept of the engine.

    Attributes:
        task: prepares the next step.
    """

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._kept: KeptEngine | None = None  # made with the first run
        self.task = BackgroundTask(self)

    def task_of(self, plan: RunPlan) -> PropagationTask:
        """A run on the present document, with what is kept."""
        from vosapp.engine.run.kept_engine import KeptEngine
        from vosapp.engine.run.propagation_job import PropagationTask

        session, self._kept = self._session, self._kept or KeptEngine()
        device = session.settings.get("engine.device", str)
        return PropagationTask(session.document, session.editor.store, plan, device, self._kept)

    def prepare(self, plan: RunPlan) -> None:
        """Brings the engine to where a run would make its first mask; not while it still does so for another one."""
        from vosapp.engine.run.propagation_job import preparation_body

        if not self.task.is_running:
            self.task.start(preparation_body(self.task_of(plan)), priority=QThread.Priority.LowPriority)

    def cancel(self) -> None:
        """Asks the preparation to stop."""
        self.task.cancel()

    def drop(self) -> None:
        """Lets go of everything: another clip is open, or another engine chosen."""
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.drop()
