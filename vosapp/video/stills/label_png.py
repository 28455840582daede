"""PNG files whose pixel values are object ids, read exactly.

An indexed PNG holds a number per pixel and a table of colours. OpenCV looks the colours up and loses the numbers,
so the file is first rewritten in memory as a grey one with the same compressed pixels: both kinds are filtered and
packed alike (PNG specification, second edition, sections 7.2 and 9), only the header differs.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.core.errors import MediaError
from vosapp.core.untrusted import open_regular, read_regular
from vosapp.video.stills.images import MAX_PICTURE_BYTES

Labels = NDArray[np.uint8]
Palette = Sequence[tuple[int, int, int]]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY, _RGB, _INDEXED = 0, 2, 3
_HEADER_BYTES = 13


def davis_palette() -> list[tuple[int, int, int]]:
    """256 colours that tell object ids apart, 0 black: the bits of an id spread over red, green and blue.

    The scheme is that of the PASCAL VOC and DAVIS annotations, so our files look as people expect.
    """
    colours = []
    for number in range(256):
        rgb = [0, 0, 0]
        for bit in range(8):
            rgb[bit % 3] |= (number >> bit & 1) << (7 - bit // 3)
        colours.append((rgb[0], rgb[1], rgb[2]))
    return colours


def read_labels(path: Path) -> Labels:
    """Object ids (height, width) uint8 of an indexed or grey PNG.

    Raises:
        MediaError: the file is missing, damaged, or a colour picture without object ids.
    """
    try:
        content = read_regular(path, limit_bytes=MAX_PICTURE_BYTES)
    except OSError as error:
        raise MediaError(f"{path} cannot be read: {error.strerror}.") from error
    try:
        return decode_labels(content)
    except MediaError as error:
        raise MediaError(f"{path}: {error.message}", error.hint) from error


def holds_labels(path: Path) -> bool:
    """Whether a file is an indexed or grey PNG of up to 8 bits, so that it can hold object ids."""
    try:
        with open_regular(path) as file:
            depth, kind = _header(file.read(64))
    except (OSError, MediaError):
        return False
    return kind in (_GREY, _INDEXED) and depth <= 8


def decode_labels(content: bytes) -> Labels:
    """Object ids (height, width) uint8 of the bytes of an indexed or grey PNG file. Raises MediaError."""
    depth, kind = _header(content)
    if kind not in (_GREY, _INDEXED):
        raise MediaError("The mask is a colour picture.", "Object ids need an indexed or a grey PNG.")
    if depth > 8:
        raise MediaError("The mask has 16 bits a pixel.", "Object ids need a PNG of up to 8 bits.")
    try:
        pixels = cv2.imdecode(np.frombuffer(_as_grey(content), np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error as error:
        raise MediaError("The mask is damaged, or has more pixels than can be read.") from error
    if pixels is None or pixels.ndim != 2:
        raise MediaError("The mask is damaged.")
    # Grey of few bits is stretched to 0..255 by the decoder; object ids are the unstretched numbers.
    return np.asarray(pixels // (255 // (2**depth - 1)), np.uint8)


def encode_labels(labels: Labels, palette: Palette | None = None) -> bytes:
    """The bytes of an indexed PNG of (height, width) uint8 object ids, with the DAVIS colours unless told."""
    height, width = labels.shape
    colours = bytes(value for colour in palette or davis_palette() for value in colour)
    rows = np.concatenate([np.zeros((height, 1), np.uint8), labels], axis=1)
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, _INDEXED, 0, 0, 0)),
        (b"PLTE", colours),
        (b"IDAT", zlib.compress(rows.tobytes(), 6)),
        (b"IEND", b""),
    )
    return _SIGNATURE + b"".join(_packed(name, body) for name, body in chunks)


def with_pixel_aspect(content: bytes, aspect: Fraction) -> bytes:
    """A PNG file that says how wide a pixel is over its height, in its pHYs chunk (without a unit)."""
    end_of_header = len(_SIGNATURE) + 25
    body = struct.pack(">IIB", aspect.denominator, aspect.numerator, 0)  # pixels a unit: the wider, the fewer
    return content[:end_of_header] + _packed(b"pHYs", body) + content[end_of_header:]


def write_labels(path: Path, labels: Labels, palette: Palette | None = None) -> None:
    """Writes (height, width) uint8 object ids as an indexed PNG. Raises MediaError when it cannot."""
    try:
        path.write_bytes(encode_labels(labels, palette))
    except OSError as error:
        raise MediaError(f"{path} cannot be written: {error.strerror}.") from error


def _packed(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _header(content: bytes) -> tuple[int, int]:
    """(bits a sample, colour kind) of a PNG file."""
    start = len(_SIGNATURE) + 8
    if not content.startswith(_SIGNATURE) or content[start - 4 : start] != b"IHDR" or len(content) < start + 10:
        raise MediaError("This is not a PNG file.")
    return content[start + 8], content[start + 9]


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(_SIGNATURE)
    while place + 8 <= len(content):
        (length,) = struct.unpack_from(">I", content, place)
        yield content[place + 4 : place + 8], content[place + 8 : place + 8 + length]
        place += length + 12


def _as_grey(content: bytes) -> bytes:
    """The same PNG as a grey one without colour table, gamma and transparency, which would change the numbers."""
    parts = [_SIGNATURE]
    for name, body in _chunks(content):
        if name == b"IHDR":
            body = body[:9] + bytes([_GREY]) + body[10:_HEADER_BYTES]
        elif name not in (b"IDAT", b"IEND"):
            continue
        parts.append(_packed(name, body))
    return b"".join(parts)
