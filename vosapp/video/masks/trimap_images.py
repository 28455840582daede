"""Trimaps as images: white is surely in, black surely out, and what is grey between them unknown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vosapp.core.errors import MaskError
from vosapp.core.trimap import TrimapKind
from vosapp.core.trimap_edits import TrimapImage
from vosapp.video.masks.mask_image import single_channel
from vosapp.video.masks.mask_sequence import Numbering, images_by_frame
from vosapp.video.stills.images import read_image

_OUT_UP_TO, _IN_FROM = 0.25, 0.75  # of white: compression and resampling leave neither as it was


def read_trimaps(path: Path, numbering: Numbering) -> Iterator[tuple[int, TrimapImage]]:
    """Pairs of a frame's index and its trimap.

    Args:
        path: a folder of images, a pattern, or one image.
        numbering: which frames they belong to.

    Raises:
        MediaError: nothing can be read there.
        MaskError: the images are for other frames than the clip's, or no trimaps.
    """
    if not path.exists() and "%" not in path.name and "#" not in path.name:
        raise MaskError(f"There are no trimaps at {path}.", "Give the folder that holds them.")
    for frame, file in images_by_frame(path, numbering).items():
        yield frame, read_trimap_image(file)


def read_trimap_image(path: Path) -> TrimapImage:
    """The trimap in an image, (height, width). Where the image is transparent nothing is said.

    Raises:
        MediaError: the file is missing or no image.
        MaskError: it is a colour picture.
    """
    image = read_image(path, colours=True)
    opacity = image[..., 3] if image.ndim == 3 and image.shape[2] == 4 else None
    grey = _share(single_channel(path, image if image.ndim == 2 else image[..., :3]))
    kinds = np.full(grey.shape, TrimapKind.UNKNOWN, np.uint8)
    kinds[grey >= _IN_FROM] = TrimapKind.INSIDE
    kinds[grey <= _OUT_UP_TO] = TrimapKind.OUTSIDE
    if opacity is not None:
        kinds[_share(opacity) < 0.5] = 0
    return kinds


def _share(values: NDArray[Any]) -> NDArray[np.float64]:
    """Values as shares of white."""
    top = 1.0 if values.dtype.kind == "f" else float(np.iinfo(values.dtype).max)
    return np.asarray(np.nan_to_num(values) / top, np.float64)
