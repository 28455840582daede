"""The picture of the clip as an export carries it: at its own depth and in its own colour, if a file can say it."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import numpy as np

from vosapp.export.targets.target import DeepRgb
from vosapp.video.colour import SCREEN, ColourTags, to_deep_display
from vosapp.video.input_space import InputSpaceSource
from vosapp.video.movie_colour import can_carry
from vosapp.video.resampling import resampled
from vosapp.video.source import VideoSource, stored_picture


def carried_colour(colour: ColourTags) -> ColourTags:
    """What a movie says of pictures from a clip of this colour."""
    return colour if can_carry(colour) else SCREEN


def picture_to_export(
    source: VideoSource, index: int, found_damaged: Callable[[int], object], size: tuple[int, int]
) -> DeepRgb:
    """Frame `index` as (height, width, 3) uint8 or uint16 R'G'B' over the full range, of the `carried_colour`.

    Ordinary, PQ and HLG video keeps its numbers. Scene light and film density, which a movie cannot name, become the
    display picture in 16 bits. A damaged frame is the display picture with its striped border.

    Args:
        source: the clip, for this thread alone.
        index: the frame.
        found_damaged: called with the index of a damaged frame.
        size: (height, width) of the source's own raster or of its display picture.

    Raises:
        MediaError: the frame cannot be read.
    """
    if source.is_damaged(index):
        found_damaged(index)
        return np.asarray(resampled(source.frame(index), size), np.uint8)
    rgb = native_picture(source, index, size)
    colour = source.info.colour
    if rgb.dtype.kind == "f" or not can_carry(colour):
        if isinstance(source, InputSpaceSource):
            return source.deep_display(rgb)
        return to_deep_display(rgb, colour)
    return rgb


def native_picture(source: VideoSource, index: int, size: tuple[int, int]) -> DeepRgb:
    """Frame `index` at its own depth, (height, width, 3), with the source's own pixels where `size` asks for them."""
    own = source.info.raster is not None and size == source.info.raster
    picture = stored_picture(source, index) if own else source.native(index)
    return cast(DeepRgb, picture[..., :3])
