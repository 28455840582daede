"""A tiny H.264 writer whose frames are coded as two separate fields, which no encoder at hand can do.

Every macroblock is stored uncompressed (I_PCM), so the writer needs no transform and no entropy coding. Numbers of
sections are those of ITU-T H.264.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.clips import draw_index

HEIGHT, WIDTH = 96, 160
_I_PCM = 25


class _Bits:
    """A growing string of bits."""

    def __init__(self) -> None:
        self._text: list[str] = []
        self._length = 0

    def fixed(self, value: int, width: int) -> None:
        """An unsigned number of `width` bits."""
        self._add(format(value, f"0{width}b"))

    def golomb(self, value: int) -> None:
        """An unsigned Exp-Golomb number (9.1)."""
        digits = format(value + 1, "b")
        self._add("0" * (len(digits) - 1) + digits)

    def align(self) -> None:
        """Zeros up to the next byte."""
        self._add("0" * (-self._length % 8))

    def raw(self, data: bytes) -> None:
        """Whole bytes."""
        self._add("".join(format(byte, "08b") for byte in data))

    def unit(self, kind: int, importance: int) -> bytes:
        """The bits as a NAL unit with start code, closed by the stop bit (7.3.1, 7.3.2.11)."""
        text = "".join(self._text) + "1"
        text += "0" * (-len(text) % 8)
        payload = bytes(int(text[i : i + 8], 2) for i in range(0, len(text), 8))
        return b"\0\0\0\1" + bytes([importance << 5 | kind]) + _escaped(payload)

    def _add(self, text: str) -> None:
        self._text.append(text)
        self._length += len(text)


def write_field_clip(path: Path, frames: int) -> Path:
    """Writes a bare H.264 stream; frame k carries the bar code k, its even rows in one field, the odd in the other."""
    grey = np.full((HEIGHT, WIDTH, 3), 120, np.uint8)
    stream = _sequence_parameters() + _picture_parameters()
    for k in range(frames):
        luma = draw_index(grey, k)[..., 0]
        stream += b"".join(_field(luma[parity::2], k, parity) for parity in (0, 1))
    path.write_bytes(stream)
    return path


def _sequence_parameters() -> bytes:
    bits = _Bits()
    for value in (77, 0, 30):  # main profile, no constraints, level 3
        bits.fixed(value, 8)
    for value in (0, 0, 0, 4, 1):  # id, frame_num of 4 bits, order count type 0 of 8 bits, one reference frame
        bits.golomb(value)
    bits.fixed(0, 1)  # no gaps in frame_num
    bits.golomb(WIDTH // 16 - 1)
    bits.golomb(HEIGHT // 32 - 1)
    for value in (0, 0, 1, 0, 0):  # fields allowed, not adaptive, direct inference, no cropping, no VUI
        bits.fixed(value, 1)
    return bits.unit(7, 3)


def _picture_parameters() -> bytes:
    bits = _Bits()
    bits.golomb(0)
    bits.golomb(0)
    bits.fixed(0, 2)  # CAVLC, no order counts for the bottom field
    for _ in range(3):
        bits.golomb(0)  # one slice group, one reference in each list
    bits.fixed(0, 3)  # no weighted prediction
    for _ in range(3):
        bits.golomb(0)
    for value in (1, 0, 0):  # deblocking is controlled by slices
        bits.fixed(value, 1)
    return bits.unit(8, 3)


def _field(luma: NDArray[np.uint8], frame: int, parity: int) -> bytes:
    is_first = frame == 0 and parity == 0
    bits = _Bits()
    for value in (0, 7, 0):  # first macroblock, an I slice, parameter set
        bits.golomb(value)
    bits.fixed(frame % 16, 4)
    bits.fixed(1, 1)
    bits.fixed(parity, 1)
    if is_first:
        bits.golomb(0)
    bits.fixed((2 * frame + parity) % 256, 8)
    bits.fixed(0, 2 if is_first else 1)  # reference marking: nothing special
    bits.golomb(0)
    bits.golomb(1)  # no deblocking
    for top in range(0, luma.shape[0], 16):
        for left in range(0, WIDTH, 16):
            bits.golomb(_I_PCM)
            bits.align()
            bits.raw(luma[top : top + 16, left : left + 16].tobytes() + bytes([128]) * 128)
    return bits.unit(5 if is_first else 1, 1)


def _escaped(payload: bytes) -> bytes:
    """Breaks up what looks like a start code (7.4.1)."""
    out, zeros = bytearray(), 0
    for byte in payload:
        if zeros >= 2 and byte <= 3:
            out.append(3)
            zeros = 0
        out.append(byte)
        zeros = zeros + 1 if byte == 0 else 0
    return bytes(out)
