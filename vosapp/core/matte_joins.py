"""joined_masks: which masks of other objects go into the matte of an object on a frame."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from vosapp.core.document import Cell, Document, JoinKind, MatteSettings, RotoObject
from vosapp.core.frame_map import FrameMap


@dataclass(frozen=True, slots=True)
class JoinedMask:
    """The mask of another object that goes into a matte.

    Attributes:
        item: the other object.
        kind: how.
        cell: what stands for the other object; None where nothing does.
        matte: how its mask becomes a matte.
    """

    item: RotoObject
    kind: JoinKind
    cell: Cell | None
    matte: MatteSettings


def joined_masks(item: RotoObject, objects: Iterable[RotoObject], frame_index: int) -> Iterator[JoinedMask]:
    """What goes into the matte of an object on a frame, in order.

    Of the others their own mattes count, without what goes into those. An object that is gone is passed over.

    Args:
        item: the object.
        objects: all of the document.
        frame_index: the frame.
    """
    others = {one.id: one for one in objects}
    for join in item.joins:
        other = others.get(join.object_id)
        if other is not None and other.id != item.id:
            cell = _held_cell(other, frame_index) if join.is_held else other.cells.get(frame_index)
            yield JoinedMask(other, join.kind, cell, other.matte_at(frame_index))


def _held_cell(item: RotoObject, frame_index: int) -> Cell | None:
    """What stands on a frame, or else on the nearest one before it, or else on the first after it."""
    if item.is_absent(frame_index):
        return None
    cells = FrameMap.of(item.cells)
    frames = cells.derived(_frames)
    if not frames:
        return None
    place = bisect_right(frames, frame_index)
    return cells[frames[max(place - 1, 0)]]


def _frames(cells: Mapping[int, Cell]) -> tuple[int, ...]:
    return tuple(cells)


def with_joined(objects: Iterable[RotoObject], document: Document) -> tuple[RotoObject, ...]:
    """Objects, and those others that go into their mattes."""
    objects = tuple(objects)
    wanted = {item.id for item in objects} | {join.object_id for item in objects for join in item.joins}
    return tuple(item for item in document.objects if item.id in wanted)
