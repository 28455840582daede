"""Values of a matte that change over time: straight between keys, level outside, and as edits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vosapp.core.document import Document, MatteCurve, MatteSettings
from vosapp.core.edits import add_object
from vosapp.core.matte_edits import copy_stack, remove_key, set_key, set_number, set_stack

frames = st.integers(0, 500)
values = st.floats(-50, 50, allow_nan=False)


@pytest.fixture
def document() -> Document:
    return add_object(add_object(Document(), "one")[0], "two")[0]


@given(keys=st.dictionaries(frames, values, min_size=1, max_size=6), frame=frames)
def test_a_curve_goes_through_its_keys_and_between_its_neighbours(keys: dict[int, float], frame: int) -> None:
    curve = MatteCurve("grow_px", tuple(sorted(keys.items())))
    assert all(curve.at(known) == value for known, value in keys.items())
    before = [value for known, value in curve.keys if known <= frame][-1:]
    after = [value for known, value in curve.keys if known >= frame][:1]
    around = before + after
    assert min(around) - 1e-9 <= curve.at(frame) <= max(around) + 1e-9


def test_it_is_straight_between_keys_and_level_outside(document: Document) -> None:
    made = set_key(set_key(document, 1, "grow_px", 30, 4.0), 1, "grow_px", 10, 0.0)
    assert [made.object(1).matte_at(frame).grow_px for frame in (0, 10, 15, 20, 30, 99)] == [0, 0, 1, 2, 4, 4]
    assert made.object(1).matte_at(15).feather_px == 0 and made.object(2).matte_at(15) == MatteSettings()


def test_a_number_with_keys_is_set_on_its_frame_and_another_one_everywhere(document: Document) -> None:
    made = set_key(document, 1, "feather_px", 0, 2.0)
    made = set_number(made, 1, "feather_px", 8.0, frame_index=10)
    made = set_number(made, 1, "grow_px", 3.0, frame_index=10)
    assert [made.object(1).matte_at(frame).feather_px for frame in (0, 5, 10)] == [2, 5, 8]
    assert made.object(1).matte_at(0).grow_px == 3.0


def test_with_the_last_key_gone_its_value_holds_everywhere(document: Document) -> None:
    made = set_key(set_key(document, 1, "smooth_px", 4, 2.0), 1, "smooth_px", 8, 6.0)
    made = remove_key(made, 1, "smooth_px", 4)
    assert made.object(1).matte_at(0).smooth_px == 6.0
    assert remove_key(made, 1, "smooth_px", 5) is made
    made = remove_key(made, 1, "smooth_px", 8)
    assert made.object(1).curves == () and made.object(1).matte.smooth_px == 6.0


def test_copies_and_presets_take_the_curves_along_or_away(document: Document) -> None:
    made = copy_stack(set_key(document, 1, "grow_px", 3, 1.0), 1, [2])
    assert made.object(2).curves == made.object(1).curves != ()
    assert set_stack(made, 2, MatteSettings(feather_px=1)).object(2).curves == ()
    with pytest.raises(ValueError, match="no keys"):
        set_key(document, 1, "gamma", 0, 2.0)
