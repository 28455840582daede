"""Frame rates as people write them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from vosapp.core.document import ClipRef, Document
from vosapp.core.edits import set_rate
from vosapp.core.errors import UserError
from vosapp.core.frame_rate import COMMON_RATES, parse_rate


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("24", Fraction(24)),
        (" 25 fps ", Fraction(25)),
        ("23.976", Fraction(24000, 1001)),
        ("23.98", Fraction(24000, 1001)),
        ("29.97", Fraction(30000, 1001)),
        ("59,94", Fraction(60000, 1001)),
        ("30000/1001", Fraction(30000, 1001)),
        ("12.5", Fraction(25, 2)),
        ("24.0", Fraction(24)),
    ],
)
def test_rates_mean_what_people_mean(text: str, rate: Fraction) -> None:
    assert parse_rate(text) == rate


@pytest.mark.parametrize("text", ["", "fast", "0", "-24", "1e9", "24/0", "nan", "inf", "1001", "1" * 5000])
def test_what_is_no_rate_gets_a_sentence(text: str) -> None:
    with pytest.raises(UserError, match="is no frame rate") as raised:
        parse_rate(text)
    assert "30000/1001" in raised.value.hint


def test_every_common_rate_survives_its_own_digits() -> None:
    assert [parse_rate(f"{float(rate):.3f}") for rate in COMMON_RATES] == list(COMMON_RATES)


def test_a_document_takes_a_rate() -> None:
    document = Document(clip=ClipRef("shot", 4, 4, 3, Fraction(24)))
    changed = set_rate(document, Fraction(25))
    assert changed.clip is not None and changed.clip.rate == 25
    assert set_rate(Document(), Fraction(25)) == Document()
