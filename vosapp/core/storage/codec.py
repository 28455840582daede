"""Encodes and decodes what every schema stores alike, a document's head and an object's traits, as checked JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from fractions import Fraction

from vosapp.core.document import (
    KEYED_NUMBERS,
    MATTE_EDGES,
    ClipRef,
    Colour,
    Document,
    JoinKind,
    MatteCurve,
    MatteJoin,
    MatteSettings,
    RotoObject,
)
from vosapp.core.limits import MAX_CLIP_FRAMES
from vosapp.core.plain_text import storable
from vosapp.core.storage.json_checks import (
    MAX_INDEX,
    MAX_TEXT,
    DamageError,
    Json,
    hex_digests,
    integer,
    is_finite,
    is_index,
    items,
    mapping,
    path_text,
    reject_unknown,
    text,
)
from vosapp.core.timeline import FrameRange
from vosapp.core.trimap import Trimap, TrimapKind

MAX_OBJECTS = 4096
MAX_SIDE_PX = 2**16
MAX_RANGES = 100_000
MAX_JOINS = 4096

_CLIP = frozenset(
    {"path", "height", "width", "frame_count", "rate", "first_number", "size_bytes", "sample_digest", "input_space"}
)


def encode_head(document: Document) -> dict[str, object]:
    """Everything of a document but its objects."""
    head: dict[str, object] = {
        "clip": _encode_clip(document.clip) if document.clip else None,
        "next_object_id": document.next_object_id,
        "in_out": [document.in_out.first, document.in_out.last] if document.in_out else None,
        "cuts": list(document.cuts),
    }
    if document.not_cuts:  # only then, so that earlier versions, which know no such name, open other files
        head["not_cuts"] = list(document.not_cuts)
    return head


def decode_head(content: Json, objects: tuple[RotoObject, ...]) -> Document:
    """The document of its head and its objects. Raises DamageError."""
    next_object_id = integer(content, "next_object_id", 1)
    ids = {one.id for one in objects}
    if len(ids) != len(objects) or any(one >= next_object_id for one in ids):
        raise DamageError("two objects have one id")
    in_out = content.get("in_out")
    return Document(
        clip=_decode_clip(mapping(content, "clip")) if content.get("clip") is not None else None,
        objects=objects,
        next_object_id=next_object_id,
        in_out=_decode_range(in_out) if in_out is not None else None,
        cuts=_decode_frames(content, "cuts"),
        not_cuts=_decode_frames(content, "not_cuts") if "not_cuts" in content else (),
    )


HEAD_NAMES = frozenset({"clip", "next_object_id", "in_out", "cuts", "not_cuts"})


def _decode_frames(content: Json, name: str) -> tuple[int, ...]:
    stored = items(content, name, MAX_RANGES)
    frames = {frame for frame in stored if isinstance(frame, int) and is_index(frame)}
    if not all(isinstance(frame, int) and is_index(frame) for frame in stored):
        raise DamageError(f"{name} are no frames")
    return tuple(sorted(frames))


def encode_traits(one: RotoObject) -> dict[str, object]:
    """Everything of an object but its cells."""
    traits: dict[str, object] = {
        "id": one.id,
        "name": storable(one.name, MAX_TEXT),
        "colour": list(one.colour),
        "absences": [[absence.first, absence.last] for absence in one.absences],
        "matte": _encode_matte(one.matte),
    }
    # Only where they say something, so that earlier versions, which know no such names, open other files.
    if one.curves:
        traits["curves"] = {curve.name: [list(key) for key in curve.keys] for curve in one.curves}
    if one.joins:
        traits["joins"] = [[join.object_id, join.kind.value, join.is_held] for join in one.joins]
    if one.trimaps:
        traits["trimaps"] = [[frame, *map(trimap.of, TrimapKind)] for frame, trimap in one.trimaps]
    if one.muted:
        traits["muted"] = list(one.muted)
    if one.locked:
        traits["locked"] = True
    if one.engine:
        traits["engine"] = one.engine
    return traits


def decode_traits(content: Json) -> RotoObject:
    """An object without cells. Raises DamageError."""
    return RotoObject(
        id=integer(content, "id", 1),
        name=text(content, "name"),
        colour=_decode_colour(items(content, "colour", 3)),
        absences=tuple(_decode_range(one) for one in items(content, "absences", MAX_RANGES)),
        matte=_decode_matte(mapping(content, "matte")),
        curves=_decode_curves(mapping(content, "curves")) if "curves" in content else (),
        joins=tuple(map(_decode_join, items(content, "joins", MAX_JOINS))) if "joins" in content else (),
        trimaps=_decode_trimaps(items(content, "trimaps", MAX_CLIP_FRAMES)) if "trimaps" in content else (),
        muted=_decode_frames(content, "muted") if "muted" in content else (),
        locked=_decode_flag(content, "locked"),
        engine=text(content, "engine", 200) if "engine" in content else "",
    )


def _decode_flag(content: Json, name: str) -> bool:
    stored = content.get(name, False)
    if not isinstance(stored, bool):
        raise DamageError(f"{name} is neither true nor false")
    return stored


TRAIT_NAMES = frozenset(
    {"id", "name", "colour", "absences", "matte", "curves", "joins", "trimaps", "muted", "locked", "engine"}
)


def _encode_clip(clip: ClipRef) -> dict[str, object]:
    content = asdict(clip)
    content["rate"] = [clip.rate.numerator, clip.rate.denominator]
    if not clip.input_space:
        del content["input_space"]  # so that earlier versions, which know no such name, open the file
    return content


def _decode_clip(content: Json) -> ClipRef:
    reject_unknown(content, _CLIP)
    rate = [part for part in items(content, "rate", 2) if isinstance(part, int) and is_index(part) and part > 0]
    if len(rate) != 2:
        raise DamageError("rate is no fraction")
    return ClipRef(
        path=path_text(content, "path"),
        height=integer(content, "height", 1, MAX_SIDE_PX),
        width=integer(content, "width", 1, MAX_SIDE_PX),
        frame_count=integer(content, "frame_count", 0, MAX_CLIP_FRAMES),
        rate=Fraction(rate[0], rate[1]),
        first_number=integer(content, "first_number", -MAX_INDEX),
        size_bytes=integer(content, "size_bytes", high=2**62),
        sample_digest=text(content, "sample_digest", 200),
        input_space=text(content, "input_space", 200) if "input_space" in content else "",
    )


def _decode_colour(parts: object) -> Colour:
    numbers = [part for part in parts if type(part) is int and 0 <= part <= 255] if isinstance(parts, list) else []
    if len(numbers) != 3:
        raise DamageError("a colour is not three numbers from 0 to 255")
    return numbers[0], numbers[1], numbers[2]


def _encode_matte(matte: MatteSettings) -> dict[str, object]:
    content = asdict(matte)
    if not matte.decontaminate:
        del content["decontaminate"]  # so that earlier versions, which know no such name, open the file
    return content


def _decode_matte(content: Json) -> MatteSettings:
    """Any field of MatteSettings that is missing has its default; types must be those of the defaults."""
    known = {field.name: field.default for field in fields(MatteSettings)}
    reject_unknown(content, frozenset(known))
    values: dict[str, object] = {}
    for name, value in content.items():
        if type(known[name]) is float:
            value = float(str(value)) if is_finite(value) else None
        if type(value) is not type(known[name]) or (isinstance(value, str) and len(value) > 200):
            raise DamageError(f"{name} of a matte is of the wrong kind")
        values[name] = text(content, name, 200) if isinstance(value, str) else value
    if values.get("edge", MATTE_EDGES[0]) not in MATTE_EDGES:
        raise DamageError("the edge of a matte is of an unknown kind")
    return MatteSettings(**values)  # type: ignore[arg-type]


def _decode_curves(content: Json) -> tuple[MatteCurve, ...]:
    reject_unknown(content, frozenset(KEYED_NUMBERS))
    return tuple(
        MatteCurve(name, _decode_keys(items(content, name, MAX_CLIP_FRAMES)))
        for name in KEYED_NUMBERS
        if name in content
    )


def _decode_keys(stored: Sequence[object]) -> tuple[tuple[int, float], ...]:
    keys: list[tuple[int, float]] = []
    for one in stored:
        if not (isinstance(one, list) and len(one) == 2 and is_index(one[0]) and is_finite(one[1])):
            raise DamageError("a key of a matte is no frame with a number")
        if keys and one[0] <= keys[-1][0]:
            raise DamageError("the keys of a matte are out of order")
        keys.append((one[0], float(one[1])))
    if not keys:
        raise DamageError("a curve of a matte has no key")
    return tuple(keys)


def _decode_join(stored: object) -> MatteJoin:
    if not isinstance(stored, list) or len(stored) != 3 or not is_index(stored[0]) or type(stored[2]) is not bool:
        raise DamageError("what goes into a matte is of the wrong kind")
    kinds = {kind.value: kind for kind in JoinKind}
    if not isinstance(stored[1], str) or stored[1] not in kinds:
        raise DamageError("what an object does to a matte is not known")
    return MatteJoin(stored[0], kinds[stored[1]], stored[2])


def _decode_trimaps(stored: Sequence[object]) -> tuple[tuple[int, Trimap], ...]:
    found: list[tuple[int, Trimap]] = []
    for one in stored:
        if not (isinstance(one, list) and len(one) == 1 + len(TrimapKind) and is_index(one[0])):
            raise DamageError("what is painted over an edge is of the wrong kind")
        if found and one[0] <= found[-1][0]:
            raise DamageError("what is painted over edges is out of order")
        named = [part for part in one[1:] if part is not None]
        if not named or len(set(hex_digests(named, "trimaps"))) < len(named):
            raise DamageError("what is painted over an edge says nothing, or two things at once")
        trimap = Trimap(*one[1:])
        found.append((one[0], trimap))
    return tuple(found)


def _decode_range(content: object) -> FrameRange:
    if not isinstance(content, list) or len(content) != 2 or not all(is_index(one) for one in content):
        raise DamageError("a range of frames is not two numbers")
    if content[0] > content[1]:
        raise DamageError("a range of frames is reversed")
    return FrameRange(content[0], content[1])
