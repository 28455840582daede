"""Canvas: shows one frame with its masks and routes mouse and tablet to the pen.

One `PictureItem` shows the frame, one `OverlayItem` the masks; both hang under one item whose transform is the camera.
Mouse and pen are handled here in logical pixels and turned into picture coordinates by the camera alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QCursor, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from vosapp.core.document import Colour, ObjectId
from vosapp.engine.select.marks import Mark
from vosapp.presentation.suggest.display import SuggestionOutline
from vosapp.presentation.view_state import Backdrop, ObjectStyle, ViewMode
from vosapp.presentation.viewer.camera import Camera, fit
from vosapp.presentation.viewer.changes import changes_table
from vosapp.presentation.viewer.layers import Labels, LayerStack
from vosapp.presentation.viewer.overlay import MATTE_MODES
from vosapp.presentation.viewer.overlay_style import (
    AREA_MODES,
    MOST_OUTLINED,
    alpha_table,
    colour_table,
    outlined_table,
)
from vosapp.presentation.viewer.raster import Point
from vosapp.presentation.viewer.trimap import trimap_table
from vosapp.ui.viewer.camera_view import CameraView
from vosapp.ui.viewer.magnifier import Magnifier
from vosapp.ui.viewer.onion_item import OnionItem
from vosapp.ui.viewer.overlay_item import OverlayItem, outline_width
from vosapp.ui.viewer.pen import Pen
from vosapp.ui.viewer.picture_item import PictureItem
from vosapp.ui.viewer.selection_item import SelectionItem
from vosapp.ui.viewer.suggestion_item import SuggestionItem
from vosapp.ui.viewer.texture import texture_of
from vosapp.ui.viewer.wipe_item import Side, WipeItem
from vosapp.video.source import RgbImage


@dataclass(frozen=True, slots=True)
class OverlayStyle:
    """How masks are shown."""

    mode: ViewMode = ViewMode.OVERLAY
    opacity: float = 0.5
    backdrop: Backdrop = Backdrop.BLACK
    outlined: bool = False
    styles: Mapping[ObjectId, ObjectStyle] = field(default_factory=dict)

    def of(self, object_id: ObjectId) -> ObjectStyle:
        """How an object's area or outline is drawn."""
        usual = ObjectStyle.BOTH if self.outlined else ObjectStyle.OVERLAY
        return self.styles.get(object_id, ObjectStyle.OUTLINE if self.mode is ViewMode.OUTLINE else usual)


class Canvas(CameraView):
    """Shows one frame with its masks; its `pen` turns what mouse and tablet do on it into strokes.

    Signals:
        suggestion_clicked, suggestion_hovered: place of a suggestion; -1 when the pointer is on none any more.
        menu_asked: the menu is wanted at a point of the viewer, a QPointF.
        wipe_dragged: the wipe's line was moved to a share of the picture's width.
        hovered: picture point under the pointer as (x, y), or None.
    """

    suggestion_clicked = Signal(int)
    suggestion_hovered = Signal(int)
    menu_asked = Signal(object)
    wipe_dragged = Signal(float)
    hovered = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("Canvas")
        self.setAccessibleName("Viewer")
        self.frame_item = PictureItem(self.root)
        self.overlay = OverlayItem(self.root)
        self.overlay.setZValue(10)
        self.other_overlay = OverlayItem(self.root)
        self.other_overlay.setZValue(10)
        self.changes = OverlayItem(self.root)
        self.changes.setZValue(12)
        self.trimap = OverlayItem(self.root)  # over the edge of the active object's matte
        self.trimap.setZValue(12)
        self._trimap_labels: Labels | None = None
        self.wipe = WipeItem(self.root)
        self._side: Side | None = None
        self.onion = OnionItem(self.root)
        self.suggestions = SuggestionItem(self.root)
        self.selection = SelectionItem(self.root)
        self.frame: RgbImage | None = None
        self._shown_picture: RgbImage | None = None
        self.stack = LayerStack((1, 1))
        self.frame_index = 0
        self._style = OverlayStyle()
        self._backdrop_picture: RgbImage | None = None
        self.is_soft = False  # the overlay holds a matte with its edge in place of labels
        self.order: tuple[ObjectId, ...] = ()
        self.pen = Pen(self, self.root, self)
        self.magnifier = Magnifier(self)
        self.zoomed.connect(self._restyle)
        self.viewport().setMouseTracking(True)
        self.viewport().installEventFilter(self.pen)

    # -- what is shown ------------------------------------------------------------------------------------------

    def show_frame(self, frame: RgbImage | None) -> None:
        """Shows a picture (height, width, 3) uint8, or none."""
        self.frame = frame
        self.frame_item.setVisible(frame is not None)
        if frame is None:
            return
        self._shown_picture = frame
        self.frame_item.show_picture(frame)
        self.magnifier.refresh()
        size = QSize(frame.shape[1], frame.shape[0])
        if size != self._picture:
            self._picture = size
            self.set_camera(fit(self.picture_size, self.view_size))

    def show_masks(self, stack: LayerStack, frame_index: int, order: Sequence[ObjectId]) -> None:
        """Shows the masks of a frame.

        Args:
            stack: layers from front to back.
            frame_index: the frame they stand on, and on which strokes will be made.
            order: ids of all objects from front to back, also of those without a mask here.
        """
        if frame_index != self.frame_index:
            self.pen.commit()
        self.stack, self.frame_index, self.order = stack, frame_index, tuple(order)
        self._draw_stack()
        self.pen.rebase()

    def show_colours(self, picture: RgbImage | None) -> None:
        """Shows other colours, (height, width, 3) uint8, in place of the frame's; None shows the frame again."""
        shown = self.frame if picture is None else picture
        if shown is not None and shown is not self._shown_picture:
            self._shown_picture = shown
            self.frame_item.show_picture(shown)

    def show_backdrop(self, picture: RgbImage | None) -> None:
        """Takes a picture (height, width, 3) uint8 of any size to lie behind cutouts, where the style asks for one."""
        self._backdrop_picture = picture
        self._show_texture()

    def _show_texture(self) -> None:
        backdrop = self._style.backdrop if self._style.mode is ViewMode.CUTOUT else None
        texture = texture_of(backdrop, self._backdrop_picture)
        for overlay in (self.overlay, self.other_overlay):
            overlay.set_texture(texture)

    def set_style(self, style: OverlayStyle) -> None:
        """Changes how masks are shown."""
        if style == self._style:
            return
        self._style = style
        self._show_texture()
        if self.is_soft is not self._is_soft_style(self.stack):
            self._draw_stack()
        self._restyle()

    def show_suggestions(self, outlines: tuple[SuggestionOutline, ...]) -> None:
        """Shows masks to choose from, the best first; while there are some, a click chooses instead of painting."""
        self.suggestions.show_outlines(outlines)

    def click_suggestion(self, point: Point) -> None:
        """Tells of a click at a picture point that hits a suggestion."""
        place = self.suggestions.at(point)
        if place >= 0:
            self.suggestion_clicked.emit(place)

    def follow_suggestion(self, point: Point | None) -> None:
        """Lights the suggestion under a picture point."""
        place = -1 if point is None else self.suggestions.at(point)
        if self.suggestions.hover(place):
            self.suggestion_hovered.emit(place)
            self.set_pointer(Qt.CursorShape.PointingHandCursor if place >= 0 else Qt.CursorShape.ArrowCursor)

    @property
    def has_picture(self) -> bool:
        """Whether a picture is shown."""
        return self._picture is not None

    @property
    def offers_suggestions(self) -> bool:
        """Whether a click chooses a suggestion."""
        return self.suggestions.is_shown

    def draw_mark(self, mark: Mark | None) -> None:
        """Shows the mark that is being drawn with the select tool; None takes it away."""
        self.selection.draw_mark(mark)

    def paint_stack(self, object_id: ObjectId, colour: Colour) -> LayerStack:
        """Shows hard masks for the time of a stroke, with an empty layer for an object that has none yet."""
        stack = self.stack.with_object(object_id, colour, self.order)
        if stack is not self.stack or self.is_soft:
            self.stack = stack
            self._draw_stack(soft=False)
        return stack

    def show_changes(self, labels: Labels | None) -> None:
        """Marks changed pixels by their labels (height, width) over the masks, or none."""
        if labels is not None:
            self.changes.show_labels(labels, changes_table())
        self.changes.setVisible(labels is not None)
        self.magnifier.refresh()

    def show_trimap(self, labels: Labels | None) -> None:
        """Shows what is painted over the edge of a matte, labels (height, width) by kind, or nothing."""
        self._trimap_labels = labels
        self._draw_trimap()

    def _draw_trimap(self) -> None:
        if self._trimap_labels is not None:
            self.trimap.show_labels(self._trimap_labels.copy(), trimap_table())  # strokes paint on it
            self.pen.rebase()
        self.trimap.setVisible(self._trimap_labels is not None)
        self.magnifier.refresh()

    def drop_paint(self) -> None:
        """Shows the stack without what was painted over it."""
        self._draw_stack()
        self._draw_trimap()

    def show_result(self) -> None:
        """Shows the stack as it stands after a stroke, with the soft edges that painting leaves out."""
        if self._trimap_labels is not None:
            self._draw_trimap()
        if self._is_soft_style(self.stack) and not self.is_soft:
            self._draw_stack()

    def show_wipe(self, side: Side | None) -> None:
        """Shows something else right of a line, or the masks everywhere."""
        before, self._side = self._side, side
        width, height = self.picture_size
        self.wipe.setVisible(side is not None)
        self.other_overlay.setVisible(side is not None and bool(side.stack.layers))
        self.overlay.show_between(None if side is None else (0.0, side.at * width))
        if side is not None:
            self.wipe.show_line(side.at * width, (width, height), side.names)
            self.other_overlay.show_between((side.at * width, width))
        if side is not None and (before is None or before.stack is not side.stack):
            self._draw_other(side.stack)
        self.viewport().update()

    def is_over_wipe(self, point: Point) -> bool:
        """Whether the wipe's line is near a picture point."""
        return self.wipe.is_near(point, self.zoom)

    def drag_wipe(self, point: Point) -> None:
        """Moves the wipe's line to a picture point."""
        self.wipe_dragged.emit(point[0] / self.picture_size[0])

    def _draw_other(self, stack: LayerStack) -> None:
        if stack.layers:
            soft = self._is_soft_style(stack)
            shown = stack.alpha() if soft else stack.labels()
            self.other_overlay.show_labels(shown, self._table(stack, soft=soft), outline_px=self._outline_px(stack))

    def _draw_stack(self, *, soft: bool = True) -> None:
        self.is_soft = soft and self._is_soft_style(self.stack)
        shown = self.stack.alpha() if self.is_soft else self.stack.labels()
        table = self._table(self.stack, soft=self.is_soft)
        self.overlay.show_labels(shown, table, outline_px=self._outline_px(self.stack))
        self.magnifier.refresh()

    def _restyle(self) -> None:
        """Brings colours and outlines up to date where the labels are the same."""
        self.overlay.set_style(self._table(self.stack, soft=self.is_soft), outline_px=self._outline_px(self.stack))
        self.magnifier.refresh()
        if self._side is not None:
            self._draw_other(self._side.stack)

    def _is_soft_style(self, stack: LayerStack) -> bool:
        return stack.has_edge and self._style.mode in MATTE_MODES

    def _table(self, stack: LayerStack, *, soft: bool) -> list[int]:
        style = self._style
        if soft:
            return alpha_table(style.mode, style.backdrop)
        if self._outline_px(stack):
            objects = [(layer.colour, style.of(layer.object_id)) for layer in stack.layers]
            return outlined_table(objects, style.opacity)
        return colour_table(stack.colours(), style.mode, opacity=style.opacity, backdrop=style.backdrop)

    def _outline_px(self, stack: LayerStack) -> int:
        """Width of outlines in picture pixels, 0 where nothing has one."""
        if self._style.mode not in AREA_MODES or len(stack.layers) > MOST_OUTLINED:
            return 0
        is_plain = all(self._style.of(layer.object_id) is ObjectStyle.OVERLAY for layer in stack.layers)
        return 0 if is_plain else outline_width(self.camera.zoom)

    # -- input --------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begins a gesture."""
        event.accept()
        if self._picture is not None:
            self.pen.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Goes on with a gesture or follows the pointer."""
        event.accept()
        if self._picture is not None:
            self.pen.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Ends a gesture."""
        event.accept()
        if self._picture is not None:
            self.pen.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A second press; closes a polygon."""
        event.accept()
        if self._picture is not None:
            self.pen.double_click(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zooms at the pointer."""
        event.accept()
        steps = event.angleDelta().y() / 120.0
        if self._picture is not None and steps:
            position = event.position()
            self.zoom_by(1.2**steps, (position.x(), position.y()))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Opens the menu by its key; the right button's click comes from the pen, which knows a click from a drag."""
        event.accept()
        if event.reason() == QContextMenuEvent.Reason.Keyboard and self._picture is not None:
            at = self.viewport().mapFromGlobal(QCursor.pos())
            inside = self.viewport().rect().contains(at)
            self.menu_asked.emit(QPointF(at if inside else self.viewport().rect().center()))

    def ask_menu(self, view_point: Point) -> None:
        """Tells that the menu is wanted."""
        self.menu_asked.emit(QPointF(*view_point))

    def leaveEvent(self, _event: QEvent) -> None:
        """Hides the brush ring."""
        self.pen.leave()
        self.follow_suggestion(None)
        self.magnifier.follow(None, self.zoom)
        self.hovered.emit(None)

    def follow_pointer(self, point: Point) -> None:
        """Tells of the picture point under the pointer."""
        self.magnifier.follow(self.to_view(point), self.zoom)
        self.hovered.emit(point)

    def set_pointer(self, cursor: QCursor | Qt.CursorShape) -> None:
        """Sets the shape of the mouse pointer over the picture."""
        self.viewport().setCursor(cursor)

    def clear(self) -> None:
        """Shows nothing: the start of another clip."""
        self.pen.cancel()
        self._picture = None
        self.camera = Camera()
        self.show_frame(None)
        self.stack = LayerStack((1, 1))
        self.is_soft = False
        self.show_trimap(None)
        self.show_wipe(None)
        self.onion.show_masks([])
        self.overlay.show_labels(np.zeros((1, 1), np.uint8), [0] * 256)
