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
    "val_jaccard",
    "val_moved",
    "val_advice",
    "clips_per_s",
    "val_clips_jaccard",
    "alpha_error",
    "feather_error",
    "val_alpha_error",
    "val_feather_error",
    "late",
    "val_late",
)


# Names of columns in logs of earlier versions, and those of today.
_EARLIER = {
    "held_jaccard": "val_jaccard",
    "held_moved": "val_moved",
    "held_advice": "val_advice",
    "held_late": "val_late",
    "held_alpha_error": "val_alpha_error",
    "held_feather_error": "val_feather_error",
    "watched_jaccard": "val_clips_jaccard",
}


class RunLog:
    """Appends rows to a CSV file, whole rows only. A log that is there keeps the columns that it was begun with."""

    def __init__(self, path: Path) -> None:
        self._path = path
        if path.exists():
            with path.open(encoding="utf-8", newline="") as file:
                self._columns = next(csv.reader(file), list(FIELDS))
        else:
            self._columns = list(FIELDS)
            path.parent.mkdir(parents=True, exist_ok=True)
            self._append(dict(zip(FIELDS, FIELDS, strict=True)))

    def add(self, row: Mapping[str, float]) -> None:
        """Adds a row; what is not known stays empty, what the log has no column for is left out."""
        known = {column: row.get(_EARLIER.get(column, column)) for column in self._columns}
        self._append({column: _short(value) for column, value in known.items() if value is not None})

    def _append(self, row: Mapping[str, str]) -> None:
        with self._path.open("a", newline="", encoding="utf-8") as file:
            csv.DictWriter(file, self._columns, restval="").writerow(row)


def read_log(path: Path) -> list[dict[str, str]]:
    """The rows of a log under the names of today. Raises OSError."""
    with path.open(encoding="utf-8", newline="") as file:
        return [{_EARLIER.get(name, name): value for name, value in row.items()} for row in csv.DictReader(file)]


def _short(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.5g}"
