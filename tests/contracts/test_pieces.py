"""A run in pieces gives the masks of the whole run, to the bit, whatever the engine."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.contracts.test_propagators import BUILD
from tests.unit.engine.fakes import ArraySource
from vosapp.core.cut_edits import set_cuts
from vosapp.core.document import Document
from vosapp.core.edits import add_object, declare_absent, set_mask
from vosapp.core.mask import Mask
from vosapp.core.store import MemoryMaskStore
from vosapp.core.timeline import Direction, FrameRange
from vosapp.engine.run.blending import packed, unpacked
from vosapp.engine.run.meeting import Side, joined
from vosapp.engine.run.pieces import needed_by, pieces
from vosapp.engine.run.plan import RunPlan
from vosapp.engine.run.propagation import propagate, propagate_piece

SIZE = (64, 80)
FRAMES = 12
Masks = dict[tuple[int, int], tuple[str, float, tuple[int, ...]]]


def _picture(index: int) -> NDArray[np.uint8]:
    rows, columns = np.mgrid[: SIZE[0], : SIZE[1]]
    waves = [np.sin((columns + 2 * index) / (5 + c)) * np.cos(rows / (7 - c)) for c in range(3)]
    picture = np.stack([(120 + 60 * wave) for wave in waves], axis=-1).astype(np.uint8)
    picture[20:40, 20 + index : 40 + index] = (200, 60, 30)
    picture[44:60, 50 - index : 66 - index] = (40, 90, 210)
    return picture


def _mask(top: int, left: int, height: int, width: int) -> Mask:
    array = np.zeros(SIZE, np.bool_)
    array[top : top + height, left : left + width] = True
    return Mask.from_array(array)


def _shot() -> tuple[Document, MemoryMaskStore]:
    """Two objects with several anchors each, some on the same frames, an absence, and a cut."""
    store = MemoryMaskStore()
    document, first = add_object(Document())
    document, second = add_object(document)
    for frame in (0, 4, 10):
        document = set_mask(document, store, first, frame, _mask(20, 20 + frame, 20, 20))
    for frame in (0, 6, 9):
        document = set_mask(document, store, second, frame, _mask(44, 50 - frame, 16, 16))
    document = declare_absent(document, second, FrameRange(3, 3))
    return set_cuts(document, [8]), store


def _whole(document: Document, store: MemoryMaskStore, plan: RunPlan, name: str) -> Masks:
    source = ArraySource([_picture(i) for i in range(FRAMES)])
    found: Masks = {}
    for result in propagate(source, document, store, plan=plan, build=BUILD[name]):
        for change in result.changes():
            found[change.object_id, change.frame_index] = (change.mask.digest, change.doubt, change.sources)
    return found


def _in_pieces(document: Document, store: MemoryMaskStore, plan: RunPlan, name: str) -> Masks:
    """Each piece from a document of its own, the last one first, sides packed as they travel."""
    found: Masks = {}
    sides: dict[tuple[int, int], dict[bool, Side]] = {}
    for piece in reversed(pieces(document, plan)):
        source = ArraySource([_picture(i) for i in range(FRAMES)])
        own = needed_by(document, plan, piece)
        for one in propagate_piece(source, own, store, plan=plan, piece=piece, build=BUILD[name]):
            for change in one.result.changes():
                found[change.object_id, change.frame_index] = (change.mask.digest, change.doubt, change.sources)
            for object_id, side in one.sides.items():
                sides.setdefault((object_id, one.result.frame_index), {})[side.far > side.anchor] = side
    for key, both in sides.items():
        back = both[False]
        kept = unpacked(packed(back.probability), SIZE)
        decided = joined(both[True], kept, back.doubt)
        found[key] = (Mask.from_array(decided.probability >= 0.5).digest, decided.doubt, decided.sources)
    return found


@pytest.mark.parametrize("name", list(BUILD))
def test_pieces_give_the_bits_of_the_whole_run(name: str) -> None:
    document, store = _shot()
    plan = RunPlan((1, 2), FrameRange(0, FRAMES - 1), Direction.BOTH, start_frame=6)
    whole = _whole(document, store, plan, name)
    assert _in_pieces(document, store, plan, name) == whole
    assert len(whole) > 12
    assert len({digest for digest, _, _ in whole.values()}) > 3, "the masks say something"


def test_a_run_falls_into_pieces_at_common_anchors_and_cuts() -> None:
    document, _ = _shot()
    plan = RunPlan((1, 2), FrameRange(0, FRAMES - 1), Direction.BOTH)
    found = [(piece.step, piece.frames) for piece in pieces(document, plan)]
    assert found == [(-1, (10, 9, 8)), (-1, (6, 5, 4, 3, 2, 1)), (1, tuple(range(8))), (1, (9, 10, 11))]
