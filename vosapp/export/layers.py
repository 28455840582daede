"""layers_at: the layers of a frame that an export writes, read from the project."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vosapp.core.document import MaskStore, RotoObject
from vosapp.core.edits import composite
from vosapp.core.errors import ExportError
from vosapp.matte.layers import Coverage, Layer
from vosapp.video.source import RgbImage


def layers_at(
    objects: Sequence[RotoObject],
    store: MaskStore,
    frame_index: int,
    shape: tuple[int, int],
    picture: RgbImage | None = None,
) -> list[Layer]:
    """The objects on a frame, from front to back; all of them, masks being empty where there are none.

    Args:
        objects, store: what is exported.
        frame_index: the frame.
        shape: (height, width) of the clip.
        picture: of the frame, where a matte is refined from it.

    Raises:
        MaskError: a mask is missing from the project or damaged.
        ExportError: a mask is not of the clip's size.
    """
    layers = []
    for item in objects:
        cell = item.cells.get(frame_index)
        if cell is None:
            layers.append(Layer(item.id, item.colour, np.zeros(shape, np.bool_), item.matte, name=item.name))
            continue
        mask = composite(store, cell)
        if mask.shape != shape:
            raise ExportError(
                f'The mask of "{item.name}" on frame {frame_index} has {mask.width}x{mask.height} pixels, '
                f"the clip {shape[1]}x{shape[0]}."
            )
        layers.append(Layer(item.id, item.colour, mask.array(), item.matte, picture, item.name))
    return layers


def sixteen_bit(coverage: Coverage) -> NDArray[np.uint16]:
    """Coverage as whole numbers of 16 bits."""
    return (coverage * np.float32(65535) + np.float32(0.5)).astype(np.uint16)
