"""Shapes of the pen whose points can be moved after they were put into a mask, and pasted elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject

from vosapp.core import edits
from vosapp.core.document import Cell, ObjectId
from vosapp.core.errors import UserError
from vosapp.core.mask import Mask
from vosapp.presentation.pen_shapes import DrawnShape, PenShape, shape_at, with_drawn
from vosapp.presentation.view_state import SHAPE_TOOLS, Tool
from vosapp.presentation.viewer.raster import shape_change
from vosapp.ui.session import Session
from vosapp.ui.viewer.live_stroke import Stroke
from vosapp.ui.viewer.pen import Pen


class ShapeController(QObject):
    """Remembers shapes, moves their points as steps that can be undone, and pastes them."""

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

    def remember(self, object_id: ObjectId, stroke: Stroke, before: Cell | None) -> None:
        """Remembers the shape of a stroke that has been put into the mask; `before` stood there until then."""
        after = self._session.document.cell(object_id, stroke.frame_index)
        if stroke.shape is not None and after is not None:
            drawn = DrawnShape(object_id, stroke.frame_index, stroke.shape, stroke.combine, before, after)
            self._copied = stroke.shape
            self._keep(drawn)

    def move(self, shape: PenShape) -> None:
        """Puts a shape in the place of the one on the frame shown, whose point was moved."""
        session, drawn = self._session, self._here()
        if drawn is None or shape == drawn.shape:
            return
        size = session.editor.store.get(drawn.after.base).shape
        area, erase = shape_change(shape, drawn.combine, size)
        document = edits.write_cell(session.document, drawn.object_id, drawn.frame_index, drawn.before)
        try:
            document = edits.stroke(
                document, session.editor.store, drawn.object_id, drawn.frame_index, Mask.from_array(area), erase=erase
            )
        except UserError as error:  # undo has forgotten what stood there before
            session.fail(error)
            return
        after = document.cell(drawn.object_id, drawn.frame_index)
        session.editor.apply("move point", document)
        self._copied = shape
        if after is not None:
            self._keep(replace(drawn, shape=shape, after=after))

    def paste(self) -> None:
        """Takes the shape on this frame, or the one drawn last, as a draft for the frame shown."""
        session, shape = self._session, self._copied
        if shape is None:
            session.notify("No shape was drawn yet.", "Draw one with the polygon, box or ellipse.")
            return
        if session.app.tool not in SHAPE_TOOLS:
            session.set(app=replace(session.app, tool=Tool.POLYGON))
        self._shapes.paste(shape)

    def _here(self) -> DrawnShape | None:
        session, active = self._session, self._session.active
        if active is None:
            return None
        return shape_at(session.shot.shapes, session.document, active.id, session.shot.frame_index)

    def _keep(self, drawn: DrawnShape) -> None:
        self._session.set(shot=replace(self._session.shot, shapes=with_drawn(self._session.shot.shapes, drawn)))

    def _count_corners(self, points: int) -> None:
        self._session.set(shot=replace(self._session.shot, polygon_points=points))
