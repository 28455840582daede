"""Protocol of the surface that the pen works on."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QCursor

from vosapp.core.document import Colour, ObjectId
from vosapp.engine.select.marks import Mark
from vosapp.presentation.viewer.layers import LayerStack
from vosapp.presentation.viewer.raster import Point
from vosapp.ui.viewer.overlay_item import OverlayItem


class PenSurface(Protocol):
    """A picture with masks over it, that can be moved under the pointer and painted on.

    Attributes:
        frame_index: the frame shown, on which strokes are made.
        overlay: shows the masks; strokes change its labels while they are drawn.
        trimap: shows what is painted over the edge of a matte, likewise.
    """

    frame_index: int
    overlay: OverlayItem
    trimap: OverlayItem

    @property
    def zoom(self) -> float:
        """Logical pixels a picture pixel."""

    @property
    def has_picture(self) -> bool:
        """Whether there is a picture to work on."""

    @property
    def offers_suggestions(self) -> bool:
        """Whether a click chooses a suggested mask instead of painting."""

    def to_picture(self, view_point: QPointF) -> Point:
        """The picture point under a point of the viewer."""

    def pan(self, dx: float, dy: float) -> None:
        """Moves the picture by logical pixels."""

    def zoom_by(self, factor: float, at: Point | None = None) -> None:
        """Zooms around a view point, or the middle."""

    def set_pointer(self, cursor: QCursor | Qt.CursorShape) -> None:
        """Sets the shape of the mouse pointer."""

    def follow_pointer(self, point: Point) -> None:
        """The pointer is over a picture point."""

    def is_over_wipe(self, point: Point) -> bool:
        """Whether a press at a picture point takes hold of the wipe's line."""

    def drag_wipe(self, point: Point) -> None:
        """Moves the wipe's line to a picture point."""

    def click_suggestion(self, point: Point) -> None:
        """Chooses the suggestion under a picture point."""

    def follow_suggestion(self, point: Point | None) -> None:
        """Lights the suggestion under a picture point."""

    def draw_mark(self, mark: Mark | None) -> None:
        """Shows the mark that is being drawn with the select tool; None takes it away."""

    def ask_menu(self, view_point: Point) -> None:
        """Opens the menu of what can be done at a point of the viewer."""

    def paint_stack(self, object_id: ObjectId, colour: Colour) -> LayerStack:
        """Shows, and returns, hard masks with a layer for the object that is painted."""

    def drop_paint(self) -> None:
        """Shows the masks as they are, without what was painted over them."""

    def show_result(self) -> None:
        """Shows soft edges again, which painting leaves out."""
