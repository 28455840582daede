"""Switches and moves the wipe: masks against the source or those before the run, mattes against their masks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject

from vosapp.presentation.view_state import Changes, ViewMode, Wipe
from vosapp.presentation.viewer.overlay import MATTE_MODES
from vosapp.ui.session import Session
from vosapp.ui.viewer.canvas import Canvas


class CompareController(QObject):
    """Owns the wipe. It keeps the document as it was when the last run began; a document is a small value."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._was_running = False
        session.changed.connect(self._watch_runs)

    def connect_canvas(self, canvas: Canvas) -> None:
        """Follows the line that is dragged, and ends with the first stroke."""
        canvas.wipe_dragged.connect(self.move)
        canvas.pen.stroke_started.connect(self.end)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Maps action ids to handlers."""
        return {
            "view.changes": partial(self.toggle_changes, Changes.RUN),
            "view.flicker": partial(self.toggle_changes, Changes.FLICKER),
            "view.wipe": partial(self.toggle, Wipe.SOURCE),
            "view.wipe_run": partial(self.toggle, Wipe.BEFORE),
            "view.wipe_matte": partial(self.toggle, Wipe.MASK),
        }

    def toggle(self, wipe: Wipe) -> None:
        """Shows a wipe, or takes it away when it is shown already."""
        view = self._session.view
        if view.shot.wipe is wipe:
            self.end()
        else:
            mode = ViewMode.OVERLAY if view.shot.mode is ViewMode.SOURCE else view.shot.mode
            if wipe is Wipe.MASK and mode not in MATTE_MODES:
                mode = ViewMode.MATTE
            self._session.set(shot=replace(self._session.shot, wipe=wipe, mode=mode))
        self._session.changed.emit()  # an action that was pressed again has unchecked itself

    def toggle_changes(self, changes: Changes) -> None:
        """Marks changes of the active object's mask, or marks them no more."""
        shot = self._session.shot
        self._session.set(shot=replace(shot, changes=Changes.OFF if shot.changes is changes else changes))
        self._session.changed.emit()  # an action that was pressed again has unchecked itself

    def move(self, at: float) -> None:
        """Moves the line to a share of the picture's width."""
        self._session.set(shot=replace(self._session.shot, wipe_at=min(max(at, 0.0), 1.0)))

    def end(self) -> None:
        """Takes the wipe away: who paints has to see the mask everywhere."""
        self._session.set(shot=replace(self._session.shot, wipe=Wipe.OFF))

    def _watch_runs(self) -> None:
        running = self._session.shot.run is not None
        began, self._was_running = running and not self._was_running, running
        if began:
            self._session.set(shot=replace(self._session.shot, before_run=self._session.document))
