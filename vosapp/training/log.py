"""The log of a run: a CSV file, one row per report."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

FIELDS = (
    "step",
    "minutes",
    "stage",
    "rate",
    "loss",
    "jaccard",
    "moved",
    "advice",
    "doubt_gap",
    "held_jaccard",
    "held_moved",
    "held_advice",
    "clips_per_s",
    "watched_jaccard",
    "alpha_error",
    "feather_error",
    "held_alpha_error",
    "held_feather_error",
    "late",
    "held_late",
)


class RunLog:
    """Appends rows to a CSV file, whole rows only."""

    def __init__(self, path: Path) -> None:
        self._path = path
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._append(dict(zip(FIELDS, FIELDS, strict=True)))

    def add(self, row: Mapping[str, float]) -> None:
        """Adds a row; what is not known stays empty."""
        self._append({name: _short(row[name]) for name in FIELDS if name in row})

    def _append(self, row: Mapping[str, str]) -> None:
        with self._path.open("a", newline="", encoding="utf-8") as file:
            csv.DictWriter(file, FIELDS, restval="").writerow(row)


def _short(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.5g}"
