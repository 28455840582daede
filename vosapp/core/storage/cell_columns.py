"""Cells as columns of JSON: one list per field, in the order of the frames. A column of defaults is left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from vosapp.core.document import Cell, Finding, Origin
from vosapp.core.storage.drawn_shapes import decode_shape, encode_shape
from vosapp.core.storage.json_checks import (
    DamageError,
    Json,
    hex_digests,
    is_finite,
    is_index,
    items,
    reject_unknown,
    text,
)

MAX_SOURCES = 1024

MAX_REASONS = 32

_NAMES = frozenset(
    {
        "frames",
        "base",
        "origin",
        "added",
        "removed",
        "locked",
        "stale",
        "engine",
        "sources",
        "doubt",
        "finding",
        "shape",
    }
)
_ORIGINS = {origin.value: origin for origin in Origin}


def encode_cells(cells: Mapping[int, Cell]) -> dict[str, object]:
    """The columns of some cells, in the order of the mapping, which is ascending."""
    columns: dict[str, object] = {"frames": list(cells)}
    rows = list(cells.values())
    columns["base"] = [cell.base for cell in rows]
    columns["origin"] = [cell.origin.value for cell in rows]
    for name, default in _OPTIONAL:
        column = [getattr(cell, name) for cell in rows]
        if any(value != default for value in column):
            encode = _ENCODED.get(name)
            columns[name] = column if encode is None else [None if value is None else encode(value) for value in column]
    return columns


def _encoded(finding: Finding) -> list[object]:
    return [list(finding.reasons), finding.anchor_count, finding.area_px, *(finding.centre or ())]


def decode_cells(columns: Json, low: int, high: int) -> dict[int, Cell]:
    """The cells of columns, frames ascending from low to at most high.

    Raises:
        DamageError: they are not what `encode_cells` writes.
    """
    reject_unknown(columns, _NAMES)
    frames = items(columns, "frames", high - low + 1)
    count = len(frames)
    indices = [frame for frame in frames if isinstance(frame, int) and is_index(frame)]
    if len(indices) != count:
        raise DamageError("a frame index is no number")
    if count and not (low <= indices[0] and indices[-1] <= high and all(a < b for a, b in pairwise(indices))):
        raise DamageError("frames are out of order")
    base = hex_digests(_column(columns, "base", count), "base")
    origin = [_ORIGINS.get(str(value)) for value in _column(columns, "origin", count)]
    if None in origin:
        raise DamageError("a mask is of unknown origin")
    rest = [_optional(columns, name, count) for name, _ in _OPTIONAL]
    cells = {frame: Cell(*facts) for frame, *facts in zip(indices, base, origin, *rest, strict=True)}
    if any(cell.is_anchor and cell.is_painted for cell in cells.values()):
        raise DamageError("an anchor has a paint layer")
    return cells


def _column(columns: Json, name: str, count: int) -> Sequence[object]:
    column = items(columns, name)
    if len(column) != count:
        raise DamageError(f"{name} is of another length")
    return column


def _optional(columns: Json, name: str, count: int) -> Sequence[object]:
    if name not in columns:
        return [dict(_OPTIONAL)[name]] * count
    return _CHECKED[name](_column(columns, name, count), name)


def _digests(column: Sequence[object], name: str) -> Sequence[object]:
    hex_digests([value for value in column if value is not None], name)
    return column


def _flags(column: Sequence[object], name: str) -> Sequence[object]:
    if any(type(value) is not bool for value in column):
        raise DamageError(f"{name} is neither true nor false")
    return column


def _texts(column: Sequence[object], name: str) -> Sequence[object]:
    for value in set(map(str, column)):
        text({name: value}, name, 200)
    if any(type(value) is not str for value in column):
        raise DamageError(f"{name} is no short text")
    interned: dict[object, object] = {}
    return [interned.setdefault(value, value) for value in column]


def _sources(column: Sequence[object], name: str) -> Sequence[object]:
    interned: dict[tuple[object, ...], tuple[object, ...]] = {}
    made: list[object] = []
    for position, value in enumerate(column):
        if position and value == column[position - 1]:  # nearly always: neighbours come from the same anchors
            made.append(made[-1])
            continue
        if not isinstance(value, list) or len(value) > MAX_SOURCES or not all(is_index(one) for one in value):
            raise DamageError(f"{name} is no list of frames")
        made.append(interned.setdefault(tuple(value), tuple(value)))
    return made


def _doubts(column: Sequence[object], name: str) -> Sequence[object]:
    made: list[object] = []
    for value in column:
        if value is None:
            made.append(None)
        elif isinstance(value, (int, float)) and is_finite(value) and 0 <= value <= 1:
            made.append(float(value))
        else:
            raise DamageError(f"{name} is not from 0 to 1")
    return made


def _findings(column: Sequence[object], name: str) -> Sequence[object]:
    return [None if value is None else _finding(value, name) for value in column]


def _finding(value: object, name: str) -> Finding:
    """The finding of [reasons, anchor count, area, x, y], without x and y for an empty mask."""
    if not isinstance(value, list) or len(value) not in (3, 5) or not isinstance(value[0], list):
        raise DamageError(f"{name} is no list of what was found")
    reasons, (count, area, *centre) = value[0], value[1:]
    numbers = [one for one in (count, area, *centre) if is_index(one)]
    if len(numbers) != 2 + len(centre) or len(reasons) > MAX_REASONS:
        raise DamageError(f"{name} has a wrong number")
    x_and_y = (int(centre[0]), int(centre[1])) if centre else None
    return Finding(tuple(str(one) for one in _texts(reasons, name)), int(count), int(area), x_and_y)


def _shapes(column: Sequence[object], name: str) -> Sequence[object]:
    return [None if value is None else decode_shape(value, name) for value in column]


# In the order of the fields of Cell after base and origin.
_OPTIONAL: tuple[tuple[str, object], ...] = (
    ("added", None),
    ("removed", None),
    ("locked", False),
    ("stale", False),
    ("engine", ""),
    ("sources", ()),
    ("doubt", None),
    ("finding", None),
    ("shape", None),
)
_ENCODED: Mapping[str, Callable[[Any], object]] = {"finding": _encoded, "shape": encode_shape}
_CHECKED: Mapping[str, Callable[[Sequence[object], str], Sequence[object]]] = {
    "added": _digests,
    "removed": _digests,
    "locked": _flags,
    "stale": _flags,
    "engine": _texts,
    "sources": _sources,
    "doubt": _doubts,
    "finding": _findings,
    "shape": _shapes,
}
