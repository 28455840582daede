"""The course of a run as a picture: J of predictions and guidance over minutes, and the loss."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.core.errors import UserError
from vosapp.training.log import read_log

_SIZE = (420, 720)
_MARGIN = 46
# Column of the log, what to call it, colour (RGB).
_LINES = (
    ("moved", "guidance, as moved by flow", (150, 150, 150)),
    ("jaccard", "J in training", (60, 120, 216)),
    ("val_jaccard", "J on validation photographs", (200, 40, 40)),
    ("loss", "loss / 2", (40, 150, 80)),
)


def draw_log(log: Path) -> NDArray[np.uint8]:
    """(420, 720, 3) uint8 RGB of a run's CSV log.

    Raises:
        UserError: there is no log, or nothing in it yet.
    """
    try:
        rows = read_log(log)
    except OSError as error:
        raise UserError(f"{log} cannot be read.", "Give the folder of a run.") from error
    if not rows:
        raise UserError(f"There is nothing in {log} yet.", "Wait for the first report.")
    picture = np.full((*_SIZE, 3), 255, np.uint8)
    last = max(float(row["minutes"]) for row in rows)
    _axes(picture, last)
    for number, (column, label, colour) in enumerate(_LINES):
        scale = 0.5 if column == "loss" else 1.0
        values = [(float(row["minutes"]), scale * float(row[column])) for row in rows if row.get(column)]
        points = np.array([_place(minute, value, last) for minute, value in values], np.int32)
        if len(points):
            cv2.polylines(picture, [points.reshape(-1, 1, 2)], False, colour, 2, cv2.LINE_AA)
        cv2.putText(picture, label, (_SIZE[1] - 230, 24 + 18 * number), cv2.FONT_HERSHEY_SIMPLEX, 0.45, colour, 1, 16)
    return picture


def _axes(picture: NDArray[np.uint8], last: float) -> None:
    for tenth in range(0, 11, 2):
        left, right = _place(0, tenth / 10, last), _place(last, tenth / 10, last)
        cv2.line(picture, left, right, (225, 225, 225), 1)
        cv2.putText(picture, f"{tenth / 10:.1f}", (8, left[1] + 4), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (80, 80, 80), 1, 16)
    for quarter in range(5):
        minute = last * quarter / 4
        place = (_place(minute, 0, last)[0] - 12, _SIZE[0] - 16)
        cv2.putText(picture, f"{minute:.3g} min", place, cv2.FONT_HERSHEY_SIMPLEX, 0.42, (80, 80, 80), 1, 16)


def _place(minute: float, value: float, last: float) -> tuple[int, int]:
    height, width = _SIZE
    across = _MARGIN + minute / max(last, 1e-6) * (width - 2 * _MARGIN)
    return round(across), round(height - _MARGIN - min(max(value, 0.0), 1.0) * (height - 2 * _MARGIN))
