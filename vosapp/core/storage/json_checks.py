"""Checks JSON that somebody else may have written: types, ranges, lengths. Nothing in a project file is trusted."""

from __future__ import annotations

import json
import math
import re
import zlib
from collections.abc import Mapping, Sequence
from hashlib import blake2b

from vosapp.core.errors import ProjectError

Json = Mapping[str, object]

MAX_NODE_BYTES = 16 * 2**20  # inflated; a chunk of cells takes about 10 kB, an object of 10,000 frames 10 kB
MAX_INDEX = 2**31 - 1
MAX_TEXT = 4096
MAX_WHOLE = 2**53  # every whole number up to it is a float, too

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")  # zero bytes and lone surrogates
_ESCAPED_BYTE = re.compile("[\udc80-\udcff]")
_HEX = re.compile(r"(?:[0-9a-f]{32})*")


class DamageError(ProjectError):
    """A stored document is not what it should be: damaged, or made to deceive."""

    def __init__(self, what: str) -> None:
        super().__init__(f"A part of the project is damaged: {what}.")


def pack(content: Json) -> bytes:
    """The stored form of a JSON object."""
    return zlib.compress(json.dumps(content, separators=(",", ":"), sort_keys=True).encode(), 1)


def unpack(data: bytes, limit_bytes: int = MAX_NODE_BYTES) -> tuple[Json, int]:
    """The JSON object of stored bytes, and how many bytes it took inflated.

    Raises:
        DamageError: it is damaged, too large, or no JSON object.
    """
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(data, limit_bytes + 1)
        if len(text) > limit_bytes or not inflater.eof:
            raise DamageError("a document is too large or cut off")
        content = json.loads(text)
    except (zlib.error, ValueError, RecursionError) as error:
        raise DamageError("a document cannot be read") from error
    if not isinstance(content, dict):
        raise DamageError("a document is of the wrong kind")
    return content, len(text)


def digest_of(data: bytes) -> bytes:
    """Identifies stored bytes; 16 bytes."""
    return blake2b(data, digest_size=16).digest()


def reject_unknown(content: Json, names: frozenset[str]) -> None:
    """Refuses entries that this version does not know: dropping them silently would lose them."""
    unknown = content.keys() - names
    if unknown:
        raise DamageError(f"unknown entry {sorted(unknown)[0][:40]!r}")


def integer(content: Json, name: str, low: int = 0, high: int = MAX_INDEX) -> int:
    """An entry that must be a whole number from low to high."""
    value = content.get(name)
    if type(value) is not int or not low <= value <= high:
        raise DamageError(f"{name} is not a number from {low} to {high}")
    return value


def text(content: Json, name: str, limit: int = MAX_TEXT) -> str:
    """An entry that must be a text of at most `limit` characters."""
    value = content.get(name)
    if not isinstance(value, str) or len(value) > limit or _UNSTORABLE.search(value):
        raise DamageError(f"{name} is not a text of at most {limit} characters")
    return value


def path_text(content: Json, name: str) -> str:
    """An entry that must be a path. Bytes that are no UTF-8 stand in it as Python escapes them in file names."""
    value = content.get(name)
    if not isinstance(value, str) or len(value) > MAX_TEXT or _UNSTORABLE.search(_ESCAPED_BYTE.sub("", value)):
        raise DamageError(f"{name} is not a path of at most {MAX_TEXT} characters")
    return value


def items(content: Json, name: str, limit: int = MAX_INDEX) -> Sequence[object]:
    """An entry that must be a list of at most `limit` items."""
    value = content.get(name)
    if not isinstance(value, list) or len(value) > limit:
        raise DamageError(f"{name} is not a list")
    return value


def mapping(content: Json, name: str) -> Json:
    """An entry that must be a JSON object."""
    value = content.get(name)
    if not isinstance(value, dict):
        raise DamageError(f"{name} is not an object")
    return value


def is_index(value: object) -> bool:
    """Whether a value is a whole number from 0 to the largest frame index."""
    return type(value) is int and 0 <= value <= MAX_INDEX


def is_finite(value: object) -> bool:
    """Whether a value is a number that can be computed with: not infinite, NaN, or too large for a float."""
    if isinstance(value, float):
        return math.isfinite(value)
    return type(value) is int and -MAX_WHOLE <= value <= MAX_WHOLE


def hex_digests(values: Sequence[object], name: str) -> list[str]:
    """A list whose items must all be digests of 32 hexadecimal digits."""
    if any(type(value) is not str or len(value) != 32 for value in values):
        raise DamageError(f"{name} holds something that is no digest")
    texts = [str(value) for value in values]
    if not _HEX.fullmatch("".join(texts)):
        raise DamageError(f"{name} holds something that is no digest")
    return texts
