"""Live stroke: updates the label image box by box while the pen moves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vosapp.core.document import ObjectId
from vosapp.presentation.pen_shapes import Combine, PenShape
from vosapp.presentation.viewer.layers import LayerStack
from vosapp.presentation.viewer.raster import BoolImage, Box, Point, add_segment
from vosapp.ui.viewer.overlay_item import OverlayItem


@dataclass(frozen=True, slots=True)
class Stroke:
    """A finished change of one object's mask on one frame, before it is in the document.

    Attributes:
        object_id: whose mask; 0 asks for a new object.
        frame_index: which frame.
        area: (height, width) pixels it covers.
        erase: takes the pixels away instead of adding them.
        hidden_by: the object in front that hides most of it, 0 when most of it is seen.
        shape, combine: the shape that it was drawn as, None for a brush's.
    """

    object_id: ObjectId
    frame_index: int
    area: BoolImage
    erase: bool
    hidden_by: ObjectId = 0
    shape: PenShape | None = None
    combine: Combine = Combine.ADD


class LiveStroke:
    """Adds pieces to a stroke and shows after each exactly what the finished stroke will give.

    Only the box of the new piece is worked on, which keeps a move under the pen at a millisecond or so, whatever the
    size of the picture.
    """

    def __init__(self, overlay: OverlayItem, stack: LayerStack, object_id: ObjectId, *, erase: bool) -> None:
        self._overlay = overlay
        self._object_id = object_id
        self.erase = erase
        self.area: BoolImage = np.zeros(stack.shape, np.bool_)
        self._box: Box | None = None
        self._last: tuple[Point, float] | None = None
        self._take(stack)

    def extend(self, point: Point, radius: float) -> None:
        """Goes on in a straight line to a point.

        Args:
            point: in picture coordinates.
            radius: of the pen there, in picture pixels.
        """
        start, start_radius = self._last or (point, radius)
        self._last = (point, radius)
        self._show(add_segment(self.area, start, point, (start_radius, radius)))

    def fill(self, area: BoolImage, box: Box | None) -> None:
        """Adds an area at once."""
        self.area |= area
        self._show(box)

    def hidden_by(self) -> ObjectId:
        """The object in front that hides most of what was painted; 0 when most of it is seen, or was taken away."""
        if self._box is None or self.erase:
            return 0
        part = self._box.slices
        counts = np.bincount(self._front[part][self.area[part]], minlength=256)
        if 2 * counts[0] >= counts.sum():
            return 0
        return self._ids[int(counts[1:].argmax())]

    def rebase(self, stack: LayerStack) -> None:
        """Goes on over masks that changed meanwhile (a run may reach this frame while the pen is down)."""
        self._take(stack)
        self._show(self._box)

    def _take(self, stack: LayerStack) -> None:
        self._slot = stack.slot(self._object_id)
        self._before = stack.layers[self._slot - 1].mask
        self._front, self._behind = stack.around(self._slot)
        self._ids = tuple(layer.object_id for layer in stack.layers)

    def _show(self, box: Box | None) -> None:
        if box is None:
            return
        self._box = box if self._box is None else self._box.union(box)
        part = box.slices
        mine = self._before[part] & ~self.area[part] if self.erase else self._before[part] | self.area[part]
        front = self._front[part]
        below = np.where(mine, np.uint8(self._slot), self._behind[part])
        self._overlay.labels[part] = np.where(front != 0, front, below)
        self._overlay.touch(box)
