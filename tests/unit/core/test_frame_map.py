"""A FrameMap is a dictionary in order of frames that shares what it did not change."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vosapp.core.frame_map import CHUNK_FRAMES, FrameMap, changes_between

FRAMES = st.integers(0, 5 * CHUNK_FRAMES)
CHANGES = st.dictionaries(FRAMES, st.none() | st.integers(), max_size=20)


@given(st.lists(CHANGES, max_size=8))
def test_it_is_a_dictionary_in_order(all_changes: list[dict[int, int | None]]) -> None:
    model: dict[int, int] = {}
    made: FrameMap[int] = FrameMap()
    for changes in all_changes:
        before, old = dict(made), made
        made = made.changed(changes)
        for frame, value in changes.items():
            if value is None:
                model.pop(frame, None)
            else:
                model[frame] = value
        assert list(made) == sorted(model) and dict(made) == model and len(made) == len(model)
        assert list(made.items()) == sorted(model.items())
        assert list(made.values()) == [model[frame] for frame in sorted(model)]
        assert made == FrameMap(model) and made == model
        assert dict(old) == before, "the version before is as it was"
        found = {frame: (was, now) for frame, was, now in changes_between(old, made)}
        expected = {f: (before.get(f), model.get(f)) for f in before.keys() | model.keys()}
        assert found == {f: pair for f, pair in expected.items() if pair[0] != pair[1]}


def test_untouched_chunks_are_shared_and_no_change_is_the_same_map() -> None:
    made = FrameMap({frame: str(frame) for frame in range(1000)})
    changed = made.changed({500: "other"})
    shared = [number for number in made.chunks if made.chunks[number] is changed.chunks[number]]
    assert len(shared) == len(made.chunks) - 1
    assert made.changed({500: made[500]}) is made
    assert made.changed({5000: None}) is made
    assert FrameMap.of(made) is made
    assert 999 in made and 1000 not in made and made.get(-1) is None
