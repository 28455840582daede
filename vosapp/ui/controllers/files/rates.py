"""The frame rate of image sequences."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from vosapp.core.edits import set_rate
from vosapp.core.errors import UserError
from vosapp.ui.dialogs.rate import RateDialog
from vosapp.ui.session import Session


class RateController(QObject):
    """Lets the user say how fast the images of a sequence play."""

    def __init__(self, session: Session, window: QWidget, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._window = window

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Maps action ids to handlers."""
        return {"file.rate": self.ask}

    def ask(self) -> None:
        """Asks for a rate, beginning with the present one."""
        clip = self._session.document.clip
        if clip is not None:
            dialog = RateDialog(clip.rate, self._window)
            dialog.confirmed.connect(self.set_rate)
            dialog.open()

    def set_rate(self, rate: Fraction, always: bool) -> None:
        """Sets the clip's rate, as a step that can be undone; `always` makes it the usual one of sequences."""
        session = self._session
        session.editor.apply("frame rate", set_rate(session.document, rate))
        if always:
            try:
                session.settings.set("video.sequence_rate", float(rate))
            except UserError as error:
                session.fail(error)
