"""The file of a finished piece: masks, sides of frames where two passes meet, and a checksum. Whole or not there."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from vosapp.core.document import Document, ObjectId
from vosapp.core.errors import UserError
from vosapp.core.mask import Mask
from vosapp.core.run_overlay import RunChange
from vosapp.engine.run.blending import Packed, packed, unpacked
from vosapp.engine.run.leak_signs import Sign
from vosapp.engine.run.meeting import Side, joined
from vosapp.engine.run.pieces import Piece
from vosapp.engine.run.plan import RunPlan
from vosapp.engine.run.propagation import PieceFrame

_MAGIC = b"vosapp piece 1\n"
_LENGTH = struct.Struct("<Q")
_CHECK_BYTES = 16
Key = tuple[ObjectId, int]


class PieceFileError(UserError):
    """A piece file is damaged; the piece is made again."""


def piece_id(document: Document, plan: RunPlan, piece: Piece, *, made_with: str) -> str:
    """What identifies a piece's result: all that it depends on.

    Args:
        document: as `needed_by` gives it, with its clip.
        plan, piece: what is done.
        made_with: program, weights, device and threads, as text.
    """
    cells = [
        (item.id, item.absences, [(f, c.base, c.added, c.removed) for f, c in item.cells.items()])
        for item in document.objects
    ]
    clip = document.clip
    media = None if clip is None else replace(clip, path="")
    asked = (plan.object_ids, plan.within, plan.direction.value, plan.engine, plan.start, plan.blend)
    facts = repr((made_with, media, document.cuts, asked, cells, piece.step, piece.spans, piece.frames))
    return hashlib.blake2b(facts.encode(), digest_size=_CHECK_BYTES).hexdigest()


def _nothing() -> None:
    pass


def encoded(frames: Iterable[PieceFrame], progress: Callable[[], object] = _nothing) -> bytes:
    """The file of a piece. `progress` is called after each frame."""
    masks, sides = _Table(), _Table()
    damaged: set[int] = set()
    for frame in frames:
        result = frame.result
        damaged.update(result.damaged)
        for o, mask in result.masks.items():
            signs = [sign.value for sign in result.signs.get(o, ())]
            facts = [o, result.frame_index, result.doubt[o], list(result.sources[o]), signs]
            masks.add([*facts, mask.height, mask.width, mask.digest], mask.data)
        for o, side in frame.sides.items():
            kept = packed(side.probability)
            facts = [o, result.frame_index, side.doubt, list(side.sources), [sign.value for sign in side.signs]]
            sides.add([*facts, side.anchor, side.far, *side.probability.shape, list(kept.box)], kept.data)
        progress()
    header = json.dumps({"masks": masks.rows, "sides": sides.rows, "damaged": sorted(damaged)}).encode()
    body = b"".join([_MAGIC, _LENGTH.pack(len(header)), header, *masks.blobs, *sides.blobs])
    return body + hashlib.blake2b(body, digest_size=_CHECK_BYTES).digest()


class _Table:
    """Rows of facts, each with a blob whose size ends the row."""

    def __init__(self) -> None:
        self.rows: list[list[Any]] = []
        self.blobs: list[bytes] = []

    def add(self, row: list[Any], blob: bytes) -> None:
        self.rows.append([*row, len(blob)])
        self.blobs.append(blob)


def is_whole(path: Path) -> bool:
    """Whether a finished piece lies at a path."""
    try:
        _body(path)
    except (OSError, PieceFileError):
        return False
    return True


def _body(path: Path) -> bytes:
    data = path.read_bytes()
    body, check = data[:-_CHECK_BYTES], data[-_CHECK_BYTES:]
    if not body.startswith(_MAGIC) or hashlib.blake2b(body, digest_size=_CHECK_BYTES).digest() != check:
        raise PieceFileError(f"{path} is damaged.", "Delete it: the piece is made again.")
    return body


@dataclass(slots=True)
class _Content:
    """One piece file, read."""

    masks: list[tuple[list[Any], bytes]]
    sides: list[tuple[list[Any], bytes]]
    damaged: set[int]


def _read(path: Path) -> _Content:
    body = _body(path)
    start = len(_MAGIC) + _LENGTH.size
    (length,) = _LENGTH.unpack_from(body, len(_MAGIC))
    header: Mapping[str, Any] = json.loads(body[start : start + length])
    place = start + length
    found: dict[str, list[tuple[list[Any], bytes]]] = {"masks": [], "sides": []}
    for kind, rows in found.items():
        for row in header[kind]:
            rows.append((row, body[place : place + row[-1]]))
            place += row[-1]
    return _Content(found["masks"], found["sides"], set(header["damaged"]))


@dataclass(frozen=True, slots=True)
class RunFound:
    """What all pieces of a run hold together.

    Attributes:
        changes: what is written, as an `Editor` takes it, by object and frame.
        signs: of leaks, by object and frame.
        damaged: frames whose picture is damaged or missing.
    """

    changes: tuple[RunChange, ...]
    signs: Mapping[Key, tuple[Sign, ...]]
    damaged: frozenset[int]


def join_pieces(paths: Sequence[Path], engines: Mapping[ObjectId, str]) -> RunFound:
    """Reads the pieces of a run and joins the passes where they meet, as one process does.

    Args:
        paths: of the pieces.
        engines: the engine of each object.

    Raises:
        PieceFileError, OSError: a piece cannot be read.
    """
    changes: dict[Key, RunChange] = {}
    signs: dict[Key, tuple[Sign, ...]] = {}
    damaged: set[int] = set()
    waiting: dict[Key, tuple[list[Any], bytes]] = {}
    for path in paths:
        content = _read(path)
        damaged |= content.damaged
        for row, blob in content.masks:
            o, frame, doubt, sources, named, height, width, digest, _ = row
            mask = Mask.from_stored(height, width, blob, digest)
            changes[o, frame] = RunChange(o, frame, mask, doubt, engines[o], tuple(sources))
            signs[o, frame] = tuple(Sign(name) for name in named)
        for row, blob in content.sides:
            key = (row[0], row[1])
            other = waiting.pop(key, None)
            if other is None:
                waiting[key] = (row, blob)
                continue
            changes[key], signs[key] = _join(other, (row, blob), engines[key[0]], is_damaged=row[1] in content.damaged)
    for key, (row, blob) in waiting.items():
        changes[key], signs[key] = _alone(row, blob, engines[key[0]])
    return RunFound(tuple(changes[key] for key in sorted(changes)), signs, frozenset(damaged))


def _side(row: list[Any], blob: bytes) -> Side:
    _, frame, doubt, sources, named, anchor, far, height, width, box, _ = row
    probability = unpacked(Packed(blob, (box[0], box[1], box[2], box[3])), (height, width))
    signs = tuple(Sign(name) for name in named)
    return Side(probability, doubt, signs, frame, anchor=anchor, far=far, sources=tuple(sources))


def _join(
    first: tuple[list[Any], bytes], second: tuple[list[Any], bytes], engine: str, *, is_damaged: bool
) -> tuple[RunChange, tuple[Sign, ...]]:
    sides = sorted((_side(*first), _side(*second)), key=lambda side: side.anchor)
    decided = joined(sides[0], sides[1].probability, sides[1].doubt)
    mask = Mask.from_array(decided.probability >= 0.5)
    doubt = 1.0 if is_damaged else decided.doubt
    return RunChange(first[0][0], first[0][1], mask, doubt, engine, decided.sources), decided.signs


def _alone(row: list[Any], blob: bytes, engine: str) -> tuple[RunChange, tuple[Sign, ...]]:
    decided = _side(row, blob).alone()
    mask = Mask.from_array(decided.probability >= 0.5)
    return RunChange(row[0], row[1], mask, decided.doubt, engine, decided.sources), decided.signs
