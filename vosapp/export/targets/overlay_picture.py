"""The picture with the objects' colours laid over it, for previews."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vosapp.export.targets.target import FrameToWrite

OPACITY = 0.5


def overlay_picture(frame: FrameToWrite) -> NDArray[np.uint8]:
    """(height, width, 3) uint8: each object in its colour, half transparent, the front one above."""
    if frame.picture is None:
        raise ValueError("a preview needs its picture")
    samples: NDArray[Any] = frame.picture
    top = 1 if samples.dtype.kind == "f" else np.iinfo(samples.dtype).max
    colour: NDArray[np.float32] = samples.astype(np.float32) * np.float32(255 / top)
    for layer in reversed(frame.layers):
        share = (layer.coverage * np.float32(OPACITY))[..., None]
        colour += (np.array(layer.colour, np.float32) - colour) * share
    return np.asarray(np.clip(colour + np.float32(0.5), 0, 255), np.uint8)
