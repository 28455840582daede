"""A selection: what the user marked on a frame, and the mask that is proposed for it. Frozen values, no Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace

from vosapp.core import edits
from vosapp.core.document import Document, MaskStore, ObjectId
from vosapp.core.mask import Mask
from vosapp.engine.select.marks import Marks, Stroke


@dataclass(frozen=True, slots=True)
class Selection:
    """Marks for one object on one frame.

    Attributes:
        frame_index: the frame.
        object_id: whose mask is proposed, 0 for a new object's.
        marks: so far.
        mask: the proposal for these marks or for fewer; None before the first.
        thinking: a proposal for the latest marks is on its way.
        is_scribble: the mask may change only around the marks.
    """

    frame_index: int
    object_id: ObjectId
    marks: Marks = Marks()  # noqa: RUF009 - a frozen value
    mask: Mask | None = None
    thinking: bool = False
    is_scribble: bool = False

    @property
    def can_be_taken(self) -> bool:
        """Whether there is a mask with something in it."""
        return self.mask is not None and self.mask.area_px > 0

    def is_of(self, frame_index: int, object_id: ObjectId) -> bool:
        """Whether it is for that object on that frame."""
        return (self.frame_index, self.object_id) == (frame_index, object_id)

    def with_stroke(self, stroke: Stroke) -> Selection:
        """With one mark more."""
        return replace(self, marks=replace(self.marks, strokes=(*self.marks.strokes, stroke)))

    def with_box(self, box: tuple[float, float, float, float]) -> Selection:
        """With a box, which takes the place of all marks before it."""
        return replace(self, marks=Marks(box=box))

    def without_last(self) -> Selection | None:
        """Without the last mark; None where nothing is left."""
        strokes = self.marks.strokes
        if strokes:
            marks = replace(self.marks, strokes=strokes[:-1])
            return replace(self, marks=marks) if marks.strokes or marks.box else None
        return None


def take(document: Document, store: MaskStore, selection: Selection) -> tuple[Document, ObjectId]:
    """A document with the proposed mask, and the id of its object.

    Where the object has a mask on the frame, the difference is painted and erased, as a hand would: a predicted mask
    keeps that as its paint layer. Where it has none, the mask becomes an anchor; a new object is made for id 0.
    """
    mask = selection.mask
    if mask is None:
        raise ValueError("nothing is proposed yet")
    object_id, frame_index = selection.object_id, selection.frame_index
    if all(item.id != object_id for item in document.objects):
        document, object_id = edits.add_object(document)
    cell = document.cell(object_id, frame_index)
    if cell is None:
        return edits.set_mask(document, store, object_id, frame_index, mask), object_id
    wanted, there = mask.array(), edits.composite(store, cell).array()
    for area, erase in ((wanted & ~there, False), (there & ~wanted, True)):
        if area.any():
            document = edits.stroke(document, store, object_id, frame_index, Mask.from_array(area), erase=erase)
    return document, object_id
