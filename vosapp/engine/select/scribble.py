"""Scribble: takes over of proposals only what lies around the strokes of the user, one after the other."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from vosapp.core.mask import BoolImage
from vosapp.engine.propagator import Probability
from vosapp.engine.select.marks import Marks, Selector, Stroke, goes_on

SCRIBBLE_PX = 2  # radius of what a stroke itself decides, whatever is proposed
# How far around a stroke the mask may change: by the stroke's length, and by the size of what is corrected.
_LENGTH_SHARE, _SIZE_SHARE, _LEAST_PX = 0.75, 0.1, 12.0


class ScribbleSelector:
    """A `Selector` that corrects a mask near each stroke alone; no later stroke undoes what an earlier one did."""

    def __init__(self, inner: Selector, before: BoolImage) -> None:
        """Corrects `before` (height, width) by what `inner`, made for the same frame and mask, proposes."""
        self._inner, self._before = inner, before
        self._marks, self._found = Marks(), before

    def propose(self, marks: Marks) -> Probability:
        """See `Selector`; 0 or 1."""
        if not goes_on(self._marks, marks):
            self._marks, self._found = Marks(), self._before
        for stroke in marks.strokes[len(self._marks.strokes) :]:
            self._marks = Marks((*self._marks.strokes, stroke))
            proposed = np.asarray(self._inner.propose(self._marks) >= 0.5)
            self._found = corrected_around(self._found, proposed, stroke, reach_px=reach_of(stroke, self._before))
        return self._found.astype(np.float32)


def reach_of(stroke: Stroke, before: BoolImage) -> float:
    """How far around a stroke a mask (height, width) may change, in pixels: the further, the longer the stroke is."""
    length = sum(math.dist(start, end) for start, end in pairwise(stroke.points))
    return max(_LEAST_PX, _LENGTH_SHARE * length + _SIZE_SHARE * math.sqrt(np.count_nonzero(before)))


def corrected_around(before: BoolImage, proposed: BoolImage, stroke: Stroke, *, reach_px: float) -> BoolImage:
    """A mask with the change of a proposal that a stroke asks for, and no other.

    A stroke on the object adds the parts that the proposal adds, touch the stroke and lie within its reach; one on what
    is not the object takes such parts away. The pixels under the stroke are as it says in any case.

    Args:
        before: (height, width), what is corrected.
        proposed: what a selector proposes.
        stroke: of the user.
        reach_px: how far around the stroke the mask may change.
    """
    drawn = _drawn(stroke, before.shape)
    near = _within(drawn, reach_px)
    if stroke.is_inside:
        return before | _parts_under(proposed & ~before & near, drawn) | drawn
    return before & ~_parts_under(before & ~proposed & near, drawn) & ~drawn


def _parts_under(area: BoolImage, drawn: BoolImage) -> BoolImage:
    """The connected parts of an area that touch what was drawn."""
    import cv2

    labels = cv2.connectedComponents(area.view(np.uint8), connectivity=8)[1]
    touched = np.unique(labels[drawn & area])
    return np.asarray(np.isin(labels, touched[touched > 0]), np.bool_)


def _within(drawn: BoolImage, reach_px: float) -> BoolImage:
    import cv2

    if not drawn.any():
        return drawn  # a stroke beside the picture
    return np.asarray(cv2.distanceTransform((~drawn).view(np.uint8), cv2.DIST_L2, 5) <= reach_px, np.bool_)


def _drawn(stroke: Stroke, shape: tuple[int, ...]) -> BoolImage:
    from vosapp.engine.select.drawing import draw_stroke

    plane = np.zeros(shape, np.uint8)
    draw_stroke(plane, stroke, radius_px=SCRIBBLE_PX)
    return plane > 0
