"""LayerReader: the layers of frames that an export writes, read from the project."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from vosapp.core.document import Cell, Document, MaskStore, ObjectId, RotoObject
from vosapp.core.edits import composite
from vosapp.core.errors import ExportError
from vosapp.core.mask import BoolImage
from vosapp.core.matte_joins import JoinedMask, joined_masks
from vosapp.core.steady_frames import REACH, steady_frames
from vosapp.core.trimap_edits import trimap_image
from vosapp.matte.layers import Alpha, Coverage, Layer
from vosapp.matte.settings_facts import needs_picture
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


class LayerReader:
    """Reads the layers of frames, best in ascending order: what makes a frame steady is kept for the next ones."""

    def __init__(
        self,
        document: Document,
        store: MaskStore,
        *,
        read_picture: Callable[[int], RgbImage] | None = None,
        size: tuple[int, int] | None = None,
    ) -> None:
        """Makes a reader of a document, which has a clip.

        Args:
            document, store: what is exported; objects that are not may go into the mattes of those that are.
            read_picture: reads a frame's picture; called only where a matte needs it.
            size: (height, width) of the files, where it is another than the clip's: the source's own pixels.
        """
        self._document = document
        self._store = store
        self._read_picture = read_picture
        self._size = size
        self._kept: dict[tuple[ObjectId, int], Layer] = {}
        self._pictures: dict[int, RgbImage] = {}

    def layers_at(self, objects: Sequence[RotoObject], frame_index: int) -> list[Layer]:
        """Objects on a frame, from front to back; all of them, masks being empty where there are none.

        Raises:
            MaskError: a mask is missing from the project or damaged.
            ExportError: a mask is not of the clip's size.
        """
        layers = [self._layer(item, frame_index) for item in objects]
        self._kept = {key: layer for key, layer in self._kept.items() if key[1] > frame_index - REACH}
        self._pictures = {frame: one for frame, one in self._pictures.items() if frame > frame_index - REACH}
        if self._size is None or self._size == self._shape:
            return layers
        return [_ResampledLayer.of(layer, self._size) for layer in layers]

    @property
    def _shape(self) -> tuple[int, int]:
        clip = self._document.clip
        if clip is None:
            raise ExportError("There is no clip to export from.", "Open a clip first.")
        return clip.height, clip.width

    def _layer(self, item: RotoObject, frame_index: int) -> Layer:
        layer = self._steady(item, frame_index)
        if frame_index not in item.cells or not item.joins:
            return layer
        found = joined_masks(item, self._document.objects, frame_index)
        return replace(layer, joined=tuple((one.kind, self._joined(one, frame_index)) for one in found))

    def _joined(self, one: JoinedMask, frame_index: int) -> Layer:
        if one.cell is one.item.cells.get(frame_index):
            return self._steady(one.item, frame_index)
        mask = _mask_of(one.item, self._store, one.cell, frame_index, self._shape)
        picture = self._picture(frame_index) if needs_picture(one.matte) else None
        return Layer(one.item.id, one.item.colour, mask, one.matte, picture, one.item.name)

    def _steady(self, item: RotoObject, frame_index: int) -> Layer:
        """The object's own layer, with the frames that make it steady."""
        base = self._plain(item, frame_index)
        frames = steady_frames(item, self._document, frame_index)
        if not frames or self._read_picture is None:
            return base
        return replace(base, around=tuple(self._plain(item, frame) for frame in frames), base=base)

    def _plain(self, item: RotoObject, frame_index: int) -> Layer:
        key = item.id, frame_index
        cell, matte = item.cells.get(frame_index), item.matte_at(frame_index)
        if key in self._kept and cell is not None:
            return self._kept[key]
        mask = _mask_of(item, self._store, cell, frame_index, self._shape)
        wants_picture = cell is not None and (needs_picture(matte) or matte.steady > 0)
        picture = self._picture(frame_index) if wants_picture else None
        trimap = trimap_image(self._store, item.trimap_at(frame_index), self._shape) if cell is not None else None
        layer = Layer(item.id, item.colour, mask, matte, picture, item.name, trimap=trimap)
        if matte.steady > 0 and cell is not None:  # others would hold the memory of mattes that nobody asks for again
            self._kept[key] = layer
        return layer

    def _picture(self, frame_index: int) -> RgbImage | None:
        if frame_index not in self._pictures and self._read_picture is not None:
            self._pictures[frame_index] = self._read_picture(frame_index)
        return self._pictures.get(frame_index)


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
