"""Facts of still images by Pillow that OpenCV does not tell: indexed numbers, number of pictures, way up."""

from __future__ import annotations

import io
import struct
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from vosapp.video.orientation import Orientation

# What is too large is refused elsewhere, in a sentence.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)

PILLOW_ERRORS = (UnidentifiedImageError, OSError, ValueError, SyntaxError, struct.error, LookupError, TypeError,
                 Image.DecompressionBombError, ArithmeticError, AttributeError, MemoryError)  # fmt: skip
_ORIENTATION = 0x0112
# EXIF 2.32, tag Orientation: rows and columns exchanged first, then mirrored.
_EXIF = {
    2: Orientation(False, flip_x=True),
    3: Orientation(False, flip_x=True, flip_y=True),
    4: Orientation(False, flip_y=True),
    5: Orientation(True),
    6: Orientation(True, flip_x=True),
    7: Orientation(True, flip_x=True, flip_y=True),
    8: Orientation(True, flip_y=True),
}


def indexed_numbers(data: bytes) -> NDArray[np.uint8] | None:
    """The numbers (height, width) of an indexed image, or None for any other.

    An image whose table holds greys alone is none: its colours are what is meant, not its numbers.
    """
    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.mode != "P":
                return None
            image.load()
            numbers = np.array(image)
            table = np.array(image.getpalette("RGB") or [], np.uint8).reshape(-1, 3)
    except PILLOW_ERRORS:
        return None
    used = np.unique(numbers)
    colours = table[used[used < len(table)]]
    return None if bool((colours == colours[:, :1]).all()) and len(colours) == len(used) else numbers


def picture_count(path: Path) -> int:
    """How many pictures a still-image file holds; 1 where it does not say."""
    try:
        with Image.open(path) as image:
            return int(getattr(image, "n_frames", 1))
    except PILLOW_ERRORS:
        return 1


def exif_orientation(data: bytes) -> Orientation:
    """Which way a PNG or WebP is to be turned."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            value: Any = image.getexif().get(_ORIENTATION)
    except PILLOW_ERRORS:
        return Orientation()
    return exif_turn(value)


def exif_turn(value: object) -> Orientation:
    """The turn that a number of the tag Orientation asks for; none for unknown ones."""
    return _EXIF.get(value, Orientation()) if isinstance(value, int) else Orientation()
