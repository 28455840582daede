"""Names the signs that make a mask doubtful."""

from __future__ import annotations

from collections.abc import Collection

from vosapp.engine.run.leak_signs import Sign

_WORDS = {
    Sign.NEW_PART: "a new part",
    Sign.AREA: "area jumped",
    Sign.CENTRE: "it jumped aside",
    Sign.COLOUR: "colours changed at once",
    Sign.DIRECTIONS: "both directions disagree",
}


def doubt_words(signs: Collection[Sign]) -> str:
    """The reasons for a doubt, in words; "" for none."""
    return ", ".join(_WORDS[sign] for sign in Sign if sign in signs)
