"""Adds, names, orders, shows and removes objects."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from vosapp.core import edits
from vosapp.core.document import Colour, ObjectId
from vosapp.presentation.choices import EngineChoice
from vosapp.presentation.view_state import ObjectStyle
from vosapp.ui.panels.objects import ObjectsPanel
from vosapp.ui.session import Session
from vosapp.ui.timeline.view import TimelineView


class ObjectDialogs(Protocol):
    """Asks for a colour or an engine."""

    def ask_colour(self, colour: Colour) -> Colour | None:
        """The colour that the user chose, None when they cancelled."""

    def ask_engine(
        self,
        name: str,
        current: str,
        engines: Sequence[EngineChoice],
        *,
        usual: str,
        confirmed: Callable[[str], None],
    ) -> None:
        """Calls back with the engine of an object that the user chose, "" for the shot's."""


class ObjectController(QObject):
    """Edits the list of objects.

    Signals:
        rename_asked: id of the object whose name the user wants to type.
    """

    rename_asked = Signal(int)

    def __init__(self, session: Session, dialogs: ObjectDialogs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._dialogs = dialogs

    def connect_panels(self, panel: ObjectsPanel, timeline: TimelineView) -> None:
        """Follows the list of objects and the lanes of the timeline."""
        panel.picked.connect(self.pick)
        panel.eye_clicked.connect(self.toggle_visible)
        panel.solo_clicked.connect(self.toggle_solo)
        panel.style_clicked.connect(self.next_style)
        panel.colour_clicked.connect(self.ask_colour)
        panel.renamed.connect(self.rename)
        panel.moved.connect(self.move)
        self.rename_asked.connect(panel.edit_name)
        timeline.object_picked.connect(self.pick)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Maps action ids to handlers; the digits belong to suggestions too."""
        return {
            "object.add": self.add,
            "object.rename": self.ask_name,
            "object.colour": self.ask_active_colour,
            "object.visible": self.toggle_visible,
            "object.solo": self.toggle_solo,
            "object.as_view": partial(self.set_style, None),
            **{f"object.as_{style.value}": partial(self.set_style, style) for style in ObjectStyle},
            "object.lock": self.toggle_lock,
            "object.engine": self.ask_engine,
            "object.raise": partial(self._shift, -1),
            "object.lower": partial(self._shift, 1),
            "object.delete": self.delete,
        }

    def add(self) -> None:
        """Adds an object and makes it the active one."""
        document, object_id = edits.add_object(self._session.document)
        self._session.editor.apply("add object", document)
        self._session.set(shot=replace(self._session.shot, active_object=object_id))

    def pick(self, object_id: ObjectId) -> None:
        """Makes an object the one that the tools change."""
        self._session.set(shot=replace(self._session.shot, active_object=object_id))

    def pick_place(self, place: int) -> None:
        """Makes the object at a place in the list the active one."""
        objects = self._session.document.objects
        if place < len(objects):
            self.pick(objects[place].id)

    def ask_name(self) -> None:
        """Lets the user type a name for the active object."""
        active = self._session.active
        if active is not None:
            self.rename_asked.emit(active.id)

    def rename(self, object_id: ObjectId, name: str) -> None:
        """Gives an object another name."""
        document = edits.rename_object(self._session.document, object_id, name)
        self._session.editor.apply("rename object", document)

    def ask_active_colour(self) -> None:
        """Lets the user choose a colour for the active object."""
        active = self._session.active
        if active is not None:
            self.ask_colour(active.id)

    def ask_colour(self, object_id: ObjectId) -> None:
        """Lets the user choose a colour for an object."""
        before = self._session.document.object(object_id).colour
        colour = self._dialogs.ask_colour(before)
        if colour is not None and colour != before:
            document = edits.recolour_object(self._session.document, object_id, colour)
            self._session.editor.apply("change colour", document)

    def toggle_lock(self) -> None:
        """Locks the active object against tools and runs, or unlocks it."""
        active = self._session.active
        if active is not None:
            document = edits.set_locked(self._session.document, active.id, not active.locked)
            self._session.editor.apply("unlock object" if active.locked else "lock object", document)

    def ask_engine(self) -> None:
        """Asks with which engine the active object is propagated."""
        active, app = self._session.active, self._session.app
        if active is not None:
            self._dialogs.ask_engine(
                active.name,
                active.engine,
                app.engines,
                usual=app.propagate.engine,
                confirmed=partial(self.set_engine, active.id),
            )

    def set_engine(self, object_id: ObjectId, engine: str) -> None:
        """Gives an object an engine of its own, or the shot's with ""."""
        document = edits.set_engine(self._session.document, object_id, engine)
        self._session.editor.apply("set engine of object", document)

    def toggle_visible(self, object_id: ObjectId = 0) -> None:
        """Shows or hides an object, by default the active one."""
        object_id = object_id or self._active_id()
        if object_id:
            view = self._session.view
            self._session.set(
                shot=replace(
                    self._session.shot,
                    hidden=view.shot.hidden ^ {object_id},
                    solo=0 if view.shot.solo else view.shot.solo,
                )
            )

    def toggle_solo(self, object_id: ObjectId = 0) -> None:
        """Shows only one object, or all again."""
        object_id = object_id or self._active_id()
        if object_id:
            view = self._session.view
            self._session.set(
                shot=replace(
                    self._session.shot,
                    solo=0 if view.shot.solo == object_id else object_id,
                    hidden=view.shot.hidden - {object_id},
                )
            )

    def set_style(self, style: ObjectStyle | None, object_id: ObjectId = 0) -> None:
        """Draws an object, by default the active one, in a way of its own; None draws it as the view says."""
        object_id = object_id or self._active_id()
        if object_id:
            styles = {known: own for known, own in self._session.shot.styles.items() if known != object_id}
            styles |= {object_id: style} if style is not None else {}
            self._session.set(shot=replace(self._session.shot, styles=styles))
            self._session.changed.emit()  # an action that was pressed again has unchecked itself

    def next_style(self, object_id: ObjectId) -> None:
        """Draws an object in the next way: as the view says, as overlay, as outline, as both."""
        offered: list[ObjectStyle | None] = [None, *ObjectStyle]
        place = offered.index(self._session.shot.styles.get(object_id))
        self.set_style(offered[(place + 1) % len(offered)], object_id)

    def move(self, object_id: ObjectId, position: int) -> None:
        """Moves an object to a place in the order, 0 in front."""
        document = self._session.document
        if 0 <= position < len(document.objects) and document.objects[position].id != object_id:
            self._session.editor.apply("reorder objects", edits.reorder_object(document, object_id, position))

    def delete(self) -> None:
        """Removes the active object with its masks; undo brings it back."""
        active = self._session.active
        if active is not None:
            document = edits.remove_object(self._session.document, active.id)
            self._session.editor.apply(f"delete {active.name}", document)

    def _shift(self, by: int) -> None:
        active = self._session.active
        if active is not None:
            self.move(active.id, self._session.document.objects.index(active) + by)

    def _active_id(self) -> ObjectId:
        active = self._session.active
        return active.id if active else 0
