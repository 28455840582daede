"""Masks are copied as seen, pasted as the user's own, and moved as they are."""

from __future__ import annotations

import pytest

from tests.unit.core.shapes import box, document
from vosapp.core import edits
from vosapp.core.document import Document, Origin
from vosapp.core.errors import MaskError
from vosapp.core.range_edits import copy_masks, move_masks, paste_masks
from vosapp.core.store import MemoryMaskStore

LEFT, RIGHT = box(0, 0, 4, 6), box(4, 0, 8, 6)


@pytest.fixture
def store() -> MemoryMaskStore:
    return MemoryMaskStore()


@pytest.fixture
def made(store: MemoryMaskStore) -> Document:
    """Two objects; the first has an anchor on 10 and predictions on 11 (painted) and 12 (approved)."""
    made, _ = edits.add_object(document())
    made, _ = edits.add_object(made)
    made = edits.stroke(made, store, 1, 10, LEFT)
    for frame in (11, 12):
        made = edits.predict(made, store, 1, frame, LEFT, engine="flow", sources=(10,), doubt=0.1)
    made = edits.stroke(made, store, 1, 11, RIGHT)
    return edits.approve(made, 1, [12])


def seen(store: MemoryMaskStore, made: Document, object_id: int) -> dict[int, str]:
    return {f: edits.composite(store, cell).digest for f, cell in made.object(object_id).cells.items()}


def test_pasted_masks_are_anchors_of_what_was_seen(store: MemoryMaskStore, made: Document) -> None:
    copied = copy_masks(made, store, 1, range(5, 50))
    assert len(copied) == 3
    pasted = paste_masks(made, store, 2, copied, 97)
    whole = LEFT.union(RIGHT).digest
    assert seen(store, pasted, 2) == {97: LEFT.digest, 98: whole, 99: LEFT.digest}
    assert {cell.origin for cell in pasted.object(2).cells.values()} == {Origin.DRAWN}
    beyond = paste_masks(made, store, 2, copied, 98)
    assert list(beyond.object(2).cells) == [98, 99]
    assert paste_masks(pasted, store, 2, copied, 97) is pasted
    assert pasted.object(1) is made.object(1)


def test_copies_stay_what_they_were(store: MemoryMaskStore, made: Document) -> None:
    copied = copy_masks(made, store, 1, [11])
    gone = edits.delete_masks(made, 1, [11])
    assert seen(store, paste_masks(gone, store, 1, copied, 11), 1)[11] == LEFT.union(RIGHT).digest
    with pytest.raises(MaskError, match="no mask"):
        copy_masks(gone, store, 1, [11])


def test_pasting_over_an_anchor_makes_what_came_from_it_stale(store: MemoryMaskStore, made: Document) -> None:
    pasted = paste_masks(made, store, 1, copy_masks(made, store, 1, [11]), 10)
    assert [pasted.object(1).cells[f].stale for f in (11, 12)] == [True, False]


def test_moved_masks_are_what_they_were(store: MemoryMaskStore, made: Document) -> None:
    moved = move_masks(made, 1, range(10, 13), by=1)
    before, after = seen(store, made, 1), seen(store, moved, 1)
    assert after == {frame + 1: digest for frame, digest in before.items()}
    cells = moved.object(1).cells
    assert cells[11].is_anchor and cells[12].is_painted and cells[13].locked
    assert cells[12].sources == () and not cells[12].stale
    assert seen(store, move_masks(moved, 1, range(100), by=-1), 1) == before
    assert move_masks(made, 1, range(10, 13), by=0) is made
    assert move_masks(made, 1, range(20, 30), by=3) is made


def test_masks_move_to_another_object(store: MemoryMaskStore, made: Document) -> None:
    moved = move_masks(made, 1, [11, 12], by=0, to=2)
    assert list(moved.object(1).cells) == [10] and list(moved.object(2).cells) == [11, 12]
    assert seen(store, moved, 2) == {f: d for f, d in seen(store, made, 1).items() if f > 10}


def test_nothing_is_moved_out_of_the_clip(store: MemoryMaskStore, made: Document) -> None:
    moved = move_masks(made, 1, range(10, 13), by=-11)
    assert list(moved.object(1).cells) == [0, 1, 10]
