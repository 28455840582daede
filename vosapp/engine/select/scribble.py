"""Scribble: takes over of a proposal only what the user drew on."""

from __future__ import annotations

import numpy as np

from vosapp.core.mask import BoolImage
from vosapp.engine.select.marks import Marks

SCRIBBLE_PX = 2  # radius of what a scribble itself decides, whatever is proposed


def corrected_where_marked(before: BoolImage, proposed: BoolImage, marks: Marks) -> BoolImage:
    """A mask with the changes of a proposal that marks ask for, and no others.

    A part that the proposal adds is taken where a mark on the object touches it, a part that it takes away where a mark
    on what is not the object does. The pixels under the marks are as marked in any case.

    Args:
        before: (height, width), what is corrected.
        proposed: what a selector proposes for the marks.
        marks: of the user.
    """
    inside, outside = (_drawn(marks, before.shape, inside=inside) for inside in (True, False))
    added = _parts_under(proposed & ~before, inside)
    taken = _parts_under(before & ~proposed, outside)
    return (((before | added) & ~taken) | inside) & ~outside


def _parts_under(area: BoolImage, drawn: BoolImage) -> BoolImage:
    """The connected parts of an area that touch what was drawn."""
    import cv2

    labels = cv2.connectedComponents(area.view(np.uint8), connectivity=8)[1]
    touched = np.unique(labels[drawn & area])
    return np.asarray(np.isin(labels, touched[touched > 0]), np.bool_)


def _drawn(marks: Marks, shape: tuple[int, ...], *, inside: bool) -> BoolImage:
    from vosapp.engine.select.drawing import draw_stroke

    plane = np.zeros(shape, np.uint8)
    for stroke in marks.strokes:
        if stroke.is_inside == inside:
            draw_stroke(plane, stroke, radius_px=SCRIBBLE_PX)
    return plane > 0
