"""What stands on a frame, object by object, ready for a file format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vosapp.core.document import MaskStore, RotoObject
from vosapp.core.edits import composite
from vosapp.core.errors import ExportError
from vosapp.core.mask import BoolImage
from vosapp.matte.alpha import Alpha, Floats, alpha_of, fine_alpha_of
from vosapp.video.source import RgbImage


@dataclass(frozen=True, slots=True)
class Layer:
    """One object on one frame.

    Attributes:
        item: the object.
        mask: (height, width), as drawn or predicted and painted; empty where there is none.
        picture: (height, width, 3) of the frame, where the matte is refined from it.
    """

    item: RotoObject
    mask: BoolImage
    picture: RgbImage | None = None

    def alpha(self) -> Alpha:
        """(height, width) uint8, with the object's matte settings."""
        return alpha_of(self.mask, self.item.matte, self.picture)

    def coverage(self) -> Floats:
        """(height, width) float32, 0 to 1: the alpha before it is rounded."""
        return fine_alpha_of(self.mask, self.item.matte, self.picture)


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
            layers.append(Layer(item, np.zeros(shape, np.bool_)))
            continue
        mask = composite(store, cell)
        if mask.shape != shape:
            raise ExportError(
                f'The mask of "{item.name}" on frame {frame_index} has {mask.width}x{mask.height} pixels, '
                f"the clip {shape[1]}x{shape[0]}."
            )
        layers.append(Layer(item, mask.array(), picture))
    return layers


def joined_coverage(layers: Sequence[Layer]) -> Floats:
    """The alpha of all layers together, 0 to 1: the most opaque counts, as they belong to one picture."""
    joined = layers[0].coverage()
    for layer in layers[1:]:
        joined = np.maximum(joined, layer.coverage())
    return joined


def sixteen_bit(coverage: Floats) -> NDArray[np.uint16]:
    """Coverage as whole numbers of 16 bits."""
    return (coverage * np.float32(65535) + np.float32(0.5)).astype(np.uint16)
