"""Who is who: parts of a mask that are not the object but look like it, by what trusted frames say of each part.

A mask that has taken in a look-alike does not let go of it by itself: the recent frames say that it belongs. Trusted
frames do not forget. Parts that stand apart are compared as wholes, over which the noise of single places is gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.core.document import ObjectId
from vosapp.engine.networks.hybrid_window import Window
from vosapp.engine.propagator import Probability

_LEAST_SHARE = 0.05  # of the largest part: smaller ones cover too few places to be judged
_LEAST_PX = 24
_BODY_SHARE = 0.2  # a part this large against the largest may be the body
_UNLIKE = 0.6  # a part whose likeness is below this share of the body's is another's
_APART = 0.3  # of the object's size, from which a part counts as standing apart; what a pole parts stands closer
_OTHERS = 1.4  # a part that is so much more like the others is one of them
_AWAY = 0.25  # an object with less than this share of the part's area may be what has come back
_SOFT_PX = 2  # beyond a part's outline its soft edge goes along


class Witness(NamedTuple):
    """What trusted frames say of the places of a window.

    Attributes:
        window: where.
        own: (h, w) float32 in 0..1, how far the places that look alike were the object's.
        others: the same for the other followed objects together.
    """

    window: Window
    own: NDArray[np.float32]
    others: NDArray[np.float32]

    def over(self, region: NDArray[np.bool_]) -> tuple[float, float]:
        """Means of `own` and `others` over a region (height, width) of the frame; 0 where the window does not reach."""
        shape = (region.shape[0], region.shape[1])
        means = [float(self.window.put_back(said, shape)[region].mean()) for said in (self.own, self.others)]
        return means[0], means[1]


class _Part(NamedTuple):
    """A connected part of a mask: where, how many pixels, and what the witness says of it."""

    region: NDArray[np.bool_]
    area: int
    own: float
    others: float


def without_strays(mask: Probability, witness: Witness, size_px: float) -> Probability:
    """The mask without parts that stand apart from the body and look much less like the object.

    Args:
        mask: (height, width) in 0..1, of one object.
        witness: of the same object.
        size_px: the object's usual size in pixels of the frame.
    """
    parts = _parts(mask, witness)
    if len(parts) < 2:
        return mask
    largest = max(part.area for part in parts)
    bodies = [part for part in parts if part.area >= _BODY_SHARE * largest]
    likest = max(bodies, key=lambda part: part.own)
    body = max(bodies, key=lambda part: part.area)
    if body.own < _UNLIKE * likest.own:
        body = likest
    away = np.asarray(cv2.distanceTransform((~body.region).astype(np.uint8), cv2.DIST_L2, 3), np.float32)
    result = mask
    for part in parts:
        if part.own < _UNLIKE * body.own and float(away[part.region].min()) > _APART * size_px:
            result = np.where(_grown(part.region), np.float32(0), result)
    return result


def handed_over(
    masks: Mapping[ObjectId, Probability], witnesses: Mapping[ObjectId, Witness]
) -> dict[ObjectId, Probability]:
    """Gives parts that an object has taken from another, which was hidden and came back, to that one.

    Only where the first keeps a part that is more like itself, and only parts that are more like the others.

    Args:
        masks: (height, width) in 0..1 of every object that was found.
        witnesses: of the same objects.
    """
    result = dict(masks)
    areas = {i: int(np.count_nonzero(mask >= 0.5)) for i, mask in masks.items()}
    for taker in masks:
        if not areas[taker] or not any(area < _AWAY * areas[taker] for area in areas.values()):
            continue
        parts = _parts(result[taker], witnesses[taker])
        if not any(part.own > part.others for part in parts):
            continue
        for part in parts:
            lost = [i for i in masks if i != taker and areas[i] < _AWAY * part.area]
            if lost and part.others > _OTHERS * part.own:
                owner = max(lost, key=lambda i: witnesses[i].over(part.region)[0])
                region = _grown(part.region)
                result[owner] = np.where(region, np.maximum(result[owner], result[taker]), result[owner])
                result[taker] = np.where(region, np.float32(0), result[taker])
                areas[owner] = part.area
    return result


def _parts(mask: Probability, witness: Witness) -> list[_Part]:
    """The parts that are large enough to be judged; none where there is only one."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats((mask >= 0.5).astype(np.uint8))
    areas = [int(area) for area in stats[1:, cv2.CC_STAT_AREA]]
    if count < 3:
        return []
    least = max(_LEAST_PX, _LEAST_SHARE * max(areas))
    chosen = [k for k, area in enumerate(areas) if area >= least]
    if len(chosen) < 2:
        return []
    regions = [np.asarray(labels) == k + 1 for k in chosen]
    return [_Part(r, areas[k], *witness.over(r)) for k, r in zip(chosen, regions, strict=True)]


def _grown(region: NDArray[np.bool_]) -> NDArray[np.bool_]:
    kernel = np.ones((2 * _SOFT_PX + 1,) * 2, np.uint8)
    return np.asarray(cv2.dilate(region.astype(np.uint8), kernel) > 0)
