"""Mask images made by other programs: what their numbers mean."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vosapp.core.errors import MaskError
from vosapp.video.images import read_image

MOST_OBJECTS = 32  # more distinct numbers than this in one image are shades of grey, not object ids


def read_object_masks(path: Path) -> dict[int, NDArray[np.bool_]]:
    """The masks in an image by object id, each (height, width).

    An indexed or grey image holds object ids, 0 being the background; white alone counts as object 1. A grey image
    with many shades is one soft mask of object 1, inside where it is at least half white. Of an RGBA image the alpha
    counts, of an RGB image whose channels are equal the grey.

    Raises:
        MediaError: the file is missing or no image.
        MaskError: it is a colour picture, or nothing is inside.
    """
    numbers = _single_channel(path, read_image(path))
    if numbers.dtype.kind == "f":
        numbers = (np.clip(numbers, 0.0, 1.0) * 255).round().astype(np.uint8)
    white = int(np.iinfo(numbers.dtype).max)
    values = [int(value) for value in np.unique(numbers) if value]
    if not values:
        raise MaskError(f"{path} has nothing inside: every pixel is background.", "Choose another mask.")
    if values == [white] or len(values) > MOST_OBJECTS:
        return {1: numbers >= (white + 1) // 2}
    return {value: numbers == value for value in values}


def _single_channel(path: Path, image: NDArray[Any]) -> NDArray[Any]:
    if image.ndim == 2:
        return image
    if image.shape[2] == 4:
        return image[..., 3]
    if np.array_equal(image[..., 0], image[..., 1]) and np.array_equal(image[..., 0], image[..., 2]):
        return image[..., 0]
    raise MaskError(f"{path} is a colour picture, not a mask.", "Use a grey or indexed image, or one with alpha.")
