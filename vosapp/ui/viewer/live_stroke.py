"""Live strokes: update a label image box by box while the pen moves."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from vosapp.core.document import ObjectId
from vosapp.core.pen_shape import Combine, PenShape
from vosapp.core.trimap import TrimapKind
from vosapp.presentation.viewer.layers import LayerStack
from vosapp.presentation.viewer.raster import BoolImage, Box, Point, add_segment
from vosapp.ui.viewer.overlay_item import OverlayItem


@dataclass(frozen=True, slots=True)
class Stroke:
    """A finished change of one object's mask or matte on one frame, before it is in the document.

    Attributes:
        object_id: whose; 0 asks for a new object.
        frame_index: which frame.
        area: (height, width) pixels it covers.
        erase: takes the pixels away instead of adding them.
        hidden_by: the object in front that hides most of it, 0 when most of it is seen.
        shape, combine: the shape that it was drawn as, None for a brush's.
        trimap: what it says of the matte's edge; None where it changes the mask.
    """

    object_id: ObjectId
    frame_index: int
    area: BoolImage
    erase: bool
    hidden_by: ObjectId = 0
    shape: PenShape | None = None
    combine: Combine = Combine.ADD
    trimap: TrimapKind | None = None


class LiveStroke(ABC):
    """Adds pieces to a stroke and shows after each exactly what the finished stroke will give.

    Only the box of the new piece is worked on, which keeps a move under the pen at a millisecond or so, whatever the
    size of the picture.

    Attributes:
        object_id: whose it is, also where another object is made the active one meanwhile.
        erase: whether it takes away.
        area: (height, width) pixels that it covers so far.
    """

    def __init__(self, overlay: OverlayItem, shape: tuple[int, int], object_id: ObjectId, *, erase: bool) -> None:
        self._overlay = overlay
        self.object_id = object_id
        self.erase = erase
        self.area: BoolImage = np.zeros(shape, np.bool_)
        self._box: Box | None = None
        self._last: tuple[Point, float] | None = None

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
        return 0

    def _show(self, box: Box | None) -> None:
        if box is None:
            return
        self._box = box if self._box is None else self._box.union(box)
        self._draw(box)
        self._overlay.touch(box)

    @abstractmethod
    def _draw(self, box: Box) -> None:
        """Brings the overlay's labels within a box up to date."""


class MaskStroke(LiveStroke):
    """A stroke on an object's mask, between the objects in front of it and those behind."""

    def __init__(self, overlay: OverlayItem, stack: LayerStack, object_id: ObjectId, *, erase: bool) -> None:
        super().__init__(overlay, stack.shape, object_id, erase=erase)
        self._take(stack)

    def hidden_by(self) -> ObjectId:
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
        self._slot = stack.slot(self.object_id)
        self._before = stack.layers[self._slot - 1].mask
        self._front, self._behind = stack.around(self._slot)
        self._ids = tuple(layer.object_id for layer in stack.layers)

    def _draw(self, box: Box) -> None:
        part = box.slices
        mine = self._before[part] & ~self.area[part] if self.erase else self._before[part] | self.area[part]
        front = self._front[part]
        below = np.where(mine, np.uint8(self._slot), self._behind[part])
        self._overlay.labels[part] = np.where(front != 0, front, below)


class TrimapStroke(LiveStroke):
    """A stroke over the edge of a matte: what it covers is of its kind, whatever it was before."""

    def __init__(self, overlay: OverlayItem, kind: TrimapKind, object_id: ObjectId, *, erase: bool) -> None:
        height, width = overlay.labels.shape
        super().__init__(overlay, (height, width), object_id, erase=erase)
        self.kind = kind
        self._number = np.uint8(0 if erase else kind)

    def redraw(self) -> None:
        """Goes on over what is shown anew."""
        self._show(self._box)

    def _draw(self, box: Box) -> None:
        self._overlay.labels[box.slices][self.area[box.slices]] = self._number
