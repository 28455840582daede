"""Edits the matte settings of objects, from the matte panel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject

from vosapp.core import edits, matte_edits
from vosapp.core.document import Document, MatteJoin, MatteSettings, ObjectId
from vosapp.core.editor import Editor
from vosapp.core.errors import MaskError
from vosapp.core.frame_words import frame_words
from vosapp.core.trimap import TrimapKind
from vosapp.core.trimap_edits import TrimapImage, clear_trimap, frames_to_carry_to, set_trimap, trimap_image
from vosapp.matte.refiner import refiner_is_ready
from vosapp.presentation.matte.presets import PRESETS
from vosapp.presentation.status import NoticeKind
from vosapp.presentation.timeline.lanes import matte_keys
from vosapp.presentation.view_state import Tool, ViewMode
from vosapp.presentation.viewer.overlay import MATTE_MODES
from vosapp.presentation.viewer.trimap import PAINT_TOOLS
from vosapp.ui.jobs.io_queue import IoQueue, IoTask
from vosapp.ui.panels.matte import MattePanel
from vosapp.ui.session import Session
from vosapp.ui.viewer.gestures import clamp_softness


class MatteController(QObject):
    """Changes the matte settings of the active object, and shows mattes while its panel is open."""

    def __init__(self, session: Session, io: IoQueue, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._io = session, io
        self._mode_before: ViewMode | None = None  # to go back to

    def connect_panel(self, panel: MattePanel) -> None:
        """Follows the panel."""
        panel.number_set.connect(self.set_number)
        panel.key_toggled.connect(self.toggle_key)
        panel.edge_chosen.connect(self.set_edge)
        panel.preset_chosen.connect(self.take_preset)
        panel.copy_asked.connect(self.copy_to)
        panel.joins_set.connect(self.set_joins)
        panel.paint_chosen.connect(self.set_paint)
        panel.unpaint_asked.connect(self.clear_paint)
        panel.carry_asked.connect(self.carry_paint)
        panel.reset_asked.connect(self.reset)
        panel.close_asked.connect(self.close)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Maps action ids to handlers."""
        return {
            "object.matte": self.toggle,
            "go.previous_key": partial(self.go_to_key, -1),
            "go.next_key": partial(self.go_to_key, 1),
            "tool.softer": partial(self.step_edge, 1),
            "tool.harder": partial(self.step_edge, -1),
        }

    def soften(self, soft_px: float) -> None:
        """Gives the active object's matte a soft edge of a width in picture pixels."""
        self.set_number("feather_px", clamp_softness(soft_px))

    def step_edge(self, direction: int) -> None:
        """Makes the edge softer (+1) or harder (-1) by a quarter, at least by a pixel."""
        active = self._session.active
        if active is not None:
            soft_px = active.matte_at(self._session.shot.frame_index).feather_px
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
        session.set(shot=replace(session.shot, matte_panel=False, trimap_brush=None, mode=mode))

    def set_number(self, name: str, value: float) -> None:
        """Sets one number of the active object's matte, on this frame alone where it changes over time.

        What a slider does in one go is one step.
        """
        session, active = self._session, self._session.active
        if active is not None:
            frame = session.shot.frame_index
            made = matte_edits.set_number(session.document, active.id, name, value, frame_index=frame)
            where = f" {frame}" if active.curve(name) is not None else ""
            self._apply(made, group=f"matte {active.id} {name}{where}")

    def toggle_key(self, name: str) -> None:
        """Gives a number of the active object's matte a key on this frame, or takes it away."""
        session, active = self._session, self._session.active
        if active is None:
            return
        frame, curve = session.shot.frame_index, active.curve(name)
        if curve is not None and frame in dict(curve.keys):
            self._apply(matte_edits.remove_key(session.document, active.id, name, frame), "remove matte key")
        else:
            value = getattr(active.matte_at(frame), name)
            self._apply(matte_edits.set_key(session.document, active.id, name, frame, value), "matte key")

    def go_to_key(self, direction: int) -> None:
        """Goes to the next (+1) or previous (-1) frame where the active object's matte has a key, or is painted."""
        session, active = self._session, self._session.active
        here = session.shot.frame_index
        keys = matte_keys(active) if active is not None else ()
        beyond = [frame for frame in keys if (frame - here) * direction > 0]
        if beyond:
            nearest = min(beyond) if direction > 0 else max(beyond)
            session.set(shot=replace(session.shot, frame_index=min(nearest, session.last_frame)))

    def set_edge(self, edge: str) -> None:
        """Says where the edge of the active object's matte comes from."""
        active = self._session.active
        if active is not None:
            self._apply(edits.set_matte(self._session.document, active.id, replace(active.matte, edge=edge)))

    def take_preset(self, title: str) -> None:
        """Gives the active object's matte the settings of a preset, which do not change over time."""
        found = next((preset for preset in PRESETS if preset.title == title), None)
        active = self._session.active
        if active is not None and found is not None:
            self._apply(matte_edits.set_stack(self._session.document, active.id, found.settings))

    def reset(self) -> None:
        """Leaves the mask as it is."""
        active = self._session.active
        if active is not None:
            made = matte_edits.set_stack(self._session.document, active.id, MatteSettings())
            self._apply(matte_edits.set_joins(made, active.id, ()))

    def set_paint(self, kind: TrimapKind | None) -> None:
        """Lets the pen paint over the edge of the active object's matte; None lets it paint the mask again."""
        session = self._session
        if kind is not None and session.app.tool not in PAINT_TOOLS:
            session.set(app=replace(session.app, tool=Tool.BRUSH))
        mode = session.shot.mode
        if kind is not None and mode is ViewMode.MATTE:
            mode = ViewMode.BAND  # where the picture is seen that is painted on
        session.set(shot=replace(session.shot, trimap_brush=kind, mode=mode))

    def clear_paint(self) -> None:
        """Takes what was painted over the active object's edge on this frame away."""
        session, active = self._session, self._session.active
        if active is not None:
            self._apply(clear_trimap(session.document, active.id, session.shot.frame_index), "clear edge paint")

    def carry_paint(self) -> None:
        """Carries what is painted over the active object's edge to the next frames, as one step."""
        from vosapp.engine.run.trimap_job import trimap_body

        session, active, clip = self._session, self._session.active, self._session.document.clip
        here = session.shot.frame_index
        if active is None or clip is None or active.trimap_at(here) is None:
            return
        frames = frames_to_carry_to(session.document, active.id, here)
        if not frames:
            session.notify(
                "The edge paint cannot be carried on.",
                f"{active.name} has no mask on the next frame, is painted there already, or a new shot begins.",
            )
            return
        try:
            trimap = trimap_image(session.editor.store, active.trimap_at(here), (clip.height, clip.width))
        except MaskError as error:
            session.fail(error)
            return
        if trimap is not None:
            body = trimap_body(clip, trimap, (here, *frames))
            done = partial(self._take_carried, session.editor, active.id)
            self._io.run(
                IoTask(body, "Carrying edge paint on", done=done, failed=session.fail, can_cancel=True, reads=True)
            )

    def _take_carried(self, editor: Editor, object_id: ObjectId, found: Mapping[int, TrimapImage]) -> None:
        session, document = self._session, self._session.document
        if session.editor is not editor or not any(item.id == object_id for item in document.objects):
            return  # another clip was opened, or the object deleted meanwhile
        item, taken = document.object(object_id), []
        for frame, trimap in found.items():
            if frame in item.cells and item.trimap_at(frame) is None:
                document = set_trimap(document, editor.store, object_id, frame, trimap)
                taken.append(frame)
        if not taken:
            session.notify(
                "The edge paint was not carried on.", "The next picture is too different to find it there again."
            )
            return
        self._apply(document, "carry edge paint")
        first_number = document.clip.first_number if document.clip is not None else 0
        session.notify(
            f"The edge paint was carried to {frame_words(taken, first_number)}.",
            "Look at it there: a key for each frame is in the timeline.",
            NoticeKind.GOOD,
        )

    def set_joins(self, joins: tuple[MatteJoin, ...]) -> None:
        """Says which other objects go into the active object's matte."""
        active = self._session.active
        if active is not None:
            self._apply(matte_edits.set_joins(self._session.document, active.id, joins), "matte of objects")

    def set_matte(self, object_id: ObjectId, matte: MatteSettings) -> None:
        """Replaces the matte settings of an object; changes in a row are one step."""
        if any(item.id == object_id for item in self._session.document.objects):
            self._apply(edits.set_matte(self._session.document, object_id, matte), group=f"matte {object_id}")

    def copy_to(self, object_ids: tuple[ObjectId, ...]) -> None:
        """Gives other objects the active one's matte, in one step."""
        session, active = self._session, self._session.active
        if active is None:
            return
        made = matte_edits.copy_stack(session.document, active.id, object_ids)
        if made != session.document:
            self._apply(made, "copy matte")
            count = len(object_ids)
            text = f"The matte of {active.name} was copied to {count} object{'s' * (count != 1)}."
            session.notify(text, kind=NoticeKind.GOOD)

    def _apply(self, made: Document, label: str = "matte edge", *, group: str = "") -> None:
        if made != self._session.document:
            self._session.editor.apply(label, made, group=group)
