"""Edits the matte settings of an object."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QWidget

from vosapp.core import edits
from vosapp.core.document import MatteSettings, ObjectId
from vosapp.presentation.view_state import ViewMode
from vosapp.ui.dialogs.matte import MatteDialog
from vosapp.ui.session import Session
from vosapp.ui.viewer.gestures import clamp_softness

_BESIDE_PX = QPoint(-24, 96)  # from the window's upper right corner: the middle of the picture stays free


class MatteController(QObject):
    """Changes the matte settings of the active object, and shows the matte meanwhile."""

    def __init__(self, session: Session, window: QWidget, parent: QObject | None = None) -> None:
        """Makes the controller; its dialog lies over `window`."""
        super().__init__(parent)
        self._session = session
        self._window = window
        self._dialog: MatteDialog | None = None
        self._mode_before: ViewMode | None = None  # to go back to

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Maps action ids to handlers."""
        return {
            "object.matte": self.ask,
            "tool.softer": partial(self.step_edge, 1),
            "tool.harder": partial(self.step_edge, -1),
        }

    def soften(self, soft_px: float) -> None:
        """Gives the active object's matte a soft edge of a width in picture pixels."""
        active = self._session.active
        if active is not None:
            self.set_matte(active.id, replace(active.matte, feather_px=clamp_softness(soft_px)))

    def step_edge(self, direction: int) -> None:
        """Makes the edge softer (+1) or harder (-1) by a quarter, at least by a pixel."""
        active = self._session.active
        if active is not None:
            soft_px = active.matte.feather_px
            self.soften(round(soft_px) + direction * max(1, round(soft_px / 4)))

    def ask(self) -> None:
        """Lets the user set the edge of the active object's matte, and shows mattes until they are done."""
        active = self._session.active
        if active is None:
            return
        if self._dialog is None:
            self._dialog = MatteDialog(self._window)
            self._dialog.changed.connect(self._take)
            self._dialog.finished.connect(self._done)
            self._session.changed.connect(self._follow)
        self._dialog.show_object(active)
        view = self._session.view
        if view.shot.mode not in (ViewMode.MATTE, ViewMode.CUTOUT):
            self._mode_before = view.shot.mode
            self._session.set(shot=replace(self._session.shot, mode=ViewMode.MATTE))
        self._dialog.show()
        self._dialog.move(self._window.geometry().topRight() - QPoint(self._dialog.width(), 0) + _BESIDE_PX)
        self._dialog.raise_()
        self._dialog.activateWindow()

    def set_matte(self, object_id: ObjectId, matte: MatteSettings) -> None:
        """Replaces the matte settings of an object; changes in a row are one step."""
        document = self._session.document
        if all(item.id != object_id for item in document.objects) or document.object(object_id).matte == matte:
            return
        made = edits.set_matte(document, object_id, matte)
        self._session.editor.apply("matte edge", made, group=f"matte {object_id}")

    def _take(self, matte: MatteSettings) -> None:
        active = self._session.active
        if active is not None:
            self.set_matte(active.id, matte)

    def _follow(self) -> None:
        """Shows what undo or another active object changed; without an object there is nothing to set."""
        active = self._session.active
        if self._dialog is None:
            return
        if active is None:
            self._dialog.reject()
        else:
            self._dialog.show_object(active)

    def _done(self) -> None:
        self._session.changed.disconnect(self._follow)
        self._dialog = None
        mode, self._mode_before = self._mode_before, None
        if mode is not None and self._session.shot.mode is ViewMode.MATTE:
            self._session.set(shot=replace(self._session.shot, mode=mode))
