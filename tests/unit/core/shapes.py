"""Small documents and masks for the tests of core."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from vosapp.core.document import ClipRef, Document
from vosapp.core.editor import RunChange
from vosapp.core.mask import Mask

HEIGHT, WIDTH = 6, 8


def clip(frame_count: int = 100) -> ClipRef:
    """A clip of 8x6 pixels."""
    return ClipRef("shot.mov", HEIGHT, WIDTH, frame_count, Fraction(24))


def document(frame_count: int = 100) -> Document:
    """A document with such a clip and no objects."""
    return Document(clip(frame_count))


def box(left: int, top: int, right: int, bottom: int) -> Mask:
    """The pixels of a rectangle, right and bottom outside."""
    array = np.zeros((HEIGHT, WIDTH), np.bool_)
    array[top:bottom, left:right] = True
    return Mask.from_array(array)


def change(frame_index: int, mask: Mask, object_id: int = 1, sources: tuple[int, ...] = (0,)) -> RunChange:
    """One mask of a run."""
    return RunChange(object_id, frame_index, mask, 0.25, "flow", sources)
