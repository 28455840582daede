"""Shapes that stay with their masks: drawn, moved, undone, painted over, renewed by runs, copied."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.unit.core.shapes import HEIGHT, WIDTH, box, document
from vosapp.core import edits
from vosapp.core.document import Cell, Document, Origin
from vosapp.core.editor import Editor
from vosapp.core.mask import Mask
from vosapp.core.pen_shape import MAX_POINTS, Combine, PenShape
from vosapp.core.range_edits import copy_masks, move_masks, paste_masks
from vosapp.core.rebase import rebase
from vosapp.core.shape_edits import before_shape, draw_shape, move_shape
from vosapp.core.store import MemoryMaskStore

SMALL, LARGE = ((0.0, 0.0), (3.0, 0.0), (3.0, 4.0), (0.0, 4.0)), ((0.0, 0.0), (6.0, 0.0), (6.0, 4.0), (0.0, 4.0))


def shot() -> Document:
    """A document with one object."""
    return edits.add_object(document())[0]


def shape_of(points: tuple[tuple[float, float], ...]) -> PenShape:
    return PenShape(points, tuple(range(len(points))))


@pytest.fixture
def store() -> MemoryMaskStore:
    return MemoryMaskStore()


def drawn(made: Document, store: MemoryMaskStore, combine: Combine = Combine.ADD, frame: int = 0) -> Document:
    """A document with the small box in object 1's mask."""
    return draw_shape(made, store, 1, frame, shape=shape_of(SMALL), combine=combine, area=box(0, 0, 3, 4))


def moved(made: Document, store: MemoryMaskStore, frame: int = 0) -> Document:
    """The small box made the large one."""
    return move_shape(made, store, 1, frame, shape=shape_of(LARGE), area=box(0, 0, 6, 4))


def seen(made: Document, store: MemoryMaskStore, frame: int = 0) -> Mask:
    cell = made.cell(1, frame)
    assert cell is not None
    return edits.composite(store, cell)


def predicted(made: Document, store: MemoryMaskStore, mask: Mask) -> Document:
    return edits.predict(made, store, 1, 0, mask, engine="flow", sources=(), doubt=0.1)


def test_a_moved_shape_takes_back_what_it_covered(store: MemoryMaskStore) -> None:
    made = edits.stroke(shot(), store, 1, 0, box(7, 0, 8, 6))
    made = moved(drawn(made, store), store)
    assert seen(made, store) == box(7, 0, 8, 6).union(box(0, 0, 6, 4))
    back = move_shape(made, store, 1, 0, shape=shape_of(SMALL), area=box(0, 0, 3, 4))
    assert seen(back, store) == box(7, 0, 8, 6).union(box(0, 0, 3, 4))
    cell = back.cell(1, 0)
    assert cell is not None and cell.shape is not None and cell.shape.shape == shape_of(SMALL)


def test_a_shape_that_takes_away_is_moved_too(store: MemoryMaskStore) -> None:
    made = edits.stroke(shot(), store, 1, 0, box(0, 0, 8, 6))
    made = moved(drawn(made, store, Combine.SUBTRACT), store)
    assert seen(made, store) == box(0, 0, 8, 6).difference(box(0, 0, 6, 4))


def test_moving_keeps_what_the_user_said_of_the_frame(store: MemoryMaskStore) -> None:
    made = edits.set_muted(edits.approve(drawn(shot(), store), 1, [0]), 1, 0, True)
    made = moved(made, store)
    cell = made.cell(1, 0)
    assert cell is not None and cell.locked and made.object(1).muted == (0,) and seen(made, store) == box(0, 0, 6, 4)


def test_what_else_changes_the_mask_ends_the_shape(store: MemoryMaskStore) -> None:
    made = drawn(shot(), store)
    changes = [
        edits.stroke(made, store, 1, 0, box(4, 4, 6, 6)),
        edits.stroke(made, store, 1, 0, box(0, 0, 1, 1), erase=True),
        edits.set_mask(made, store, 1, 0, box(0, 0, 2, 2)),
    ]
    for changed in changes:
        cell = changed.cell(1, 0)
        assert cell is not None and cell.shape is None
        assert moved(changed, store) is changed
    assert edits.stroke(made, store, 1, 0, box(0, 0, 1, 1)) is made, "nothing was painted that was not there"
    assert edits.set_mask(made, store, 1, 0, box(0, 0, 3, 4)) is made


def test_on_a_prediction_a_shape_stays_above_what_runs_renew(store: MemoryMaskStore) -> None:
    made = predicted(shot(), store, box(5, 0, 8, 6))
    made = drawn(edits.stroke(made, store, 1, 0, box(4, 5, 5, 6)), store)
    made = moved(predicted(made, store, box(7, 0, 8, 6)), store)
    cell = made.cell(1, 0)
    assert cell is not None and cell.origin is Origin.PREDICTED and cell.shape is not None
    assert seen(made, store) == box(7, 0, 8, 6).union(box(0, 0, 6, 4)).union(box(4, 5, 5, 6))
    for ended in (edits.drop_paint(made, 1, [0]), edits.make_anchor(made, store, 1, 0)):
        left = ended.cell(1, 0)
        assert left is not None and left.shape is None


def test_a_stroke_made_during_a_run_carries_its_shape_onto_the_new_mask(store: MemoryMaskStore) -> None:
    before = predicted(shot(), store, box(5, 0, 8, 6))
    onto = predicted(before, store, box(7, 0, 8, 6))
    after = rebase(before, drawn(before, store), onto)
    assert seen(moved(after, store), store) == box(7, 0, 8, 6).union(box(0, 0, 6, 4))
    undone = rebase(after, before, after)
    cell = undone.cell(1, 0)
    assert cell is not None and cell.shape is None


def test_only_a_move_that_changes_pixels_makes_predictions_stale(store: MemoryMaskStore) -> None:
    made = drawn(shot(), store)
    made = edits.predict(made, store, 1, 5, box(0, 0, 3, 4), engine="flow", sources=(0,), doubt=0.1)
    nudged = ((0.1, 0.0), *SMALL[1:])
    same = move_shape(made, store, 1, 0, shape=shape_of(nudged), area=box(0, 0, 3, 4))
    cell = same.cell(1, 0)
    assert cell is not None and cell.shape is not None and cell.shape.shape.points == nudged
    assert same.object(1).stale() == () and moved(made, store).object(1).stale() == (5,)
    assert drawn(same, store).object(1).stale() == (), "a shape within the mask changes no pixel"


def test_undo_brings_the_shape_below_back(store: MemoryMaskStore) -> None:
    editor = Editor(shot(), store)
    editor.apply("paint", drawn(editor.document, store))
    below = editor.document.cell(1, 0)
    editor.apply("paint", edits.stroke(editor.document, store, 1, 0, box(4, 4, 6, 6)))
    editor.undo()
    assert editor.document.cell(1, 0) == below
    editor.apply("move point", moved(editor.document, store))
    editor.undo()
    assert editor.document.cell(1, 0) == below and seen(editor.document, store) == box(0, 0, 3, 4)


def test_a_shape_moved_off_the_picture_leaves_what_was_there(store: MemoryMaskStore) -> None:
    nothing = Mask.from_array(np.zeros((HEIGHT, WIDTH), np.bool_))
    alone = move_shape(drawn(shot(), store), store, 1, 0, shape=shape_of(LARGE), area=nothing)
    assert alone.cell(1, 0) is None
    made = edits.stroke(shot(), store, 1, 0, box(7, 0, 8, 6))
    left = move_shape(drawn(made, store), store, 1, 0, shape=shape_of(LARGE), area=nothing)
    assert seen(left, store) == box(7, 0, 8, 6)


def test_copied_and_moved_masks_take_their_shapes_along(store: MemoryMaskStore) -> None:
    made = edits.stroke(shot(), store, 1, 0, box(7, 0, 8, 6))
    made = drawn(made, store)
    pasted = paste_masks(made, store, 1, copy_masks(made, store, 1, [0]), 4)
    assert seen(moved(pasted, store, 4), store, 4) == box(7, 0, 8, 6).union(box(0, 0, 6, 4))
    gone = move_masks(made, 1, [0], by=2)
    assert seen(moved(gone, store, 2), store, 2) == box(7, 0, 8, 6).union(box(0, 0, 6, 4))
    painted = drawn(predicted(shot(), store, box(7, 0, 8, 6)), store)
    pasted = paste_masks(painted, store, 1, copy_masks(painted, store, 1, [0]), 4)
    assert seen(moved(pasted, store, 4), store, 4) == box(7, 0, 8, 6).union(box(0, 0, 6, 4))


def test_a_shape_of_too_many_points_changes_the_mask_and_is_forgotten(store: MemoryMaskStore) -> None:
    long = PenShape(SMALL * (MAX_POINTS // 4 + 1), (0, 1, 2))
    made = draw_shape(shot(), store, 1, 0, shape=long, combine=Combine.ADD, area=box(0, 0, 3, 4))
    cell = made.cell(1, 0)
    assert cell is not None and cell.shape is None and seen(made, store) == box(0, 0, 3, 4)


def test_without_a_shape_all_of_a_cell_was_there_before() -> None:
    cell = Cell("a" * 32)
    assert before_shape(cell) is cell and before_shape(replace(cell, origin=Origin.PREDICTED)) is not None
