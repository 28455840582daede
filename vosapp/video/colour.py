"""Colour: what the tags of a picture mean, and how high dynamic range and wide gamut become a display picture.

The display picture is what viewer and networks see: 8-bit RGB as an ordinary (BT.709) screen shows it. Ordinary
video passes through unchanged. PQ, HLG, scene-linear, log and wide-gamut pictures are brought there by the functions
below. Numbers of matrices, transfers and primaries are those of ITU-T H.273, which FFmpeg uses too.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

UNSPECIFIED = 2
MATRIX_BT709, MATRIX_BT601, MATRIX_BT2020 = 1, 5, 9
TRANSFER_CINEON = 1001
"""Our own number: film scanned as printing density (SMPTE RP 180), as in log DPX files. H.273 has none for it."""
TRANSFER_LINEAR, TRANSFER_LOG100, TRANSFER_LOG316, TRANSFER_PQ, TRANSFER_HLG = 8, 9, 10, 16, 18
PRIMARIES_BT709, PRIMARIES_BT2020, PRIMARIES_DCI_P3, PRIMARIES_P3 = 1, 9, 11, 12

REFERENCE_WHITE_NITS = 203.0
"""Luminance of white paper in HDR pictures (ITU-R BT.2408); it becomes white on the display."""

_SCENE_LIGHT = frozenset({TRANSFER_LINEAR, TRANSFER_LOG100, TRANSFER_LOG316, TRANSFER_CINEON})
_HIGH_RANGE = frozenset({TRANSFER_PQ, TRANSFER_HLG, TRANSFER_CINEON})
_HLG_PEAK_NITS = 1000.0
_KNEE = 0.75

# Linear RGB of the named primaries to linear RGB of BT.709, all with D65 white (ITU-R BT.2087; SMPTE RP 431/432).
_TO_BT709 = {
    PRIMARIES_BT2020: ((1.6605, -0.5876, -0.0728), (-0.1246, 1.1329, -0.0083), (-0.0182, -0.1006, 1.1187)),
    PRIMARIES_P3: ((1.2249, -0.2247, 0.0), (-0.0420, 1.0419, 0.0), (-0.0197, -0.0786, 1.0979)),
}
_TO_BT709[PRIMARIES_DCI_P3] = _TO_BT709[PRIMARIES_P3]


@dataclass(frozen=True, slots=True)
class ColourTags:
    """Colour of a picture as it says, with the usual guesses filled in.

    Attributes:
        matrix: how Y'CbCr was made from R'G'B'.
        full_range: whether the codes use all values (0..255 in 8 bits) and not 16..235.
        transfer: the curve between light and code.
        primaries: the colours of R, G and B.
    """

    matrix: int = MATRIX_BT709
    full_range: bool = False
    transfer: int = UNSPECIFIED
    primaries: int = UNSPECIFIED

    @property
    def is_ordinary(self) -> bool:
        """Whether the picture is shown as it is."""
        return self.transfer not in _SCENE_LIGHT | _HIGH_RANGE and self.primaries not in _TO_BT709


SCREEN = ColourTags()
"""What an ordinary screen shows."""


def matrix_or_guess(matrix: int, height: int) -> int:
    """The matrix of a picture; where it is not tagged, BT.709 from 720 rows on and BT.601 below, as players do."""
    if matrix in (MATRIX_BT709, MATRIX_BT601, 4, 7, MATRIX_BT2020):
        return matrix
    if matrix == 6:
        return MATRIX_BT601
    if matrix == 10:
        return MATRIX_BT2020
    return MATRIX_BT709 if height >= 720 else MATRIX_BT601


# Shares of red and blue in the luma of each matrix (ITU-T H.273, table 4).
_LUMA = {
    MATRIX_BT709: (0.2126, 0.0722),
    4: (0.30, 0.11),
    MATRIX_BT601: (0.299, 0.114),
    7: (0.212, 0.087),
    MATRIX_BT2020: (0.2627, 0.0593),
}


def ayuv_to_rgb(tags: ColourTags, bit_depth: int, *, alpha: bool) -> NDArray[np.float64]:
    """The matrix that takes (A, Y', Cb, Cr, 1) codes to full-range 16-bit R'G'B'(A).

    Args:
        tags: matrix and range of the codes.
        bit_depth: bits of a code; the codes come shifted to the top of 16 bits.
        alpha: whether to keep A, as a fourth row.

    Returns:
        (3 or 4, 5) matrix.
    """
    red, blue = _LUMA[tags.matrix]
    green = 1 - red - blue
    # Rows R, G, B; columns Y, Cb, Cr, for Y 0..1 and chroma -0.5..0.5.
    from_unit = np.array(
        [
            [1, 0, 2 * (1 - red)],
            [1, -2 * blue * (1 - blue) / green, -2 * red * (1 - red) / green],
            [1, 2 * (1 - blue), 0],
        ]
    )
    shift = 1 << (16 - bit_depth)
    top = (1 << bit_depth) - 1
    eighth = 1 << (bit_depth - 8)
    black, luma_span, chroma_span = (0, top, top) if tags.full_range else (16 * eighth, 219 * eighth, 224 * eighth)
    scale = 65535 * from_unit / (np.array([luma_span, chroma_span, chroma_span]) * shift)
    offset = -scale @ (np.array([black, 128 * eighth, 128 * eighth]) * shift)
    matrix = np.hstack([np.zeros((3, 1)), scale, offset[:, None]])
    if alpha:
        matrix = np.vstack([matrix, [65535 / (top * shift), 0, 0, 0, 0]])
    return matrix


def rgb_to_ycbcr(matrix: int) -> NDArray[np.float64]:
    """The (3, 3) matrix that takes R'G'B' 0..1 to Y' 0..1 and Cb, Cr -0.5..0.5.

    Args:
        matrix: one of those that `matrix_or_guess` returns.
    """
    red, blue = _LUMA[matrix]
    green = 1 - red - blue
    return np.array(
        [
            [red, green, blue],
            [-red / (2 * (1 - blue)), -green / (2 * (1 - blue)), 0.5],
            [0.5, -green / (2 * (1 - red)), -blue / (2 * (1 - red))],
        ]
    )


def to_display(rgb: NDArray[np.generic], tags: ColourTags) -> NDArray[np.uint8]:
    """Brings a picture with unusual colour to the display.

    Args:
        rgb: (height, width, 3) R'G'B': uint16 over its full range, or float32 with 1 as white.
        tags: what the codes mean.

    Returns:
        (height, width, 3) uint8.
    """
    return (_display_table(tags.transfer) * 255 + 0.5).astype(np.uint8)[_display_place(rgb, tags)]


def to_deep_display(rgb: NDArray[np.generic], tags: ColourTags) -> NDArray[np.uint16]:
    """As `to_display`, in 16 bits a channel over their full range."""
    return (_display_table(tags.transfer) * 65535 + 0.5).astype(np.uint16)[_display_place(rgb, tags)]


def light_to_display(linear: Floats, *, roll_off: bool) -> NDArray[np.uint8]:
    """Scene light of BT.709's primaries, 1 = white, (height, width, 3), to uint8 as the curve of sRGB shows it.

    Args:
        linear: the light; below 0 it is black.
        roll_off: whether highlights are rolled off above three quarters, as those of film, or end at 1.
    """
    return (_light_table(roll_off) * 255 + 0.5).astype(np.uint8)[_table_place(linear)]


def light_to_deep_display(linear: Floats, *, roll_off: bool) -> NDArray[np.uint16]:
    """As `light_to_display`, in 16 bits a channel over their full range."""
    return (_light_table(roll_off) * 65535 + 0.5).astype(np.uint16)[_table_place(linear)]


def _light_table(roll_off: bool) -> NDArray[np.float64]:
    return _display_table(TRANSFER_CINEON if roll_off else TRANSFER_LINEAR)


def _display_place(rgb: NDArray[np.generic], tags: ColourTags) -> NDArray[np.uint16]:
    """Where each sample of a picture lies in the display table."""
    codes = _sixteen_bit(rgb) if tags.transfer != TRANSFER_LINEAR or rgb.dtype == np.uint16 else None
    linear = np.asarray(rgb, np.float32) if codes is None else _linear_table(tags.transfer)[codes]
    if tags.transfer == TRANSFER_HLG:
        linear = _hlg_to_display_light(linear)
    if tags.primaries in _TO_BT709:
        linear = linear @ np.array(_TO_BT709[tags.primaries], np.float32).T
    return _table_place(linear)


def unit_samples(rgb: NDArray[Any]) -> Floats:
    """Samples as float32: of whole numbers the largest code is 1; floats as they are, without what is no number."""
    if rgb.dtype.kind == "f":
        numbers: Floats = np.nan_to_num(np.asarray(rgb, np.float32), nan=0.0, posinf=65504.0, neginf=0.0)
        return numbers
    return np.asarray(np.asarray(rgb, np.float32) / float(np.iinfo(rgb.dtype).max), np.float32)


def _sixteen_bit(rgb: NDArray[np.generic]) -> NDArray[np.uint16]:
    if rgb.dtype == np.uint16:
        return np.asarray(rgb, np.uint16)
    if rgb.dtype == np.uint8:
        return np.asarray(rgb, np.uint16) * np.uint16(257)
    scaled: Floats = np.nan_to_num(np.asarray(rgb, np.float32), nan=0.0, posinf=1.0, neginf=0.0)
    return np.asarray(np.clip(scaled, 0, 1) * 65535 + 0.5, np.uint16)


@lru_cache(maxsize=8)
def _linear_table(transfer: int) -> Floats:
    """Linear light, 1 = white, of every 16-bit code."""
    code = np.arange(65536, dtype=np.float64) / 65535
    if transfer == TRANSFER_PQ:
        linear = pq_to_nits(code) / REFERENCE_WHITE_NITS
    elif transfer == TRANSFER_HLG:
        linear = hlg_to_scene(code)
    elif transfer == TRANSFER_LINEAR:
        linear = code
    elif transfer == TRANSFER_CINEON:
        linear = cineon_to_linear(code)
    elif transfer in (TRANSFER_LOG100, TRANSFER_LOG316):
        decades = 2.0 if transfer == TRANSFER_LOG100 else 2.5
        linear = np.where(code > 0, 10 ** ((code - 1) * decades), 0.0)
    else:
        linear = code**2.4
    return linear.astype(np.float32)


def pq_to_nits(code: NDArray[np.float64]) -> NDArray[np.float64]:
    """Luminance in cd/m2 of PQ codes 0..1 (SMPTE ST 2084)."""
    m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 4096 * 128, 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
    power = code ** (1 / m2)
    return np.asarray(10000 * (np.maximum(power - c1, 0) / (c2 - c3 * power)) ** (1 / m1))


def hlg_to_scene(code: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scene light 0..1 of HLG codes 0..1 (ARIB STD-B67)."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    return np.asarray(np.where(code <= 0.5, code**2 / 3, (np.exp((code - c) / a) + b) / 12))


def cineon_to_linear(code: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scene light, 1 = white paper, of film density codes 0..1: black 95, white 685 of 1023, 0.002 density a code."""

    def exposure(ten_bit: NDArray[np.float64] | float) -> NDArray[np.float64]:
        return np.asarray(10 ** ((np.asarray(ten_bit) - 685) * 0.002 / 0.6))

    black = exposure(95)
    return np.asarray(np.maximum(exposure(code * 1023) - black, 0) / (1 - black))


def _hlg_to_display_light(scene: Floats) -> Floats:
    """Scene light to display light of a 1000 cd/m2 screen, 1 = white (ITU-R BT.2100, system gamma 1.2)."""
    luminance = scene @ np.array([0.2627, 0.6780, 0.0593], np.float32)
    gain = np.power(np.maximum(luminance, 1e-6), 0.2) * np.float32(_HLG_PEAK_NITS / REFERENCE_WHITE_NITS)
    return np.asarray(scene * gain[..., None], np.float32)


_TABLE_SIZE = 1 << 14
_TABLE_TOP = 64.0


def _table_place(linear: Floats) -> NDArray[np.uint16]:
    """Where a linear value lies in the display table: the square root gives the dark end the finer steps."""
    clipped = np.clip(np.nan_to_num(linear, nan=0.0, posinf=_TABLE_TOP, neginf=0.0), 0, _TABLE_TOP)
    roots: Floats = np.sqrt(clipped / np.float32(_TABLE_TOP))
    return (roots * np.float32(_TABLE_SIZE - 1) + 0.5).astype(np.uint16)


@lru_cache(maxsize=8)
def _display_table(transfer: int) -> NDArray[np.float64]:
    """Display codes, 0..1, of linear light.

    Highlights of high dynamic range are rolled off above the knee. Scene light is shown by the curve of sRGB, as
    image viewers do; everything else by the inverse of the screen's own curve (ITU-R BT.1886).
    """
    linear = (np.arange(_TABLE_SIZE) / (_TABLE_SIZE - 1)) ** 2 * _TABLE_TOP
    if transfer in _HIGH_RANGE:
        above = _KNEE + (1 - _KNEE) * (1 - np.exp(-(np.maximum(linear, _KNEE) - _KNEE) / (1 - _KNEE)))
        linear = np.where(linear <= _KNEE, linear, above)
    linear = np.clip(linear, 0, 1)
    if transfer in _SCENE_LIGHT:
        code = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    else:
        code = linear ** (1 / 2.4)
    return np.asarray(code)
