"""Pictures that stand in for frames which a source counts but cannot give."""

from __future__ import annotations

import numpy as np

from vosapp.video.source import RgbImage

_GREY = 64
_STRIPES = ((220, 40, 40), (245, 225, 215))


def empty_picture(height: int, width: int) -> RgbImage:
    """A dark grey picture (height, width, 3); read-only."""
    picture = np.full((height, width, 3), _GREY, np.uint8)
    picture.flags.writeable = False
    return picture


def damaged_picture(neighbour: RgbImage) -> RgbImage:
    """The neighbouring picture in a border of diagonal stripes, so that nobody takes it for the frame itself."""
    height, width = neighbour.shape[:2]
    border = max(2, min(height, width) // 24)
    y, x = np.ogrid[0:height, 0:width]
    stripes = np.array(_STRIPES, np.uint8)[(x + y) // (2 * border) % 2]
    edge = (y < border) | (y >= height - border) | (x < border) | (x >= width - border)
    picture = np.where(edge[..., None], stripes, neighbour)
    picture.flags.writeable = False
    return picture
