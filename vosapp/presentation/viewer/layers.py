"""The masks of one frame as a stack of layers, and their label image. Pure numpy, no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from vosapp.core.document import Colour, MatteSettings, ObjectId
from vosapp.core.mask import label_image
from vosapp.presentation.viewer.raster import BoolImage
from vosapp.video.source import RgbImage

Labels = NDArray[np.uint8]

NEUTRAL = MatteSettings()


@dataclass(frozen=True)
class Layer:
    """One object's mask on one frame: a boolean array (height, width) that nobody changes, and its matte's edge.

    A matte that is refined from the picture has it, as it is shown: (height, width, 3).
    """

    object_id: ObjectId
    colour: Colour
    mask: BoolImage
    matte: MatteSettings = NEUTRAL
    picture: RgbImage | None = None

    @cached_property
    def alpha(self) -> Labels:
        """The layer's matte as an export makes it, 255 inside; made once."""
        from vosapp.matte.alpha import alpha_of
        from vosapp.matte.settings_facts import DRAWN

        if self.picture is None or self.picture.shape[:2] != self.mask.shape:
            return alpha_of(self.mask, replace(self.matte, edge=DRAWN))  # until the picture has come
        return alpha_of(self.mask, self.matte, self.picture)


@dataclass(frozen=True, slots=True)
class LayerStack:
    """Layers from front to back on a picture of (height, width).

    In a label image a pixel holds the *slot* of the layer in front there: 1 for the front layer, 2 for the next, 0
    for none. Slots are not object ids: ids grow without limit, slots fit a byte.
    """

    shape: tuple[int, int]
    layers: tuple[Layer, ...] = ()

    def labels(self) -> Labels:
        """The label image."""
        return label_image([(slot, layer.mask) for slot, layer in enumerate(self.layers, start=1)], self.shape)

    @property
    def has_edge(self) -> bool:
        """Whether a matte's edge is another one than the mask's."""
        return any(layer.matte != NEUTRAL for layer in self.layers)

    def alpha(self) -> Labels:
        """The matte of all layers together: the most opaque counts."""
        joined = np.zeros(self.shape, np.uint8)
        for layer in self.layers:
            np.maximum(joined, layer.alpha, out=joined)
        return joined

    def slot(self, object_id: ObjectId) -> int:
        """The slot of an object, 0 when it is not in the stack."""
        return next((i for i, layer in enumerate(self.layers, start=1) if layer.object_id == object_id), 0)

    def colours(self) -> tuple[Colour, ...]:
        """Colours in the order of slots, from slot 1."""
        return tuple(layer.colour for layer in self.layers)

    def with_object(self, object_id: ObjectId, colour: Colour, order: Sequence[ObjectId]) -> LayerStack:
        """This stack with an empty layer for an object that has none, at its place in `order` (front to back).

        An object that is not in `order` is new and goes in front.
        """
        if self.slot(object_id):
            return self
        rank = {known: place for place, known in enumerate(order)}
        mine = rank.get(object_id, -1)
        place = sum(1 for layer in self.layers if rank.get(layer.object_id, -1) < mine)
        empty = Layer(object_id, colour, np.zeros(self.shape, np.bool_))
        return LayerStack(self.shape, (*self.layers[:place], empty, *self.layers[place:]))

    def around(self, slot: int) -> tuple[Labels, Labels]:
        """Label images of the layers in front of a slot and of those behind it, with this stack's slots."""
        numbered = [(i, layer.mask) for i, layer in enumerate(self.layers, start=1)]
        return label_image(numbered[: slot - 1], self.shape), label_image(numbered[slot:], self.shape)
