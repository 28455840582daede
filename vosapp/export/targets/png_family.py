"""PNG files: grey ones of one object each, indexed ones of object ids, or pictures with straight alpha."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vosapp.export.formats import Content
from vosapp.export.layers import sixteen_bit
from vosapp.export.targets.image_target import Picture, same_samples
from vosapp.export.targets.rgba import rgba_of
from vosapp.export.targets.target import FrameToWrite
from vosapp.matte.layers import labels_from_front
from vosapp.video.stills.images import read_image, write_png
from vosapp.video.stills.label_png import davis_palette

_PALETTE = np.array(davis_palette(), np.uint8)


class PngFamily:
    """PNG files of one content."""

    def __init__(self, content: Content, *, is_deep: bool = False, pixel_aspect: Fraction = Fraction(1)) -> None:
        """Args:
        content: MATTE, LABELS or PICTURE.
        is_deep: whether mattes have 16 bits; pictures have what the clip has.
        pixel_aspect: width of a pixel over its height.
        """
        self._content, self._is_deep, self._pixel_aspect = content, is_deep, pixel_aspect

    def pictures(self, frame: FrameToWrite) -> Sequence[Picture]:
        """Grey alphas, or one picture of numbers, or one of colours with alpha."""
        if self._content is Content.LABELS:
            height, width = frame.layers[0].mask.shape
            ids = [layer.object_id for layer in frame.layers]
            return [(None, labels_from_front(frame.layers, ids, (height, width)))]
        if self._content is Content.PICTURE:
            deep = frame.picture is not None and frame.picture.dtype == np.uint16
            return [(None, rgba_of(frame, np.uint16 if deep else np.uint8, premultiplied=False))]
        if self._is_deep:
            return [(layer.object_id, sixteen_bit(layer.coverage)) for layer in frame.layers]
        return [(layer.object_id, layer.alpha) for layer in frame.layers]

    def write(self, path: Path, picture: NDArray[Any]) -> None:
        """Writes a file."""
        palette = _PALETTE if self._content is Content.LABELS else None
        write_png(path, picture, palette, pixel_aspect=self._pixel_aspect)

    def is_same(self, path: Path, picture: NDArray[Any]) -> bool:
        """Compares every sample."""
        return same_samples(read_image(path), picture)
