"""Which frames make a matte steady: near, of one shot, without gaps."""

from __future__ import annotations

from fractions import Fraction

from tests.unit.core.shapes import box
from vosapp.core.cut_edits import set_cuts
from vosapp.core.document import ClipRef, Document, MatteSettings
from vosapp.core.edits import add_object, set_mask, set_matte
from vosapp.core.steady_frames import steady_frames
from vosapp.core.store import MemoryMaskStore


def test_two_on_either_side_but_not_over_gaps_cuts_and_ends() -> None:
    store, mask = MemoryMaskStore(), box(0, 0, 3, 3)
    document, _ = add_object(Document(clip=ClipRef("shot", mask.height, mask.width, 12, Fraction(24))), "fish")
    for frame in (0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11):
        document = set_mask(document, store, 1, frame, mask)
    document = set_cuts(document, [9])

    def around(frame: int) -> tuple[int, ...]:
        return steady_frames(document.object(1), document, frame)

    assert around(2) == (), "it is off"
    document = set_matte(document, 1, MatteSettings(steady=0.5))
    assert (around(2), around(0), around(3)) == ((0, 1, 3, 4), (1, 2), (1, 2, 4))
    assert (around(5), around(7), around(8), around(9), around(11)) == ((), (6, 8), (6, 7), (10, 11), (9, 10))
