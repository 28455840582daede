"""How objects become mattes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from vosapp.core import edits
from vosapp.core.document import MatteSettings, ObjectId
from vosapp.ui.panels.matte_dialog import MatteDialog
from vosapp.ui.session import Session


class MatteController(QObject):
    """Changes the matte settings of objects."""

    def __init__(self, session: Session, window: QWidget, parent: QObject | None = None) -> None:
        """Makes the controller; its dialog lies over `window`."""
        super().__init__(parent)
        self._session = session
        self._window = window

    def handlers(self) -> dict[str, Callable[[], object]]:
        """What the actions of this controller do."""
        return {"object.matte": self.ask}

    def ask(self) -> None:
        """Lets the user set the edge of the active object's matte."""
        active = self._session.active
        if active is not None:
            dialog = MatteDialog(active, self._window)
            dialog.changed.connect(partial(self.set_matte, active.id))
            dialog.open()

    def set_matte(self, object_id: ObjectId, matte: MatteSettings) -> None:
        """Replaces the matte settings of an object; changes in a row are one step."""
        document = self._session.document
        if all(item.id != object_id for item in document.objects) or document.object(object_id).matte == matte:
            return
        made = edits.set_matte(document, object_id, matte)
        self._session.editor.apply("matte edge", made, group=f"matte {object_id}")
