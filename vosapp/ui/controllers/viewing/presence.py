"""Shows where objects have masks over the whole clip, and goes to what is clicked there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from vosapp.core.document import Document
from vosapp.presentation.timeline.lanes import CoverageCache
from vosapp.presentation.timeline.presence import PresenceRow, presence_grid
from vosapp.ui.controllers.viewing.playback import PlaybackController
from vosapp.ui.dialogs.presence import PresenceDialog
from vosapp.ui.session import Session


class PresenceController(QObject):
    """Owns the grid of objects over time.

    Attributes:
        dialog: while it is open.
    """

    def __init__(self, session: Session, window: QWidget, playback: PlaybackController) -> None:
        """Makes the controller; the window owns it, `playback` goes to frames."""
        super().__init__(window)
        self._session = session
        self._window = window
        self._playback = playback
        self._coverage = CoverageCache()
        self._shown: tuple[Document, tuple[PresenceRow, ...]] | None = None
        self.dialog: PresenceDialog | None = None
        session.changed.connect(self._refresh)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Maps action ids to handlers."""
        return {"object.presence": self.show}

    def show(self) -> None:
        """Opens the grid beside the work, or brings it to the front."""
        if self.dialog is None:
            self.dialog = PresenceDialog(self._window)
            self.dialog.grid.picked.connect(self.go)
            self.dialog.finished.connect(self._forget)
        self._refresh()
        self.dialog.show()
        self.dialog.raise_()

    def go(self, object_id: int, frame_index: int) -> None:
        """Goes to a frame and makes an object the one that the tools change."""
        self._playback.go(frame_index)
        self._session.set(shot=replace(self._session.shot, active_object=object_id))

    def _refresh(self) -> None:
        document = self._session.document
        if self.dialog is None:
            return
        if document.clip is None:
            self.dialog.close()
            return
        if self._shown is None or self._shown[0] is not document:  # a playhead that moves changes no row
            self._shown = document, presence_grid(document, self._coverage.of(document))
        rows = self._shown[1]
        number, here = document.clip.first_number, self._session.shot.frame_index
        self.dialog.grid.show_rows(rows, first_number=number, here=here)

    def _forget(self) -> None:
        self.dialog = self._shown = None
