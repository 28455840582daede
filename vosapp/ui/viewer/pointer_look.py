"""Look of the pointer over the picture: the brush's ring, and the cursor, which says what a press would do."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QGraphicsItem

from vosapp.presentation.pen_display import PenDisplay
from vosapp.presentation.view_state import SHAPE_TOOLS, Tool
from vosapp.ui.viewer.gestures import Pointer
from vosapp.ui.viewer.pen_items import BrushRing
from vosapp.ui.viewer.pen_surface import PenSurface

_BRUSHES = (Tool.BRUSH, Tool.ERASER)
_POINT_TOOLS = (*SHAPE_TOOLS, Tool.TRANSFORM)


class PointerLook:
    """Shows ring and cursor on a surface.

    Attributes:
        settings: of the pen.
        ring: as wide as the brush, in picture coordinates.
        holds_hand: the hand is held by a key, whatever the tool is.
    """

    def __init__(self, surface: PenSurface, layer: QGraphicsItem) -> None:
        """Makes it; the ring is drawn over `layer`, which is in picture coordinates."""
        self._surface = surface
        self.settings = PenDisplay()
        self.ring = BrushRing(layer)
        self.holds_hand = False
        self._is_over_wipe = False
        self._is_over_point = False

    def set_settings(self, settings: PenDisplay) -> None:
        """Takes the pen's tool and brush."""
        self.settings = settings
        self._shape_ring(erases=settings.tool is Tool.ERASER)
        if settings.tool not in _BRUSHES or not settings.usable:
            self.hide_ring()
        self.show_cursor()

    def hide_ring(self) -> None:
        """Hides the ring until the pointer moves over the picture."""
        self.ring.setVisible(False)

    def follow_brush(self, pointer: Pointer, *, erases: bool, is_resized: bool) -> None:
        """Takes the ring to the pointer; where it stays while the brush gets another size."""
        is_brush = self.settings.tool in _BRUSHES and self.settings.usable and not self.holds_hand
        self.ring.setVisible(is_brush)
        if is_brush:
            self._shape_ring(erases=erases)
            if not is_resized:
                self.ring.setPos(QPointF(*pointer.picture))

    def follow_wipe(self, over: bool, *, is_idle: bool) -> None:
        """Shows that the wipe's line can be dragged while the pointer is on it."""
        if over:
            self.hide_ring()
        if over != self._is_over_wipe and is_idle:
            self._is_over_wipe = over
            self.show_cursor()

    def follow_point(self, over: bool) -> None:
        """Shows that a point or mask can be moved while the pointer is on it."""
        if over != self._is_over_point:
            self._is_over_point = over
            self.show_cursor()

    def show_cursor(self) -> None:
        """Shows the cursor of the tool and of what lies under the pointer."""
        self._surface.set_pointer(self._cursor())

    def _cursor(self) -> Qt.CursorShape:
        tool = self.settings.tool
        if self._is_over_wipe and not self.holds_hand:
            return Qt.CursorShape.SizeHorCursor
        if tool is Tool.HAND or self.holds_hand:
            return Qt.CursorShape.OpenHandCursor
        if not self.settings.usable:
            return Qt.CursorShape.ArrowCursor
        if self._is_over_point and tool in _POINT_TOOLS:
            return Qt.CursorShape.SizeAllCursor
        return Qt.CursorShape.CrossCursor

    def _shape_ring(self, *, erases: bool) -> None:
        self.ring.set_shape(self.settings.brush_px / 2, soft_px=self.settings.soft_px, erases=erases)
