"""Names the signs that make a mask doubtful."""

from __future__ import annotations

import math
from collections.abc import Collection

from vosapp.core.document import Finding
from vosapp.engine.run.leak_signs import Sign

_WORDS = {
    Sign.NEW_PART: "a new part",
    Sign.AREA: "area jumped",
    Sign.CENTRE: "it jumped aside",
    Sign.COLOUR: "colours changed at once",
    Sign.DIRECTIONS: "both directions disagree",
}


def doubt_words(reasons: Collection[str]) -> str:
    """The reasons for a doubt, by the names of their signs, in words; "" for none. Unknown ones are left out."""
    return ", ".join(_WORDS[sign] for sign in Sign if sign.value in reasons)


def mask_words(doubt: float | None, finding: Finding | None, before: Finding | None) -> str:
    """Doubt, its reasons, area and motion of a prediction in words; "" for an anchor.

    Args:
        doubt: of the prediction.
        finding: what the run noted of it.
        before: the same of the frame before.
    """
    parts = [] if doubt is None else [f"doubt {doubt:.2f} of 1"]
    if finding is not None:
        parts += [words] if (words := doubt_words(finding.reasons)) else []
        parts.append(f"area {finding.area_px:,} pixels{_change(finding, before)}")
        if finding.centre and before is not None and before.centre:
            parts.append(f"moved {math.dist(finding.centre, before.centre):.0f} pixels")
    return ", ".join(parts)


def _change(finding: Finding, before: Finding | None) -> str:
    if before is None or not before.area_px:
        return ""
    return f" ({100 * (finding.area_px / before.area_px - 1):+.0f} %)"
