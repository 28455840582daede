"""Shapes of the pen that are in masks: their points are moved, and they are pasted elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject

from vosapp.core.errors import UserError
from vosapp.core.frame_map import FrameMap
from vosapp.core.mask import Mask
from vosapp.core.pen_shape import PenShape
from vosapp.core.shape_edits import frames_with_shapes, move_shape
from vosapp.presentation.view_state import SHAPE_TOOLS, Tool
from vosapp.presentation.viewer.raster import shape_change
from vosapp.ui.session import Session
from vosapp.ui.viewer.pen import Pen


class ShapeController(QObject):
    """Moves the points of shapes as steps that can be undone, and pastes shapes."""

    def __init__(self, session: Session, pen: Pen, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._shapes = pen.shapes
        self._copied: PenShape | None = None
        pen.shapes.changed.connect(self._count_corners)
        pen.shapes.moved.connect(self.move)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Maps action ids to handlers."""
        return {"edit.paste_shape": self.paste}

    def note(self, shape: PenShape) -> None:
        """Takes note of a shape that was drawn, for pasting."""
        self._copied = shape

    def move(self, shape: PenShape) -> None:
        """Puts a shape in the place of the one on the frame shown, whose point was moved."""
        session, active, here = self._session, self._session.active, self._session.shot.frame_index
        cell = active.cells.get(here) if active is not None else None
        if active is None or cell is None or cell.shape is None:
            return
        shape, store = shape.storable(), session.editor.store
        try:
            size = store.get(cell.base).shape
            area, _ = shape_change(shape, cell.shape.combine, size)
            document = move_shape(session.document, store, active.id, here, shape=shape, area=Mask.from_array(area))
        except UserError as error:  # what stood there before is damaged in the project file
            session.fail(error)
            return
        session.editor.apply("move point", document)
        self.note(shape)

    def paste(self) -> None:
        """Takes the shape drawn last, or else the active object's nearest one, as a draft for the frame shown."""
        session, shape = self._session, self._copied or self._nearest()
        if shape is None:
            session.notify("No shape was drawn yet.", "Draw one with the polygon, box or ellipse.")
            return
        if session.app.tool not in SHAPE_TOOLS:
            session.set(app=replace(session.app, tool=Tool.POLYGON))
        self._shapes.paste(shape)

    def _nearest(self) -> PenShape | None:
        """The shape nearest to the frame shown, of the active object and else of another one."""
        session, here = self._session, self._session.shot.frame_index
        objects = [session.active] if session.active is not None else []
        for one in (*objects, *session.document.objects):
            frames = FrameMap.of(one.cells).derived(frames_with_shapes)
            cell = one.cells[min(frames, key=lambda frame: abs(frame - here))] if frames else None
            if cell is not None and cell.shape is not None:
                return cell.shape.shape
        return None

    def _count_corners(self, points: int) -> None:
        self._session.set(shot=replace(self._session.shot, polygon_points=points))
