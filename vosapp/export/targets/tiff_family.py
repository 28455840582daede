"""TIFF files of 16 bits: grey mattes, or the picture with alpha."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray

from vosapp.export.formats import Content
from vosapp.export.layers import sixteen_bit
from vosapp.export.targets.image_target import Picture, same_samples
from vosapp.export.targets.rgba import rgba_of
from vosapp.export.targets.target import FrameToWrite
from vosapp.video.stills.images import read_image


class TiffFamily:
    """TIFF files of one content, packed with Deflate."""

    def __init__(self, content: Content, *, premultiplied: bool, pixel_aspect: Fraction = Fraction(1)) -> None:
        """Args:
        content: MATTE or PICTURE.
        premultiplied: how alpha goes with the picture; the file's tag says it.
        pixel_aspect: width of a pixel over its height; the file's resolution says it.
        """
        self._content, self._premultiplied = content, premultiplied
        self._resolution = (72, round(72 * float(pixel_aspect), 3))  # pixels an inch, across and down

    def pictures(self, frame: FrameToWrite) -> Sequence[Picture]:
        """Grey alphas, or one RGBA picture, uint16."""
        if self._content is Content.PICTURE:
            return [(None, rgba_of(frame, np.uint16, premultiplied=self._premultiplied))]
        return [(layer.object_id, sixteen_bit(layer.coverage)) for layer in frame.layers]

    def write(self, path: Path, picture: NDArray[Any]) -> None:
        """Writes a file."""
        colour = picture.ndim == 3
        extra = ["ASSOCALPHA" if self._premultiplied else "UNASSALPHA"] if colour else None
        kind = "rgb" if colour else "minisblack"
        tifffile.imwrite(
            path,
            picture,
            photometric=kind,
            extrasamples=extra,
            compression="zlib",
            metadata=None,
            resolution=self._resolution,
            resolutionunit="INCH",
        )

    def is_same(self, path: Path, picture: NDArray[Any]) -> bool:
        """Compares every sample."""
        return same_samples(read_image(path), picture)
