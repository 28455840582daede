"""Documents as stored JSON and back. What comes back is checked entry by entry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, fields
from fractions import Fraction

from vosapp.core.document import ClipRef, Document, MatteSettings, RotoObject
from vosapp.core.frame_map import FrameMap
from vosapp.core.storage.cell_columns import decode_cells, encode_cells
from vosapp.core.storage.fields import (
    MAX_INDEX,
    DamageError,
    Json,
    digest_of,
    integer,
    is_finite,
    is_index,
    items,
    mapping,
    only,
    pack,
    text,
    unpack,
)
from vosapp.core.timeline import FrameRange

MAX_OBJECTS = 4096
MAX_SIDE_PX = 2**16
MAX_RANGES = 100_000

Fetch = Callable[[bytes], bytes]

_CLIP = frozenset({"path", "height", "width", "frame_count", "rate", "first_number", "size_bytes", "sample_digest"})
_DOCUMENT = frozenset({"clip", "objects", "next_object_id", "in_out", "cuts"})
_OBJECT = frozenset({"id", "name", "colour", "cells", "absences", "matte"})


def encode_document(document: Document) -> tuple[bytes, bytes]:
    """(digest, stored form) of a document."""
    content: dict[str, object] = {
        "clip": _encode_clip(document.clip) if document.clip else None,
        "objects": [_encode_object(one) for one in document.objects],
        "next_object_id": document.next_object_id,
        "in_out": [document.in_out.first, document.in_out.last] if document.in_out else None,
        "cuts": list(document.cuts),
    }
    data = pack(content)
    return digest_of(data), data


def decode_document(data: bytes) -> Document:
    """The document of its stored form. Raises DamageError."""
    content, _ = unpack(data)
    only(content, _DOCUMENT)
    objects = tuple(_decode_object(one) for one in items(content, "objects", MAX_OBJECTS))
    next_object_id = integer(content, "next_object_id", 1)
    ids = {one.id for one in objects}
    if len(ids) != len(objects) or any(one >= next_object_id for one in ids):
        raise DamageError("two objects have one id")
    in_out = content.get("in_out")
    cuts = items(content, "cuts", MAX_RANGES)
    if not all(is_index(cut) for cut in cuts):
        raise DamageError("a cut is no frame")
    return Document(
        clip=_decode_clip(mapping(content, "clip")) if content.get("clip") is not None else None,
        objects=objects,
        next_object_id=next_object_id,
        in_out=_decode_range(in_out) if in_out is not None else None,
        cuts=tuple(sorted({int(str(cut)) for cut in cuts})),
    )


def _encode_clip(clip: ClipRef) -> dict[str, object]:
    content = asdict(clip)
    content["rate"] = [clip.rate.numerator, clip.rate.denominator]
    return content


def _decode_clip(content: Json) -> ClipRef:
    only(content, _CLIP)
    rate = items(content, "rate", 2)
    if len(rate) != 2 or not all(is_index(part) and part for part in rate):
        raise DamageError("rate is no fraction")
    return ClipRef(
        path=text(content, "path"),
        height=integer(content, "height", 1, MAX_SIDE_PX),
        width=integer(content, "width", 1, MAX_SIDE_PX),
        frame_count=integer(content, "frame_count"),
        rate=Fraction(int(str(rate[0])), int(str(rate[1]))),
        first_number=integer(content, "first_number", -MAX_INDEX),
        size_bytes=integer(content, "size_bytes", high=2**62),
        sample_digest=text(content, "sample_digest", 200),
    )


def _encode_object(one: RotoObject) -> dict[str, object]:
    return {
        "id": one.id,
        "name": one.name,
        "colour": list(one.colour),
        "cells": encode_cells(one.cells),
        "absences": [[absence.first, absence.last] for absence in one.absences],
        "matte": asdict(one.matte),
    }


def _decode_object(content: object) -> RotoObject:
    if not isinstance(content, dict):
        raise DamageError("an object is of the wrong kind")
    only(content, _OBJECT)
    colour = items(content, "colour", 3)
    if len(colour) != 3 or not all(type(part) is int and 0 <= part <= 255 for part in colour):
        raise DamageError("a colour is not three numbers from 0 to 255")
    red, green, blue = (int(str(part)) for part in colour)
    return RotoObject(
        id=integer(content, "id", 1),
        name=text(content, "name"),
        colour=(red, green, blue),
        cells=FrameMap(decode_cells(mapping(content, "cells"), 0, MAX_INDEX)),
        absences=tuple(_decode_range(one) for one in items(content, "absences", MAX_RANGES)),
        matte=_decode_matte(mapping(content, "matte")),
    )


def _decode_matte(content: Json) -> MatteSettings:
    """Any field of MatteSettings that is missing has its default; types must be those of the defaults."""
    known = {field.name: field.default for field in fields(MatteSettings)}
    only(content, frozenset(known))
    values: dict[str, object] = {}
    for name, value in content.items():
        if type(known[name]) is float:
            value = float(str(value)) if is_finite(value) else None
        if type(value) is not type(known[name]) or (isinstance(value, str) and len(value) > 200):
            raise DamageError(f"{name} of a matte is of the wrong kind")
        values[name] = value
    return MatteSettings(**values)  # type: ignore[arg-type]


def _decode_range(content: object) -> FrameRange:
    if not isinstance(content, list) or len(content) != 2 or not all(is_index(one) for one in content):
        raise DamageError("a range of frames is not two numbers")
    if content[0] > content[1]:
        raise DamageError("a range of frames is reversed")
    return FrameRange(content[0], content[1])
