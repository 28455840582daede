"""Follows the parts of an object from frame to frame: which outline goes on from which."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import cv2
import numpy as np

from vosapp.core.mask import BoolImage
from vosapp.shapes.outline import Outline, outlines

_LEAST_OVERLAP = 0.1  # of two outlines' areas (intersection over union) for one to go on from the other


@dataclass(slots=True)
class Part:
    """One part of an object, or one hole in it, on frames without a gap.

    Attributes:
        first: the frame that it begins on.
        outlines: one a frame.
    """

    first: int
    outlines: list[Outline] = field(default_factory=list)

    @property
    def is_hole(self) -> bool:
        """Whether it is a hole."""
        return self.outlines[0].is_hole

    @property
    def last(self) -> int:
        """The frame that it ends on."""
        return self.first + len(self.outlines) - 1


def parts_of(masks: Iterable[tuple[int, BoolImage]], least_area_px: float) -> list[Part]:
    """The parts of an object over time.

    Args:
        masks: (frame index, mask), ascending. A gap between frames ends every part.
        least_area_px: smaller parts and holes are left out.

    Returns:
        By the frame they begin on, the larger first.
    """
    done: list[Part] = []
    going: list[Part] = []
    for frame, mask in masks:
        found = outlines(mask, least_area_px)
        if going and frame != going[0].last + 1:
            done += going
            going = []
        going_on = _pairs(going, found)
        done += [part for index, part in enumerate(going) if index not in going_on.values()]
        following = []
        for index, outline in enumerate(found):
            part = going[going_on[index]] if index in going_on else Part(frame)
            part.outlines.append(outline)
            following.append(part)
        going = following
    return sorted(done + going, key=lambda part: (part.first, -part.outlines[0].area_px))


def _pairs(going: list[Part], found: list[Outline]) -> dict[int, int]:
    """For outlines of a frame (by index) which part goes on with it (by index), the largest overlap first."""
    overlaps = []
    for index, outline in enumerate(found):
        for number, part in enumerate(going):
            if part.is_hole == outline.is_hole:
                overlaps.append((_overlap(part.outlines[-1], outline), index, number))
    pairs: dict[int, int] = {}
    for overlap, index, number in sorted(overlaps, reverse=True):
        if overlap >= _LEAST_OVERLAP and index not in pairs and number not in pairs.values():
            pairs[index] = number
    # What moves farther than its own size still is the same where there is only one of it.
    left = [i for i, o in enumerate(found) if i not in pairs and not o.is_hole]
    free = [n for n, p in enumerate(going) if n not in pairs.values() and not p.is_hole]
    if len(left) == len(free) == 1:
        pairs[left[0]] = free[0]
    return pairs


def _overlap(one: Outline, other: Outline) -> float:
    """Intersection over union of two outlines' insides, to a quarter of their resolution where they are large."""
    low = np.minimum(one.points.min(axis=0), other.points.min(axis=0))
    size = np.maximum(one.points.max(axis=0), other.points.max(axis=0)) - low
    scale = min(1.0, 160 / float(size.max()))
    width, height = (int(side) + 2 for side in size * scale)
    areas = []
    for outline in (one, other):
        picture = np.zeros((height, width), np.uint8)
        cv2.fillPoly(picture, [np.round((outline.points - low) * scale).astype(np.int32)], 1)
        areas.append(picture > 0)
    union = int(np.count_nonzero(areas[0] | areas[1]))
    return int(np.count_nonzero(areas[0] & areas[1])) / union if union else 0.0
