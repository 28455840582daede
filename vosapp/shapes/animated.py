"""Animated shapes as values: what is written to other programs' files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from vosapp.core.document import Colour
from vosapp.shapes.bezier import Path, flattened
from vosapp.shapes.outline import filled


@dataclass(frozen=True, slots=True)
class AnimatedShape:
    """One closed Bezier shape. Its points keep their number and their place on the object; between keyframes every
    point and handle moves in a straight line at even speed.

    Attributes:
        keys: path by frame index, all with the same number of points; at least one.
        first, last: the frames on which the shape is there; the first and the last key lie on them.
        is_hole: whether it is cut out of the shapes of its object.
    """

    keys: Mapping[int, Path]
    first: int
    last: int
    is_hole: bool = False

    @property
    def point_count(self) -> int:
        """Points of the shape, the same on every keyframe."""
        return len(next(iter(self.keys.values())))

    def is_visible(self, frame_index: int) -> bool:
        """Whether the shape is there on a frame."""
        return self.first <= frame_index <= self.last

    def at(self, frame_index: int) -> Path:
        """The path on a frame from first to last."""
        return interpolated(self.keys, frame_index)


@dataclass(frozen=True, slots=True)
class ObjectShapes:
    """The shapes of one object.

    Attributes:
        name, colour: of the object.
        shapes: those that are filled and those that are cut out; they are to be combined in this order.
        feather_px: width of the soft edge, half of it on either side of the line.
    """

    name: str
    colour: Colour
    shapes: Sequence[AnimatedShape]
    feather_px: float = 0.0


@dataclass(frozen=True, slots=True)
class ShapeClip:
    """Facts of the clip that a file of shapes needs.

    Attributes:
        name: of the clip.
        height, width: of the picture in pixels.
        pixel_aspect: width of a pixel by its height.
        rate: frames a second.
        first_number: the number that the clip's own frames begin with.
        frame_count: frames of the clip.
        objects: from front to back.
    """

    name: str
    height: int
    width: int
    pixel_aspect: Fraction
    rate: Fraction
    first_number: int
    frame_count: int
    objects: Sequence[ObjectShapes]


def interpolated(keys: Mapping[int, Path], frame_index: int) -> Path:
    """The path between the two keyframes around a frame; beyond the ends that of the end."""
    if frame_index in keys:
        return keys[frame_index]
    frames = sorted(keys)
    before = [frame for frame in frames if frame < frame_index]
    after = [frame for frame in frames if frame > frame_index]
    if not before or not after:
        return keys[frames[0] if not before else frames[-1]]
    share = (frame_index - before[-1]) / (after[0] - before[-1])
    return (1 - share) * keys[before[-1]] + share * keys[after[0]]


def coverage(shapes: Sequence[AnimatedShape], frame_index: int, shape: tuple[int, int]) -> NDArray[np.float32]:
    """The shapes of an object on a frame, filled: (height, width) in 0..1."""
    picture = np.zeros(shape, np.float32)
    for one in shapes:
        if not one.is_visible(frame_index):
            continue
        inside = filled(flattened(one.at(frame_index)), shape)
        picture = np.minimum(picture, 1 - inside) if one.is_hole else np.maximum(picture, inside)
    return picture
