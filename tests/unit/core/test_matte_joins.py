"""Objects that go into the matte of another one: which masks, on which frames."""

from __future__ import annotations

import pytest

from tests.unit.core.shapes import box
from vosapp.core.document import Document, JoinKind, MatteJoin, MatteSettings
from vosapp.core.edits import add_object, declare_absent, set_mask, set_matte
from vosapp.core.errors import MaskError
from vosapp.core.matte_edits import set_joins
from vosapp.core.matte_joins import joined_masks, with_joined
from vosapp.core.store import MemoryMaskStore
from vosapp.core.timeline import FrameRange


@pytest.fixture
def store() -> MemoryMaskStore:
    return MemoryMaskStore()


@pytest.fixture
def document(store: MemoryMaskStore) -> Document:
    """Two objects; the second has masks on frames 4 and 8 only."""
    made = add_object(add_object(Document(), "fish")[0], "kelp")[0]
    for frame in (4, 8):
        made = set_mask(made, store, 2, frame, box(0, 0, frame, 2))
    return set_matte(made, 2, MatteSettings(feather_px=3))


def bases(document: Document, frame: int) -> list[str | None]:
    found = joined_masks(document.object(1), document.objects, frame)
    return [None if one.cell is None else one.cell.base for one in found]


def test_a_held_mask_stands_until_the_next_one_and_before_the_first(document: Document) -> None:
    held = set_joins(document, 1, [MatteJoin(2, JoinKind.INSIDE, is_held=True)])
    first, second = (box(0, 0, frame, 2).digest for frame in (4, 8))
    assert [bases(held, frame)[0] for frame in (0, 4, 7, 8, 99)] == [first, first, first, second, second]
    assert bases(declare_absent(held, 2, FrameRange(5, 7)), 6) == [None], "absent is absent"
    loose = set_joins(document, 1, [MatteJoin(2, JoinKind.SUBTRACT)])
    assert [bases(loose, frame)[0] for frame in (0, 4, 7)] == [None, first, None]
    (one,) = joined_masks(held.object(1), held.objects, 5)
    assert one.matte == MatteSettings(feather_px=3) and one.kind is JoinKind.INSIDE


def test_an_object_that_is_gone_does_nothing_and_none_goes_into_itself(document: Document) -> None:
    joined = set_joins(document, 1, [MatteJoin(2, JoinKind.ADD)])
    assert with_joined([joined.object(1)], joined) == joined.objects
    assert list(joined_masks(joined.object(1), joined.objects[:1], 4)) == []
    for wrong in (1, 9):
        with pytest.raises(MaskError):
            set_joins(document, 1, [MatteJoin(wrong, JoinKind.ADD)])
