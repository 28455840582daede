"""Masks as PNG files: grey ones of one object each, or indexed ones of object ids."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vosapp.core.mask import label_image
from vosapp.export.formats import Content
from vosapp.export.image_target import Picture, same_samples
from vosapp.export.target import FrameToWrite
from vosapp.video.images import read_image, write_png
from vosapp.video.label_png import davis_palette

_PALETTE = np.array(davis_palette(), np.uint8)


class PngFamily:
    """PNG files of one content."""

    def __init__(self, content: Content) -> None:
        """Args:
        content: MATTE or LABELS.
        """
        self._content = content

    def pictures(self, frame: FrameToWrite) -> Sequence[Picture]:
        """Grey alphas, or one picture of numbers."""
        if self._content is Content.LABELS:
            height, width = frame.layers[0].mask.shape
            return [(None, label_image([(layer.item.id, layer.mask) for layer in frame.layers], (height, width)))]
        return [(layer.item.id, layer.alpha()) for layer in frame.layers]

    def write(self, path: Path, picture: NDArray[Any]) -> None:
        """Writes a file."""
        write_png(path, picture, _PALETTE if self._content is Content.LABELS else None)

    def is_same(self, path: Path, picture: NDArray[Any]) -> bool:
        """Compares every sample."""
        return same_samples(read_image(path), picture)
