"""Numbers as the tables of a report show them."""

from __future__ import annotations

import math


def percent(value: float) -> str:
    """A share as percent with one decimal; a dash when it is not a number."""
    return "-" if math.isnan(value) else f"{100 * value:.1f}"


def speed(value: float) -> str:
    """Frames a second with one decimal; a dash when it is not a number."""
    return "-" if math.isnan(value) else f"{value:.1f}"
