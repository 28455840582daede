"""The picture of a frame with the alpha of its objects, in whole numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from vosapp.export.targets.target import FrameToWrite
from vosapp.matte.layers import Layer, joined_alpha, joined_coverage


def rgba_of(frame: FrameToWrite, kind: DTypeLike, *, premultiplied: bool) -> NDArray[Any]:
    """(height, width, 4) R'G'B' and alpha over the full range of a type.

    Args:
        frame: with its picture.
        kind: uint8 or uint16.
        premultiplied: whether colour is multiplied by alpha, as black behind it would give; else straight.
    """
    if frame.picture is None:
        raise ValueError("a picture with alpha needs its picture")
    top = np.iinfo(np.dtype(kind)).max
    colour: NDArray[Any] = frame.picture
    if any(layer.matte.decontaminate > 0 for layer in frame.layers):
        return _with_own_colours(colour, frame.layers, np.dtype(kind), premultiplied=premultiplied)
    if colour.dtype == kind and kind == np.uint8 and not premultiplied:
        return np.dstack([colour, joined_alpha(frame.layers)])
    alpha = joined_coverage(frame.layers)
    if colour.dtype != kind or premultiplied:
        scaled = colour.astype(np.float32) * np.float32(top / np.iinfo(colour.dtype).max)
        if premultiplied:
            scaled *= alpha[..., None]
        colour = (scaled + np.float32(0.5)).astype(kind)
    return np.dstack([colour, (alpha * np.float32(top) + np.float32(0.5)).astype(kind)])


def _with_own_colours(
    colour: NDArray[Any], layers: Sequence[Layer], kind: np.dtype[Any], *, premultiplied: bool
) -> NDArray[Any]:
    from vosapp.matte.foreground import own_colours

    alpha, top = joined_coverage(layers), np.iinfo(kind).max
    own = own_colours(colour.astype(np.float32), layers) / np.float32(np.iinfo(colour.dtype).max)
    if premultiplied:
        own = own * alpha[..., None]
    return np.dstack([np.round(np.clip(part, 0, 1) * np.float32(top)).astype(kind) for part in (own, alpha)])
