"""Puts shapes of the pen into masks, and moves the points of the ones that are in them. Edits, as in `edits`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from vosapp.core.document import Cell, Document, MaskStore, ObjectId
from vosapp.core.edits import check_size, stroke, stroked, write_cell
from vosapp.core.mask import Mask
from vosapp.core.pen_shape import MAX_POINTS, Combine, DrawnShape, PenShape


def draw_shape(
    document: Document,
    store: MaskStore,
    object_id: ObjectId,
    frame_index: int,
    *,
    shape: PenShape,
    combine: Combine,
    area: Mask,
) -> Document:
    """Changes a mask by a shape as a stroke does, and keeps the shape with the mask so that its points can be moved.

    Args:
        area: the pixels that the shape puts in, or takes away where it does not add.

    Raises:
        MaskError: no such object, or the area is not of the clip's size.
    """
    before = document.cell(object_id, frame_index)
    document = stroke(document, store, object_id, frame_index, area, erase=combine is not Combine.ADD)
    after = document.cell(object_id, frame_index)
    if after is None or not (after.is_anchor or after.is_painted) or len(shape.points) > MAX_POINTS:
        return document
    return _with_cell(document, object_id, frame_index, replace(after, shape=_drawn(shape, combine, before)))


def move_shape(
    document: Document, store: MaskStore, object_id: ObjectId, frame_index: int, *, shape: PenShape, area: Mask
) -> Document:
    """Takes the shape on a frame back and puts another one in its place. The same document where there is none.

    Args:
        area: the pixels that it puts in, or takes away where it does not add.

    Raises:
        MaskError: no such object, the area is not of the clip's size, or what stood there before cannot be read.
    """
    check_size(document, area)
    cell = document.cell(object_id, frame_index)
    if cell is None or cell.shape is None or shape == cell.shape.shape:
        return document
    moved = stroked(store, before_shape(cell), area, erase=cell.shape.combine is not Combine.ADD)
    if moved is not None:
        kept = replace(cell.shape, shape=shape) if len(shape.points) <= MAX_POINTS else None
        moved = replace(moved, locked=cell.locked, shape=kept)
    if moved is not None and (moved.base, moved.added, moved.removed) == (cell.base, cell.added, cell.removed):
        return _with_cell(document, object_id, frame_index, moved)
    return write_cell(document, object_id, frame_index, moved)


def before_shape(cell: Cell) -> Cell | None:
    """What stood on a frame before the shape that is its last change; None where nothing did."""
    drawn = cell.shape
    if drawn is None:
        return cell
    if not cell.is_anchor:
        return replace(cell, added=drawn.added, removed=drawn.removed, shape=None)
    return None if drawn.base is None else replace(cell, base=drawn.base, shape=None)


def frames_with_shapes(cells: Mapping[int, Cell]) -> tuple[int, ...]:
    """The frames whose last change is a shape, ascending."""
    return tuple(frame for frame, cell in cells.items() if cell.shape is not None)


def _drawn(shape: PenShape, combine: Combine, before: Cell | None) -> DrawnShape:
    if before is None:
        return DrawnShape(shape, combine)
    if before.is_anchor:
        return DrawnShape(shape, combine, before.base)
    return DrawnShape(shape, combine, None, before.added, before.removed)


def _with_cell(document: Document, object_id: ObjectId, frame_index: int, cell: Cell) -> Document:
    """With a cell whose pixels are the same: nothing that came from them becomes stale."""
    return document.with_object(document.object(object_id).with_cells({frame_index: cell}))
