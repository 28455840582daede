"""Ways to spoil a file, the same for the same seed."""

from __future__ import annotations

import random

_HEADER_BYTES = 2048


def mutated(data: bytes, seed: int) -> bytes:
    """`data` spoiled in one or two ways chosen by `seed`."""
    rng = random.Random(seed)
    out = bytearray(data)
    for _ in range(rng.randint(1, 2)):
        if len(out) > 16:
            rng.choice(_WAYS)(out, rng)
    return bytes(out)


def _flip_bits(data: bytearray, rng: random.Random) -> None:
    for _ in range(rng.choice((1, 4, 16, 64))):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def _flip_header_bits(data: bytearray, rng: random.Random) -> None:
    end = min(_HEADER_BYTES, len(data))
    for _ in range(rng.choice((1, 2, 8))):
        data[rng.randrange(end)] ^= 1 << rng.randrange(8)


def _flip_tail_bits(data: bytearray, rng: random.Random) -> None:
    start = max(0, len(data) - _HEADER_BYTES)
    for _ in range(rng.choice((1, 2, 8))):
        data[rng.randrange(start, len(data))] ^= 1 << rng.randrange(8)


def _extreme_number(data: bytearray, rng: random.Random) -> None:
    """Writes a 32-bit number that sizes and counts rarely survive."""
    value = rng.choice((0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFFE, 65535, 1 << 24))
    area = rng.choice((len(data), min(_HEADER_BYTES, len(data))))
    place = rng.randrange(max(1, area - 4))
    if rng.random() < 0.5 and len(data) > _HEADER_BYTES:
        place = len(data) - 4 - rng.randrange(_HEADER_BYTES - 4)
    data[place : place + 4] = value.to_bytes(4, rng.choice(("big", "little")))


def _truncate(data: bytearray, rng: random.Random) -> None:
    del data[rng.randrange(8, len(data)) :]


def _zero_range(data: bytearray, rng: random.Random) -> None:
    start, length = _range(data, rng)
    data[start : start + length] = bytes(length)


def _noise_range(data: bytearray, rng: random.Random) -> None:
    start, length = _range(data, rng)
    data[start : start + length] = rng.randbytes(length)


def _remove_range(data: bytearray, rng: random.Random) -> None:
    start, length = _range(data, rng)
    del data[start : start + length]


def _repeat_range(data: bytearray, rng: random.Random) -> None:
    start, length = _range(data, rng)
    data[start:start] = data[start : start + length]


def _range(data: bytearray, rng: random.Random) -> tuple[int, int]:
    start = rng.randrange(len(data))
    return start, min(rng.choice((1, 4, 32, 512, 4096)), len(data) - start)


_WAYS = (
    _flip_bits,
    _flip_bits,
    _noise_range,
    _flip_header_bits,
    _flip_tail_bits,
    _extreme_number,
    _truncate,
    _zero_range,
    _noise_range,
    _remove_range,
    _repeat_range,
)
