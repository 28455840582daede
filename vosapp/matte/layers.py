"""Layer: one object on one frame. Layers are listed from front to back; window and export join them by the rules here.

Loads no OpenCV before a matte is made: the window lists layers at its start.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from vosapp.core.document import Colour, JoinKind, MatteSettings, ObjectId
from vosapp.core.mask import BoolImage, label_image
from vosapp.core.trimap_edits import TrimapImage
from vosapp.video.source import RgbImage

Alpha = NDArray[np.uint8]
Coverage = NDArray[np.float32]
NEUTRAL = MatteSettings()


@dataclass(frozen=True)
class Layer:
    """One object on one frame.

    Attributes:
        object_id, colour, name: of the object.
        mask: (height, width), as drawn or predicted and painted; nobody changes it.
        matte: what is made of the mask.
        picture: (height, width, 3) of the frame; needed where the matte is refined from it.
        around: the same object on frames before and after, with their pictures, where they make this matte steady.
        trimap: what the user painted over the edge, (height, width); None where nothing is.
        base: this layer without them and without what is joined, where others share it.
        joined: mattes of other objects that go into this one, in order, and how; of theirs, `joined` does not count.
    """

    object_id: ObjectId
    colour: Colour
    mask: BoolImage
    matte: MatteSettings = NEUTRAL
    picture: RgbImage | None = None
    name: str = ""
    joined: tuple[tuple[JoinKind, Layer], ...] = ()
    around: tuple[Layer, ...] = ()
    base: Layer | None = None
    trimap: TrimapImage | None = None

    @property
    def is_hard(self) -> bool:
        """Whether the matte is the mask as it is."""
        return self.matte == NEUTRAL and not self.joined and self.trimap is None

    @cached_property
    def coverage(self) -> Coverage:
        """The matte, (height, width) in 0..1; made once.

        Raises:
            MaskError: a picture is needed and missing, or of another size.
        """
        coverage = self.own
        for kind, other in self.joined:
            coverage = _JOINS[kind](coverage, other.own)
        return coverage

    @cached_property
    def plain(self) -> Coverage:
        """The matte of this frame's mask alone, (height, width) in 0..1; made once."""
        from vosapp.matte.alpha import fine_alpha_of

        if self.base is not None:
            return self.base.plain
        return fine_alpha_of(self.mask, self.matte, self.picture, trimap=self.trimap)

    @property
    def own(self) -> Coverage:
        """The matte as `plain`, steadied by the frames around."""
        if self.picture is None or not self.around:
            return self.plain
        from vosapp.matte.steady import Moment, steadied

        around = [Moment(one.plain, one.picture) for one in self.around if one.picture is not None]
        return steadied(Moment(self.plain, self.picture), around, self.matte.steady)

    @cached_property
    def alpha(self) -> Alpha:
        """The matte as `coverage`, rounded to 0..255; made once."""
        from vosapp.matte.alpha import alpha_of

        if self.joined or self.around:
            return np.asarray(np.round(255 * self.coverage), np.uint8)
        return alpha_of(self.mask, self.matte, self.picture, trimap=self.trimap)


def _subtract(coverage: Coverage, other: Coverage) -> Coverage:
    return np.asarray(coverage * (1 - other), np.float32)


def _add(coverage: Coverage, other: Coverage) -> Coverage:
    return np.asarray(coverage + other - coverage * other, np.float32)


def _inside(coverage: Coverage, other: Coverage) -> Coverage:
    return np.asarray(coverage * other, np.float32)


_JOINS = {JoinKind.SUBTRACT: _subtract, JoinKind.ADD: _add, JoinKind.INSIDE: _inside}


def labels_from_front(layers: Iterable[Layer], numbers: Iterable[int], shape: tuple[int, int]) -> NDArray[np.uint8]:
    """A label image in which each pixel holds the number of the layer in front there, 0 where there is none.

    Args:
        layers: from front to back.
        numbers: of each layer, 1 to 255.
        shape: (height, width).

    Raises:
        MaskError: a number does not fit.
    """
    return label_image([(number, layer.mask) for number, layer in zip(numbers, layers, strict=True)], shape)


def joined_alpha(layers: Sequence[Layer]) -> Alpha:
    """The alpha of at least one layer, all together: the most opaque counts, as they belong to one picture."""
    return functools.reduce(np.maximum, (layer.alpha for layer in layers))


def joined_coverage(layers: Sequence[Layer]) -> Coverage:
    """As `joined_alpha`, in 0..1 and not rounded."""
    return functools.reduce(np.maximum, (layer.coverage for layer in layers))
