"""Cryptomatte, version 1.2: objects as hashed names with their coverage, ranked at each pixel."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_WORD = 0xFFFFFFFF
_LEAST_RANKS = 2  # a file has whole layers of two ranks


def murmur3(data: bytes, seed: int = 0) -> int:
    """MurmurHash3 for x86, 32 bits (A. Appleby, public domain)."""
    hashed, rest = seed, len(data) % 4
    for (word,) in struct.iter_unpack("<I", data[: len(data) - rest]):
        hashed ^= _mixed(word)
        hashed = (_rotated(hashed, 13) * 5 + 0xE6546B64) & _WORD
    if rest:
        hashed ^= _mixed(int.from_bytes(data[-rest:], "little"))
    hashed ^= len(data)
    hashed = ((hashed ^ hashed >> 16) * 0x85EBCA6B) & _WORD
    hashed = ((hashed ^ hashed >> 13) * 0xC2B2AE35) & _WORD
    return hashed ^ hashed >> 16


def _rotated(word: int, bits: int) -> int:
    return (word << bits | word >> (32 - bits)) & _WORD


def _mixed(word: int) -> int:
    return (_rotated((word * 0xCC9E2D51) & _WORD, 15) * 0x1B873593) & _WORD


def id_of(name: str) -> int:
    """The id of a name: its hash, changed where the bits would be no ordinary floating point number."""
    hashed = murmur3(name.encode("utf-8", "replace"))
    exponent = hashed >> 23 & 255
    return hashed ^ (1 << 23) if exponent in (0, 255) else hashed


def unique_names(names: Sequence[str]) -> list[str]:
    """The names, with a number after those that come again: equal names would be one object."""
    used: set[str] = set()
    unique = []
    for name in names:
        candidate, count = name or "object", 1
        while candidate in used:
            count += 1
            candidate = f"{name or 'object'}_{count}"
        used.add(candidate)
        unique.append(candidate)
    return unique


def cryptomatte_header(layer: str, names: Sequence[str]) -> dict[str, str]:
    """The attributes of a file's header.

    Args:
        layer: name of the layer.
        names: of the objects.
    """
    key = f"cryptomatte/{murmur3(layer.encode()):08x}"[: len("cryptomatte/") + 7]
    manifest = {name: f"{id_of(name):08x}" for name in unique_names(names)}
    return {
        f"{key}/name": layer,
        f"{key}/hash": "MurmurHash3_32",
        f"{key}/conversion": "uint32_to_float32",
        f"{key}/manifest": json.dumps(manifest, ensure_ascii=False, separators=(",", ":")),
    }


def cryptomatte_channels(
    layer: str, names: Sequence[str], coverages: Sequence[NDArray[np.float32]]
) -> dict[str, NDArray[np.float32]]:
    """The channels of a frame, float32: ids and coverages by rank, two ranks to a layer.

    Where objects overlap, those in front take their coverage first and those behind share what they leave.

    Args:
        layer: name of the layer.
        names: of the objects, from front to back.
        coverages: (height, width) 0 to 1 of each.
    """
    left = np.ones_like(coverages[0])
    seen = []
    for coverage in coverages:
        taken = np.minimum(coverage, left)
        left = left - taken
        seen.append(taken)
    ids = np.array([id_of(name) for name in unique_names(names)], np.uint32).view(np.float32)
    stacked = np.stack(seen)
    order = np.argsort(-stacked, axis=0, kind="stable")
    sorted_coverage = np.take_along_axis(stacked, order, axis=0)
    sorted_ids = np.where(sorted_coverage > 0, ids[order], np.float32(0))
    ranks = max(_LEAST_RANKS, len(names) + len(names) % 2)
    channels = {}
    for rank in range(ranks):
        letters = "RG" if rank % 2 == 0 else "BA"
        for letter, values in zip(letters, (sorted_ids, sorted_coverage), strict=True):
            plane = values[rank] if rank < len(names) else np.zeros_like(left)
            channels[f"{layer}{rank // 2:02}.{letter}"] = np.ascontiguousarray(plane, np.float32)
    return channels
