"""What is typed into the frame field: numbers, steps and timecode, and what is said of the rest."""

from __future__ import annotations

from fractions import Fraction

import pytest

from vosapp.core.document import ClipRef
from vosapp.core.errors import UserError
from vosapp.core.timecode import frame_label_step, frame_of, timecode
from vosapp.presentation.text.frame_entry import typed_frame

CLIP = ClipRef("shot", 10, 10, 100, Fraction(24), first_number=1001)


@pytest.mark.parametrize(
    ("text", "frame"),
    [("1001", 0), (" 1100 ", 99), ("+10", 50), ("-5", 35), ("+999", 99), ("-999", 0), ("10:00:01:00", 24)],
)
def test_what_can_be_typed(text: str, frame: int) -> None:
    assert typed_frame(text, CLIP, here=40, start_timecode="10:00:00:00") == frame


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Nothing is no frame"),
        ("abc", "abc is no frame"),
        ("1+2", "1+2 is no frame"),
        ("7", "from 1001 to 1100"),
        ("1101", "from 1001 to 1100"),
        ("1:00", "from 10:00:00:00 to 10:00:04:03"),
        ("10:00:00:24", "is no frame"),
        ("10:61:00:00", "is no frame"),
    ],
)
def test_what_is_wrong_is_told(text: str, said: str) -> None:
    with pytest.raises(UserError) as caught:
        typed_frame(text, CLIP, here=40, start_timecode="10:00:00:00")
    assert said in caught.value.message and "timecode" in caught.value.hint


@pytest.mark.parametrize(
    ("rate", "start"),
    [(Fraction(24), ""), (Fraction(30000, 1001), "00:59:58;20"), (Fraction(60000, 1001), "09:00:00;00")],
)
def test_timecode_and_back(rate: Fraction, start: str) -> None:
    for frame in (*range(0, 4000, 7), 17981, 17982, 17983, 107892, 107893):
        assert frame_of(timecode(frame, rate, start), rate, start) == frame


def test_numbers_that_drop_frame_leaves_out_are_no_timecode() -> None:
    with pytest.raises(ValueError, match="no timecode"):
        frame_of("00:01:00;00", Fraction(30000, 1001), "00:00:00;00")
    assert frame_of("00:01:00;02", Fraction(30000, 1001), "00:00:00;00") == 1800


def test_labels_of_a_ruler_stand_at_round_times() -> None:
    assert frame_label_step(1, Fraction(24)) == 1
    assert frame_label_step(3, Fraction(24)) == 24
    assert frame_label_step(3, Fraction(25)) == 5
    assert frame_label_step(100, Fraction(24)) == 120
    assert frame_label_step(10**6, Fraction(24)) % (24 * 3600) == 0
