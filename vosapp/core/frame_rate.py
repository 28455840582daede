"""Frame rates as people write them: 24, 23.976, 30000/1001."""

from __future__ import annotations

from fractions import Fraction

from vosapp.core.errors import UserError

DEFAULT_RATE = Fraction(24)  # of images that do not say theirs
FASTEST = 1000
_NTSC = tuple(Fraction(n * 1000, 1001) for n in (24, 30, 48, 60, 120, 240))
COMMON_RATES = (_NTSC[0], *map(Fraction, (24, 25)), _NTSC[1], *map(Fraction, (30, 48, 50)), _NTSC[3], Fraction(60))
_SAME = Fraction(1, 4000)  # 23.98 differs by less than this share from 24000/1001, 24 by more


def parse_rate(text: str) -> Fraction:
    """The frames a second that a text means: "24", "23.976", "30000/1001", "25 fps".

    Raises:
        UserError: it means none, or one outside of 0 to 1000.
    """
    plain = text.strip().lower().removesuffix("fps").strip()
    try:
        rate = Fraction(plain.replace(",", ".")) if len(plain) <= 40 else Fraction(0)
    except (ValueError, ZeroDivisionError):
        rate = Fraction(0)
    if not 0 < rate <= FASTEST:
        raise UserError(
            f'"{text[:40]}" is no frame rate.', "Give frames a second, such as 24, 23.976 or 30000/1001, up to 1000."
        )
    return _exact(rate) if rate.denominator != 1 and "/" not in plain else rate.limit_denominator(1_000_000)


def _exact(rate: Fraction) -> Fraction:
    """The NTSC rate that is meant by a few of its digits, else the rate as it is."""
    return next((ntsc for ntsc in _NTSC if abs(rate / ntsc - 1) < _SAME), rate.limit_denominator(1_000_000))
