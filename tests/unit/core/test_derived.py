"""What is derived from cells is remembered chunk by chunk, and is always what a fresh look would find."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from vosapp.core.document import Cell, Origin, RotoObject
from vosapp.core.frame_map import FrameMap

frames = st.integers(0, 300)
cells = st.builds(
    Cell,
    st.just("0" * 32),
    st.sampled_from(Origin),
    locked=st.booleans(),
    stale=st.booleans(),
)


@given(st.dictionaries(frames, cells), st.lists(st.dictionaries(frames, st.none() | cells, max_size=4), max_size=6))
def test_derived_facts_follow_every_change(first: dict[int, Cell], changes: list[dict[int, Cell | None]]) -> None:
    one = RotoObject(1, "fish", (1, 2, 3), FrameMap(first))
    for change in ({}, *changes):
        one = one.with_cells(change)
        fresh = sorted(one.cells.items())
        assert one.anchors() == [frame for frame, cell in fresh if cell.is_anchor]
        assert one.barriers() == tuple(frame for frame, cell in fresh if cell.is_barrier)
        assert one.stale() == tuple(frame for frame, cell in fresh if cell.stale)


def test_only_the_chunk_that_changed_is_looked_at_again() -> None:
    looked: list[int] = []

    def numbers(values: Mapping[int, int]) -> tuple[int, ...]:
        looked.append(min(values))
        return tuple(values.values())

    before = FrameMap({frame: frame * 10 for frame in range(200)})
    assert before.derived(numbers) == tuple(range(0, 2000, 10)) == before.derived(numbers)
    assert looked == [0, 64, 128, 192]
    after = before.changed({70: 5})
    assert after.derived(numbers)[70] == 5
    assert looked == [0, 64, 128, 192, 64]
