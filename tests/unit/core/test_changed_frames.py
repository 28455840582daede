"""Which frames an edit changed, and which of them is the nearest."""

from __future__ import annotations

from dataclasses import replace

from vosapp.core.changed_frames import changed_frames, nearest
from vosapp.core.document import Cell, Document, RotoObject
from vosapp.core.timeline import FrameRange


def document(*frames: int, absences: tuple[FrameRange, ...] = ()) -> Document:
    cells = {frame: Cell("a" * 64) for frame in frames}
    return Document(objects=(RotoObject(1, "One", (1, 2, 3), cells, absences),), next_object_id=2)


def test_masks_absences_cuts_and_objects() -> None:
    assert changed_frames(document(1, 5), document(1, 7)) == {5, 7}
    assert changed_frames(document(1), document(1, absences=(FrameRange(3, 5),))) == {3, 4, 5}
    assert changed_frames(document(1), replace(document(1), cuts=(8,))) == {8}
    assert changed_frames(document(1, 2), Document()) == {1, 2}


def test_names_and_ranges_change_no_frame() -> None:
    old = document(1)
    renamed = replace(old, objects=(replace(old.objects[0], name="Two"),), in_out=FrameRange(0, 4))
    assert changed_frames(old, renamed) == frozenset()


def test_the_nearest() -> None:
    assert nearest(frozenset({2, 8}), 5) == 2
    assert nearest(frozenset({2, 8}), 6) == 8
    assert nearest(frozenset(), 6) is None
