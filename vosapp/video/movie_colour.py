"""MovieColour: colour as a ProRes file can say it, in numbers of ITU-T H.273."""

from __future__ import annotations

from dataclasses import dataclass

from vosapp.video.colour import (
    MATRIX_BT601,
    MATRIX_BT709,
    MATRIX_BT2020,
    PRIMARIES_BT709,
    PRIMARIES_BT2020,
    PRIMARIES_DCI_P3,
    PRIMARIES_P3,
    TRANSFER_HLG,
    TRANSFER_PQ,
    UNSPECIFIED,
    ColourTags,
)

_MATRICES = {MATRIX_BT709: MATRIX_BT709, MATRIX_BT601: 6, MATRIX_BT2020: MATRIX_BT2020}
# Curves that differ from BT.709 in name only, or that screens show alike, count as it; so does one that is not named.
_LIKE_BT709 = (1, UNSPECIFIED, 6, 7, 13, 14, 15)
_TRANSFERS = {TRANSFER_PQ: TRANSFER_PQ, TRANSFER_HLG: TRANSFER_HLG, **dict.fromkeys(_LIKE_BT709, 1)}
_PRIMARIES = (PRIMARIES_BT709, 5, 6, PRIMARIES_BT2020, PRIMARIES_DCI_P3, PRIMARIES_P3)
_USUAL_PRIMARIES = {MATRIX_BT709: PRIMARIES_BT709, MATRIX_BT2020: PRIMARIES_BT2020}


@dataclass(frozen=True, slots=True)
class MovieColour:
    """Colour tags of a file.

    Attributes:
        codes: the matrix that its Y'CbCr is made with, as `colour.rgb_to_ycbcr` takes it.
        matrix, primaries, transfer: the tags.
    """

    codes: int
    matrix: int
    primaries: int
    transfer: int


def can_carry(colour: ColourTags) -> bool:
    """Whether a file can say what such R'G'B' means; if not, it is to be brought to the display before."""
    return colour.transfer in _TRANSFERS and colour.primaries in (*_PRIMARIES, UNSPECIFIED)


def movie_colour(colour: ColourTags) -> MovieColour:
    """What a file says of R'G'B' of a colour: the same, or what is usual where the clip says nothing.

    Raises:
        ValueError: it cannot be carried.
    """
    if not can_carry(colour):
        raise ValueError(f"a movie has no name for {colour}")
    codes = colour.matrix if colour.matrix in _MATRICES else MATRIX_BT709
    primaries = colour.primaries if colour.primaries in _PRIMARIES else _USUAL_PRIMARIES.get(codes, UNSPECIFIED)
    return MovieColour(codes, _MATRICES[codes], primaries, _TRANSFERS[colour.transfer])
