"""Copying, pasting and moving masks over ranges of frames. Like all edits: a document in, a new document out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from vosapp.core.document import Cell, Document, MaskStore, ObjectId, Origin
from vosapp.core.edits import check_size, composite, write_cells
from vosapp.core.errors import MaskError
from vosapp.core.mask import Mask
from vosapp.core.pen_shape import DrawnShape
from vosapp.core.shape_edits import before_shape


@dataclass(frozen=True, slots=True)
class CopiedMasks:
    """Masks taken out of a document, as seen there. They stay whatever happens to the document.

    Attributes:
        masks: by distance from the first frame copied.
        shapes: those whose points can be moved, with the mask that stood there before (None for none), likewise.
    """

    masks: Mapping[int, Mask]
    shapes: Mapping[int, tuple[DrawnShape, Mask | None]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.masks)


def copy_masks(
    document: Document,
    store: MaskStore,
    object_id: ObjectId,
    frames: Iterable[int],
    *,
    watch: Callable[[int], int] = int,
) -> CopiedMasks:
    """Takes what is seen on some frames. Distances are counted from the first of these frames with a mask.

    Args:
        watch: is given each frame before its mask is read, and returns it. What it raises ends the copying.

    Raises:
        MaskError: there is no mask on any of them.
    """
    cells = document.object(object_id).cells
    masked = sorted(frame for frame in set(frames) if frame in cells)
    if not masked:
        raise MaskError("There is no mask on these frames to copy.")
    masks = {frame - masked[0]: composite(store, cells[frame]) for frame in map(watch, masked)}
    return CopiedMasks(
        masks,
        {
            frame - masked[0]: _copied_shape(store, one, cells[frame])
            for frame in masked
            if (one := cells[frame].shape) is not None
        },
    )


def _copied_shape(store: MaskStore, drawn: DrawnShape, cell: Cell) -> tuple[DrawnShape, Mask | None]:
    before = before_shape(cell)
    return drawn, None if before is None else composite(store, before)


def paste_masks(
    document: Document, store: MaskStore, object_id: ObjectId, copied: CopiedMasks, frame_index: int
) -> Document:
    """Puts copied masks down as anchors, the first one on a frame. What stood on their frames is replaced.

    Masks that would lie beyond the end of the clip are left out.
    """
    target, end = document.object(object_id), _end(document)
    changes: dict[int, Cell | None] = {}
    for distance, mask in copied.masks.items():
        frame = frame_index + distance
        if 0 <= frame < end:
            check_size(document, mask)
            old = target.cells.get(frame)
            shape = _pasted_shape(store, copied.shapes.get(distance))
            changes[frame] = Cell(store.put(mask), Origin.DRAWN, locked=old is not None and old.locked, shape=shape)
    return write_cells(document, object_id, {f: c for f, c in changes.items() if c != target.cells.get(f)})


def _pasted_shape(store: MaskStore, copied: tuple[DrawnShape, Mask | None] | None) -> DrawnShape | None:
    """The shape of a copied mask as that of an anchor."""
    if copied is None:
        return None
    drawn, before = copied
    return DrawnShape(drawn.shape, drawn.combine, store.put(before) if before is not None else None)


def move_masks(
    document: Document, object_id: ObjectId, frames: Iterable[int], *, by: int, to: ObjectId | None = None
) -> Document:
    """Moves masks by some frames, to another object or both. They keep what they are: anchors, predictions, approved.

    Predictions say no more which anchors they came from, because those stayed behind. What stood on the frames that
    they reach is replaced, and masks moved beyond either end of the clip are left where they are.
    """
    source, end = document.object(object_id), _end(document)
    target_id = object_id if to is None else to
    moving = {f: source.cells[f] for f in frames if f in source.cells and 0 <= f + by < end}
    if not moving or (by == 0 and target_id == object_id):
        return document
    landing: dict[int, Cell | None] = {frame + by: _uprooted(cell) for frame, cell in moving.items()}
    leaving: dict[int, Cell | None] = dict.fromkeys(moving)
    if target_id == object_id:
        return write_cells(document, object_id, leaving | landing)
    return write_cells(write_cells(document, object_id, leaving), target_id, landing)


def _uprooted(cell: Cell) -> Cell:
    return replace(cell, sources=(), stale=False) if cell.sources else cell


def _end(document: Document) -> int:
    return document.clip.frame_count if document.clip is not None else 2**31
