"""The result of a measurement as a table of plain text."""

from __future__ import annotations

import math
from collections.abc import Sequence

from vosapp.evaluation.scores import ClipScore, Totals, totals

_HEADER = ("clip", "J", "recall", "decay", "F", "recall", "decay", "J&F", "frames/s")


def percent(value: float) -> str:
    """A share as percent with one decimal; a dash when it is not a number."""
    return "-" if math.isnan(value) else f"{100 * value:.1f}"


def score_table(clips: Sequence[ClipScore]) -> str:
    """One line a clip and one for all objects together; shares in percent."""
    rows = [_HEADER, *(_row(clip.name, totals([clip])) for clip in clips), _row("all objects", totals(clips))]
    return plain_table(rows)


def plain_table(rows: Sequence[Sequence[str]]) -> str:
    """Columns padded with spaces, the first to the left, the others to the right; a rule under the first row."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [
        "  ".join(
            cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    lines.insert(1, "-" * len(lines[0]))
    return "\n".join(line.rstrip() for line in lines)


def _row(name: str, values: Totals) -> tuple[str, ...]:
    j, f = values.j, values.f
    shares = (j.mean, j.recall, j.decay, f.mean, f.recall, f.decay, values.j_and_f)
    return (name, *map(percent, shares), f"{values.frames_per_second:.1f}")
