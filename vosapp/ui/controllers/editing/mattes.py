"""Edits the matte settings of objects, from the matte panel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QObject

from vosapp.core import edits
from vosapp.core.document import Document, MatteSettings, ObjectId
from vosapp.matte.refiner import refiner_is_ready
from vosapp.presentation.matte.presets import PRESETS
from vosapp.presentation.status import NoticeKind
from vosapp.presentation.view_state import ViewMode
from vosapp.presentation.viewer.overlay import MATTE_MODES
from vosapp.ui.panels.matte import MattePanel
from vosapp.ui.session import Session
from vosapp.ui.viewer.gestures import clamp_softness


class MatteController(QObject):
    """Changes the matte settings of the active object, and shows mattes while its panel is open."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._mode_before: ViewMode | None = None  # to go back to

    def connect_panel(self, panel: MattePanel) -> None:
        """Follows the panel."""
        panel.number_set.connect(self.set_number)
        panel.edge_chosen.connect(self.set_edge)
        panel.preset_chosen.connect(self.take_preset)
        panel.copy_asked.connect(self.copy_to)
        panel.reset_asked.connect(self.reset)
        panel.close_asked.connect(self.close)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Maps action ids to handlers."""
        return {
            "object.matte": self.toggle,
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

    def toggle(self) -> None:
        """Opens the panel, with the matte in the viewer; or closes it, with what was shown before."""
        if self._session.shot.matte_panel:
            self.close()
        elif self._session.active is not None:
            self._open()
        self._session.changed.emit()  # an action that was pressed again has unchecked itself

    def _open(self) -> None:
        session, mode = self._session, self._session.shot.mode
        self._mode_before = None
        if mode not in MATTE_MODES:
            self._mode_before, mode = mode, ViewMode.MATTE
        session.set(
            app=replace(session.app, refiner_ready=refiner_is_ready()),
            shot=replace(session.shot, matte_panel=True, mode=mode),
        )

    def close(self) -> None:
        """Closes the panel."""
        session, mode = self._session, self._session.shot.mode
        before, self._mode_before = self._mode_before, None
        if before is not None and mode in MATTE_MODES:
            mode = before
        session.set(shot=replace(session.shot, matte_panel=False, mode=mode))

    def set_number(self, name: str, value: float) -> None:
        """Sets one number of the active object's matte; what a slider does in one go is one step."""
        active = self._session.active
        if active is not None:
            changes: dict[str, Any] = {name: value}
            self._apply(active.id, replace(active.matte, **changes), group=f"matte {active.id} {name}")

    def set_edge(self, edge: str) -> None:
        """Says where the edge of the active object's matte comes from."""
        active = self._session.active
        if active is not None:
            self._apply(active.id, replace(active.matte, edge=edge))

    def take_preset(self, title: str) -> None:
        """Gives the active object's matte the settings of a preset."""
        active = self._session.active
        found = next((preset for preset in PRESETS if preset.title == title), None)
        if active is not None and found is not None:
            self._apply(active.id, found.settings)

    def reset(self) -> None:
        """Leaves the mask as it is."""
        active = self._session.active
        if active is not None:
            self._apply(active.id, MatteSettings())

    def set_matte(self, object_id: ObjectId, matte: MatteSettings) -> None:
        """Replaces the matte settings of an object; changes in a row are one step."""
        if any(item.id == object_id for item in self._session.document.objects):
            self._apply(object_id, matte, group=f"matte {object_id}")

    def copy_to(self, object_ids: tuple[ObjectId, ...]) -> None:
        """Gives other objects the active one's matte settings, in one step."""
        session, active = self._session, self._session.active
        if active is None:
            return
        document: Document = session.document
        for object_id in object_ids:
            document = edits.set_matte(document, object_id, active.matte)
        if document != session.document:
            session.editor.apply("copy matte", document)
            count = len(object_ids)
            text = f"The matte of {active.name} was copied to {count} object{'s' * (count != 1)}."
            session.notify(text, kind=NoticeKind.GOOD)

    def _apply(self, object_id: ObjectId, matte: MatteSettings, *, group: str = "") -> None:
        document = self._session.document
        if document.object(object_id).matte != matte:
            self._session.editor.apply("matte edge", edits.set_matte(document, object_id, matte), group=group)
