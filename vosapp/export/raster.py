"""The grid of pixels that an export is written on: the source's own, or one of square pixels."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vosapp.video.source import VideoSource, Windows


class RasterChoice(enum.Enum):
    """Pixel grid of an anamorphic clip's files."""

    SOURCE = "source"
    SQUARE = "square"


@dataclass(frozen=True, slots=True)
class Raster:
    """A grid of pixels.

    Attributes:
        size: (height, width).
        pixel_aspect: width of a pixel over its height.
        windows: display and data window of an EXR clip, where they are not simply the picture; else None.
    """

    size: tuple[int, int]
    pixel_aspect: Fraction = Fraction(1)
    windows: Windows | None = None


def raster_for(choice: RasterChoice, square: tuple[int, int], source: VideoSource | None) -> Raster:
    """The grid to write on.

    Args:
        choice: what is wanted.
        square: (height, width) of the clip with square pixels, on which masks are made.
        source: the clip, None where it is not there.
    """
    if source is None or choice is RasterChoice.SQUARE:
        return Raster(square)
    info = source.info
    return Raster(info.raster or square, info.pixel_aspect, info.windows)


def within_windows(samples: NDArray[Any], windows: Windows) -> NDArray[Any]:
    """Samples of the display window laid into the data window, or into the display window where that is larger.

    Beyond the display window, where no mask was made, everything is 0.
    """
    (left, top), (right, bottom) = written_window(windows)
    (x, y), _ = windows[0]
    out = np.zeros((bottom - top + 1, right - left + 1), samples.dtype)
    out[y - top : y - top + samples.shape[0], x - left : x - left + samples.shape[1]] = samples
    return out


def written_window(windows: Windows) -> tuple[tuple[int, int], tuple[int, int]]:
    """The data window of what is written: all of the source's overscan, and the whole display window."""
    (display_first, display_last), (data_first, data_last) = windows
    first = min(display_first[0], data_first[0]), min(display_first[1], data_first[1])
    last = max(display_last[0], data_last[0]), max(display_last[1], data_last[1])
    return first, last
