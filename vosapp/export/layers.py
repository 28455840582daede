"""layers_at: the layers of a frame that an export writes, read from the project."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from vosapp.core.document import Cell, MaskStore, RotoObject
from vosapp.core.edits import composite
from vosapp.core.errors import ExportError
from vosapp.core.mask import BoolImage
from vosapp.core.matte_joins import joined_masks
from vosapp.matte.layers import Alpha, Coverage, Layer
from vosapp.video.resampling import resampled
from vosapp.video.source import RgbImage


@dataclass(frozen=True)
class _ResampledLayer(Layer):
    """A layer on another grid of pixels; its matte is made on the grid of the mask and then brought over.

    Attributes:
        whole: the layer as it was made; `mask` is that of the other grid.
    """

    whole: Layer | None = None

    @classmethod
    def of(cls, layer: Layer, size: tuple[int, int]) -> _ResampledLayer:
        """A layer on a grid of (height, width) pixels."""
        mask = np.asarray(resampled(layer.mask.astype(np.float32), size) >= 0.5)
        return cls(layer.object_id, layer.colour, mask, layer.matte, name=layer.name, whole=layer)

    @cached_property
    def coverage(self) -> Coverage:
        """The matte, (height, width) in 0..1; hard masks stay hard."""
        if self.whole is None or self.whole.is_hard:
            return self.mask.astype(np.float32)
        height, width = self.mask.shape
        return np.clip(np.asarray(resampled(self.whole.coverage, (height, width)), np.float32), 0, 1)

    @cached_property
    def alpha(self) -> Alpha:
        """The matte as `coverage`, rounded to 0..255."""
        return np.asarray(np.round(255 * self.coverage), np.uint8)


def layers_at(
    objects: Sequence[RotoObject],
    store: MaskStore,
    frame_index: int,
    shape: tuple[int, int],
    picture: RgbImage | None = None,
    size: tuple[int, int] | None = None,
    *,
    others: Sequence[RotoObject] = (),
) -> list[Layer]:
    """The objects on a frame, from front to back; all of them, masks being empty where there are none.

    Args:
        objects, store: what is exported.
        frame_index: the frame.
        shape: (height, width) of the clip.
        picture: of the frame, where a matte is refined from it.
        size: (height, width) of the files, where it is another: the source's own pixels.
        others: all objects of the document, of which some may go into these mattes.

    Raises:
        MaskError: a mask is missing from the project or damaged.
        ExportError: a mask is not of the clip's size.
    """
    layers: list[Layer] = []
    for item in objects:
        cell, matte = item.cells.get(frame_index), item.matte_at(frame_index)
        mask = _mask_of(item, store, cell, frame_index, shape)
        layer = Layer(item.id, item.colour, mask, matte, picture, item.name)
        if cell is not None and item.joins:
            joined = (
                (one.kind, Layer(one.item.id, one.item.colour, other, one.matte, picture))
                for one in joined_masks(item, others, frame_index)
                for other in [_mask_of(one.item, store, one.cell, frame_index, shape)]
            )
            layer = replace(layer, joined=tuple(joined))
        layers.append(layer)
    if size is None or size == shape:
        return layers
    return [_ResampledLayer.of(layer, size) for layer in layers]


def _mask_of(
    item: RotoObject, store: MaskStore, cell: Cell | None, frame_index: int, shape: tuple[int, int]
) -> BoolImage:
    if cell is None:
        return np.zeros(shape, np.bool_)
    mask = composite(store, cell)
    if mask.shape != shape:
        raise ExportError(
            f'The mask of "{item.name}" on frame {frame_index} has {mask.width}x{mask.height} pixels, '
            f"the clip {shape[1]}x{shape[0]}."
        )
    return mask.array()


def sixteen_bit(coverage: Coverage) -> NDArray[np.uint16]:
    """Coverage as whole numbers of 16 bits."""
    return (coverage * np.float32(65535) + np.float32(0.5)).astype(np.uint16)
