"""Shapes of the pen as checked JSON: what was drawn, and the masks that stood there before."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from vosapp.core.pen_shape import FARTHEST_PX, MAX_POINTS, Combine, DrawnShape, PenShape, Point
from vosapp.core.storage.json_checks import DamageError, hex_digests, is_finite, is_index

_FIELDS = 7
_COMBINES = {combine.value: combine for combine in Combine}


def encode_shape(drawn: DrawnShape) -> list[object]:
    """[what it does, x and y of each point in a row, places of the handles, freehand, base, added, removed]."""
    shape = drawn.shape
    numbers = [number for point in shape.points for number in point]
    return [
        drawn.combine.value,
        numbers,
        list(shape.handles),
        shape.is_freehand,
        drawn.base,
        drawn.added,
        drawn.removed,
    ]


def decode_shape(stored: object, name: str) -> DrawnShape:
    """The shape of what `encode_shape` made. Raises DamageError."""
    if not isinstance(stored, list) or len(stored) != _FIELDS or type(stored[3]) is not bool:
        raise DamageError(f"{name} is no shape")
    combine = _COMBINES.get(stored[0]) if isinstance(stored[0], str) else None
    if combine is None:
        raise DamageError(f"{name} does something unknown with the mask")
    points = _points(stored[1], name)
    handles = _handles(stored[2], len(points), name)
    hex_digests([one for one in stored[4:] if one is not None], name)
    base, added, removed = stored[4:]
    return DrawnShape(PenShape(points, handles, stored[3]), combine, base, added, removed)


def _points(stored: object, name: str) -> tuple[Point, ...]:
    if not isinstance(stored, list) or len(stored) % 2 or not 6 <= len(stored) <= 2 * MAX_POINTS:
        raise DamageError(f"{name} has no points")
    if not all(is_finite(number) and abs(number) <= FARTHEST_PX for number in stored):
        raise DamageError(f"{name} has a point that is nowhere")
    numbers = [float(number) for number in stored]
    return tuple(zip(numbers[::2], numbers[1::2], strict=True))


def _handles(stored: object, count: int, name: str) -> tuple[int, ...]:
    handles: Sequence[object] = stored if isinstance(stored, list) else ()
    places = [one for one in handles if isinstance(one, int) and is_index(one) and one < count]
    if len(places) != len(handles) or len(places) < 1 or any(a >= b for a, b in pairwise(places)):
        raise DamageError(f"{name} has handles that are none of its points")
    return tuple(places)
