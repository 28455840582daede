"""Edits change what they name and nothing else."""

from __future__ import annotations

import pytest

from tests.unit.core.shapes import box, document
from vosapp.core import cut_edits, edits
from vosapp.core.document import Document, MatteSettings, ObjectId, Origin
from vosapp.core.errors import MaskError
from vosapp.core.mask import Mask
from vosapp.core.store import MemoryMaskStore
from vosapp.core.timeline import FrameRange

LEFT, RIGHT, ALL = box(0, 0, 4, 6), box(4, 0, 8, 6), box(0, 0, 8, 6)


@pytest.fixture
def store() -> MemoryMaskStore:
    return MemoryMaskStore()


def with_object() -> tuple[Document, ObjectId]:
    return edits.add_object(document())


def predicted(
    made: Document, store: MemoryMaskStore, frame: int, mask: Mask, sources: tuple[int, ...] = (0,)
) -> Document:
    return edits.predict(made, store, 1, frame, mask, engine="flow", sources=sources, doubt=0.5)


def test_objects_keep_their_ids_for_ever() -> None:
    made, first = with_object()
    made, second = edits.add_object(made, "Car")
    made = edits.remove_object(made, second)
    made, third = edits.add_object(made)
    assert (first, second, third) == (1, 2, 3)
    assert [o.name for o in made.objects] == ["Object 1", "Object 3"]
    assert made.object(1).colour != made.object(3).colour


def test_rename_recolour_reorder_and_matte_touch_one_object() -> None:
    made, _ = with_object()
    made, second = edits.add_object(made)
    changed = edits.rename_object(made, second, "Dog")
    changed = edits.recolour_object(changed, second, (1, 2, 3))
    changed = edits.set_matte(changed, second, MatteSettings(grow_px=-1.5))
    changed = edits.reorder_object(changed, second, 0)
    assert [o.id for o in changed.objects] == [2, 1]
    assert changed.objects[0].name == "Dog"
    assert changed.objects[0].colour == (1, 2, 3)
    assert changed.objects[0].matte.grow_px == -1.5
    assert changed.objects[1] is made.objects[0]
    assert [o.id for o in edits.reorder_object(changed, second, 99).objects] == [1, 2]


def test_an_object_that_is_not_there_is_named(store: MemoryMaskStore) -> None:
    with pytest.raises(MaskError, match="no object 7"):
        edits.stroke(document(), store, 7, 0, LEFT)


def test_painting_an_empty_frame_makes_an_anchor(store: MemoryMaskStore) -> None:
    made, one = with_object()
    assert edits.stroke(made, store, one, 3, LEFT, erase=True) is made
    painted = edits.stroke(made, store, one, 3, LEFT)
    cell = painted.cell(one, 3)
    assert cell is not None and cell.origin is Origin.DRAWN
    assert edits.composite(store, cell).digest == LEFT.digest


def test_painting_an_anchor_changes_its_mask_and_makes_what_came_from_it_stale(store: MemoryMaskStore) -> None:
    made, one = with_object()
    made = edits.stroke(made, store, one, 0, LEFT)
    for frame, sources in ((1, (0,)), (2, (0, 9)), (3, (9,))):
        made = predicted(made, store, frame, LEFT, sources)
    made = edits.approve(made, one, [2])
    painted = edits.stroke(made, store, one, 0, RIGHT)
    assert edits.composite(store, painted.object(one).cells[0]).digest == ALL.digest
    assert [painted.object(one).cells[f].stale for f in (1, 2, 3)] == [True, False, False]
    assert edits.stroke(painted, store, one, 0, LEFT) is painted


def test_painting_a_prediction_leaves_the_prediction_below(store: MemoryMaskStore) -> None:
    made, one = with_object()
    made = predicted(made, store, 5, LEFT)
    painted = edits.stroke(made, store, one, 5, box(4, 0, 6, 6))
    painted = edits.stroke(painted, store, one, 5, box(3, 0, 5, 6), erase=True)
    cell = painted.object(one).cells[5]
    assert cell.base == LEFT.digest and cell.origin is Origin.PREDICTED
    assert edits.composite(store, cell).digest == box(0, 0, 3, 6).union(box(5, 0, 6, 6)).digest
    assert cell.added is not None and cell.removed is not None
    assert store.get(cell.added).intersection(store.get(cell.removed)).is_empty


def test_a_new_prediction_keeps_the_paint(store: MemoryMaskStore) -> None:
    made, one = with_object()
    made = edits.stroke(predicted(made, store, 5, LEFT), store, one, 5, box(6, 0, 8, 6))
    again = predicted(made, store, 5, box(2, 0, 4, 6))
    assert edits.composite(store, again.object(one).cells[5]).digest == box(2, 0, 4, 6).union(box(6, 0, 8, 6)).digest


def test_the_machine_refuses_what_is_the_users(store: MemoryMaskStore) -> None:
    made, one = with_object()
    made = edits.stroke(made, store, one, 0, LEFT)
    made = edits.approve(predicted(made, store, 1, LEFT), one, [1, 77])
    made = edits.declare_absent(made, one, FrameRange(2, 3))
    for frame in (0, 1, 2, 3):
        assert predicted(made, store, frame, RIGHT) is made
    assert edits.predict(made, store, 9, 5, RIGHT, engine="flow", sources=(0,), doubt=0) is made
    assert predicted(made, store, 4, RIGHT) is not made


def test_confirming_makes_an_anchor_of_what_is_seen(store: MemoryMaskStore) -> None:
    made, one = with_object()
    made = edits.stroke(predicted(made, store, 5, LEFT), store, one, 5, RIGHT)
    confirmed = edits.make_anchor(made, store, one, 5)
    cell = confirmed.object(one).cells[5]
    assert cell.is_anchor and not cell.is_painted and cell.base == ALL.digest and cell.doubt is None
    assert edits.make_anchor(confirmed, store, one, 5) is confirmed
    with pytest.raises(MaskError, match="no mask"):
        edits.make_anchor(confirmed, store, one, 6)


def test_setting_a_mask_replaces_what_stood_there(store: MemoryMaskStore) -> None:
    made, one = with_object()
    made = edits.set_mask(made, store, one, 4, RIGHT, Origin.IMPORTED)
    assert made.object(one).cells[4].origin is Origin.IMPORTED
    assert made.object(one).anchors() == [4]
    assert edits.set_mask(made, store, one, 4, RIGHT, Origin.IMPORTED) is made
    with pytest.raises(ValueError, match="predict"):
        edits.set_mask(made, store, one, 4, RIGHT, Origin.PREDICTED)


def test_a_mask_of_another_size_is_refused(store: MemoryMaskStore) -> None:
    made, one = with_object()
    with pytest.raises(MaskError, match="3x2 pixels, the clip 8x6"):
        edits.stroke(made, store, one, 0, Mask.empty(2, 3))


def test_deleting_removes_everything_in_the_frames(store: MemoryMaskStore) -> None:
    made, one = with_object()
    made = predicted(edits.stroke(made, store, one, 0, LEFT), store, 1, LEFT)
    gone = edits.delete_masks(made, one, range(1))
    assert list(gone.object(one).cells) == [1]
    assert gone.object(one).cells[1].stale
    assert edits.delete_masks(made, one, [50]) is made


def test_absence_and_masks_exclude_each_other(store: MemoryMaskStore) -> None:
    made, one = with_object()
    made = edits.stroke(made, store, one, 3, LEFT)
    made = predicted(made, store, 4, LEFT)
    absent = edits.declare_absent(made, one, FrameRange(2, 6))
    assert absent.object(one).absences == (FrameRange(2, 2), FrameRange(4, 6))
    assert list(absent.object(one).cells) == [3]
    absent = edits.declare_absent(absent, one, FrameRange(7, 8))
    assert absent.object(one).absences == (FrameRange(2, 2), FrameRange(4, 8))
    drawn = edits.stroke(absent, store, one, 6, LEFT)
    assert drawn.object(one).absences == (FrameRange(2, 2), FrameRange(4, 5), FrameRange(7, 8))
    present = edits.declare_present(drawn, one, FrameRange(0, 7))
    assert present.object(one).absences == (FrameRange(8, 8),)


def test_cuts_and_in_out() -> None:
    made = cut_edits.set_cuts(document(), [30, 0, 10, 30])
    assert made.cuts == (10, 30)
    assert cut_edits.toggle_cut(made, 0) is made
    removed = cut_edits.toggle_cut(made, 10)
    assert (removed.cuts, removed.not_cuts) == ((30,), (10,))
    found = cut_edits.add_found_cuts(removed, [10, 0, 20, 30, 10**6])
    assert (found.cuts, found.not_cuts) == ((20, 30), (10,)), "what was taken away stays away"
    assert cut_edits.add_found_cuts(found, [10, 20]) is found
    assert cut_edits.toggle_cut(found, 10).not_cuts == ()
    cleared = cut_edits.clear_cuts(found)
    assert (cleared.cuts, cleared.not_cuts) == ((), (10, 20, 30)) and cut_edits.clear_cuts(cleared) is cleared
    assert edits.set_in_out(made, FrameRange(5, 9)).working_range() == FrameRange(5, 9)
    assert made.working_range() == FrameRange(0, 99)
