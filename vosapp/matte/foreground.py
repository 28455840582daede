"""own_colours: the object's own colour where its edge is mixed with what is behind it, so that no spill comes along.

By blur fusion (Forte, "Approximate fast foreground colour estimation", ICIP 2021), twice: the colours on both sides of
an edge are averages weighted by alpha and by what it leaves; what they do not explain of the picture goes to the object
in the measure of alpha. The first time wide and coarse, then near.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.matte.layers import Layer

Floats = NDArray[np.float32]

_WIDE_PX, _NEAR_PX = 90, 6  # over which colours are averaged, to either side
_COARSE = 4  # by how much the picture is made smaller for the first of them
_NOTHING = 1e-4  # weight that keeps divisions whole
_BRIGHTEST = 65504.0  # of a half float


def own_colours(colour: Floats, layers: Sequence[Layer]) -> Floats:
    """A picture in which each pixel has the own colour of the object that covers most of it, where that is wanted.

    Args:
        colour: (height, width, 3) of any range from 0 up; what no object covers, or covers wholly, stays as it is.
        layers: from front to back, on the same grid.

    Returns:
        The same array where no object wants it.
    """
    if not any(layer.matte.decontaminate > 0 for layer in layers):
        return colour
    result, most = colour.copy(), np.zeros(colour.shape[:2], np.float32)
    for layer in layers:
        coverage = layer.coverage
        covers = coverage > most
        most = np.maximum(most, coverage)
        result[covers] = colour[covers]
        mixed = covers & (coverage < 1)
        if layer.matte.decontaminate > 0 and mixed.any():
            part = _around(mixed)
            seen = np.nan_to_num(colour[part], nan=0.0, posinf=_BRIGHTEST, neginf=0.0)  # else averages carry them on
            own = foreground(seen, coverage[part])
            strength = np.float32(layer.matte.decontaminate)
            replaced = seen + strength * (own - seen)
            result[part] = np.where(mixed[part][..., None], replaced, result[part])
    return result


def foreground(colour: Floats, alpha: Floats) -> Floats:
    """The colour (height, width, 3) that an object has itself, from the picture and its alpha (height, width)."""
    height, width = alpha.shape
    size = -(-width // _COARSE), -(-height // _COARSE)
    small, thin = (
        np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.float32) for image in (colour, alpha)
    )
    front, behind = (
        np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
        for image in _fused(small, small, small, thin, _WIDE_PX // _COARSE)
    )
    return _fused(colour, front, behind, alpha, _NEAR_PX)[0]


def _fused(colour: Floats, front: Floats, behind: Floats, alpha: Floats, reach_px: int) -> tuple[Floats, Floats]:
    """Colours in front and behind that are smooth, and in front explain the picture."""
    size = (2 * reach_px + 1, 2 * reach_px + 1)
    share = alpha[..., None]
    covered = np.asarray(cv2.blur(alpha, size), np.float32)[..., None]
    front = np.asarray(cv2.blur(front * share, size), np.float32) / (covered + np.float32(_NOTHING))
    behind = np.asarray(cv2.blur(behind * (1 - share), size), np.float32) / (1 - covered + np.float32(_NOTHING))
    explained = share * front + (1 - share) * behind
    return np.maximum(front + share * (colour - explained), 0), behind


def _around(mixed: NDArray[np.bool_]) -> tuple[slice, slice]:
    """Rows and columns of what is mixed, with what is averaged around it."""
    rows, columns = np.flatnonzero(mixed.any(axis=1)), np.flatnonzero(mixed.any(axis=0))
    top, left = max(0, int(rows[0]) - _WIDE_PX), max(0, int(columns[0]) - _WIDE_PX)
    return slice(top, int(rows[-1]) + _WIDE_PX + 1), slice(left, int(columns[-1]) + _WIDE_PX + 1)
