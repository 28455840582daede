"""LayerStack: the layers of one frame as the viewer shows them, and their label image."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from vosapp.core.document import Colour, ObjectId
from vosapp.matte.layers import Alpha, Layer, joined_alpha, labels_from_front
from vosapp.matte.settings_facts import DRAWN
from vosapp.video.source import RgbImage

Labels = NDArray[np.uint8]


@dataclass(frozen=True)
class ShownLayer(Layer):
    """A layer whose matte is made elsewhere; until it has come, the mask stands for it.

    Attributes:
        made: the matte, (height, width) uint8; None while it is being made.
        colours: the picture with the object's own colours, (height, width, 3) uint8; None where it stays as it is.
    """

    made: Alpha | None = None
    colours: RgbImage | None = None

    @cached_property
    def alpha(self) -> Alpha:
        """The matte that was made, or the mask."""
        return self.mask.astype(np.uint8) * np.uint8(255) if self.made is None else self.made


def shown_layer(layer: Layer, made: Alpha | None = None, colours: RgbImage | None = None) -> ShownLayer:
    """A layer with the matte and colours that were made elsewhere; those of another size are left out."""
    if made is not None and made.shape != layer.mask.shape:
        made = colours = None
    return ShownLayer(
        layer.object_id,
        layer.colour,
        layer.mask,
        layer.matte,
        joined=layer.joined,
        trimap=layer.trimap,
        made=made,
        colours=colours,
    )


def layer_on(shown: RgbImage | None, layer: Layer) -> Layer:
    """A layer with the shown picture of its frame; until one of its size has come, the matte's edge is as drawn."""
    joined = tuple((kind, layer_on(shown, other)) for kind, other in layer.joined)
    if shown is None or shown.shape[:2] != layer.mask.shape:
        return replace(layer, matte=replace(layer.matte, edge=DRAWN), joined=joined)
    return replace(layer, picture=shown, joined=joined)


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
        return labels_from_front(self.layers, range(1, len(self.layers) + 1), self.shape)

    @property
    def has_edge(self) -> bool:
        """Whether a matte's edge is another one than the mask's."""
        return any(not layer.is_hard for layer in self.layers)

    def alpha(self) -> Labels:
        """The matte of all layers together."""
        return joined_alpha(self.layers) if self.layers else np.zeros(self.shape, np.uint8)

    def own_colours(self, picture: RgbImage | None) -> RgbImage | None:
        """The picture with the objects' own colours at edges, as exports write it; None where it stays the same."""
        if picture is None or picture.shape[:2] != self.shape:
            return None
        result, most = None, np.zeros(self.shape, np.uint8)
        for layer in self.layers:
            own = layer.colours if isinstance(layer, ShownLayer) else None
            if own is None and result is None:
                most = np.maximum(most, layer.alpha)
                continue
            covers = layer.alpha > most
            most = np.maximum(most, layer.alpha)
            result = picture.copy() if result is None else result
            result[covers] = (picture if own is None else own)[covers]
        return result

    def slot(self, object_id: ObjectId) -> int:
        """The slot of an object, 0 when it is not in the stack."""
        return next((i for i, layer in enumerate(self.layers, start=1) if layer.object_id == object_id), 0)

    def object_at(self, point: tuple[float, float]) -> ObjectId:
        """The object in front at a picture point, 0 for none."""
        column, row = math.floor(point[0]), math.floor(point[1])
        if not (0 <= row < self.shape[0] and 0 <= column < self.shape[1]):
            return 0
        return next((layer.object_id for layer in self.layers if layer.mask[row, column]), 0)

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
        front, behind = self.layers[: slot - 1], self.layers[slot:]
        numbers = range(1, len(self.layers) + 1)
        return (
            labels_from_front(front, numbers[: slot - 1], self.shape),
            labels_from_front(behind, numbers[slot:], self.shape),
        )
