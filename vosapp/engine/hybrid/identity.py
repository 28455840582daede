"""Who is who: parts of a mask that are not the object but look like it, by what trusted frames say of each part.

A mask that has taken in a look-alike does not let go of it by itself: the recent frames say that it belongs. Trusted
frames do not forget. Parts that stand apart are compared as wholes, over which the noise of single places is gone.
And nothing comes from nowhere: a part far from all that was there a frame before must look just like the object.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.core.document import ObjectId
from vosapp.engine.hybrid.window import Window
from vosapp.engine.propagator import Probability

_LEAST_SHARE = 0.05  # of the largest part: smaller ones cover too few places to be judged
_LEAST_PX = 24
_BODY_SHARE = 0.2  # a part this large against the largest may be the body
_UNLIKE = 0.6  # a body whose likeness is below this share of another part's is none
_APART = 0.3  # of the object's size, from which a part counts as standing apart; what a pole parts stands closer
_NEEDED = 0.4  # such a part needs this share of the body's likeness, and as much more as it is farther away,
_ALIKE = 0.95  # at most this; and what comes from nowhere needs this
_REACH = 0.1  # of the object's size: a part so near to where the last mask was moved to goes on from it
_OTHERS = 1.4  # a part that is so much more like the others is one of them
_AWAY = 0.25  # an object of less than this share of its usual area, and of the part's, may be what has come back
_SEEN_PX = 400  # the longer side of a given mask when its parts are looked at
_SOFT_PX = 2  # beyond a part's outline its soft edge goes along


class Witness(NamedTuple):
    """What trusted frames say of the places of a window.

    Attributes:
        window: where.
        own: (h, w) float32 in 0..1, how far the places that look alike were the object's.
        others: the same for the other followed objects together.
        carried: float32 in 0..1, the last mask as flow moves it, in the pixels of the window.
    """

    window: Window
    own: NDArray[np.float32]
    others: NDArray[np.float32]
    carried: NDArray[np.float32]

    def over(self, region: NDArray[np.bool_]) -> tuple[float, float]:
        """Means of `own` and `others` over a region of the window."""
        size = (region.shape[1], region.shape[0])
        own, others = (cv2.resize(said, size, interpolation=cv2.INTER_LINEAR) for said in (self.own, self.others))
        return float(own[region].mean()), float(others[region].mean())

    def likeness(self, region: NDArray[np.bool_]) -> float:
        """The mean of `own` over a region (height, width) of the frame; 0 where the window does not reach."""
        return float(self.window.put_back(self.own, (region.shape[0], region.shape[1]))[region].mean())

    def labels(self, mask: Probability) -> NDArray[np.int32]:
        """The window of a mask (height, width): 0 outside, the number of the connected part inside."""
        return _labelled(self.window.mask(mask) >= 0.5)

    def on_frame(self, region: NDArray[np.bool_], shape: tuple[int, ...]) -> NDArray[np.bool_]:
        """A region of the window and its soft edge, on a frame of a shape."""
        kernel = np.ones((2 * _SOFT_PX + 1,) * 2, np.uint8)
        grown = np.asarray(cv2.dilate(region.astype(np.uint8), kernel), np.float32)
        return self.window.put_back(grown, (shape[0], shape[1])) >= 0.5


class _Part(NamedTuple):
    """A connected part of a mask: its label, how many pixels of the window, and what the witness says of it."""

    label: int
    area: int
    own: float
    others: float


def without_strays(mask: Probability, witness: Witness, size_px: float) -> Probability:
    """The mask without parts that stand apart from the body and are none of the object.

    Args:
        mask: (height, width) in 0..1, of one object.
        witness: of the same object.
        size_px: the object's usual size in pixels of the frame.
    """
    labels = witness.labels(mask)
    if labels.max() < 2:
        return mask
    size = size_px * witness.window.scale
    parts = _parts(labels, witness)
    body = _body(parts)
    gone = _nowhere(labels, parts, body, witness.carried >= 0.5, size)
    away = _nearest(labels, labels == body.label) / size
    for part in parts:
        if away[part.label] > _APART and part.own < min(_ALIKE, _NEEDED + away[part.label]) * body.own:
            gone.add(part.label)
    if not gone:
        return mask
    return np.where(witness.on_frame(np.isin(labels, list(gone)), mask.shape), np.float32(0), mask)


def stands_in_parts(mask: Probability) -> bool:
    """Whether a mask (height, width) that was given has parts that stand apart: then nothing apart is a stray."""
    shrink = min(1.0, _SEEN_PX / max(mask.shape))
    seen = cv2.resize(mask, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA) >= 0.5
    labels = _labelled(seen)
    if labels.max() < 2:
        return False
    areas = _areas(labels)
    size = max(cv2.boundingRect(seen.astype(np.uint8))[2:])
    away = _nearest(labels, labels == areas.argmax())
    return bool(((areas >= _LEAST_SHARE * areas.max()) & (away > _APART * size)).any())


def _body(parts: Sequence[_Part]) -> _Part:
    """The largest part; where one not much smaller looks much more like the object, that one."""
    largest = max(parts, key=lambda part: part.area)
    likest = max((p for p in parts if p.area >= _BODY_SHARE * largest.area), key=lambda part: part.own)
    return likest if largest.own < _UNLIKE * likest.own else largest


def _nowhere(
    labels: NDArray[np.int32], parts: Sequence[_Part], body: _Part, carried: NDArray[np.bool_], size: float
) -> set[int]:
    """Labels of parts that stand apart from all that goes on from the last mask, and are not just like the body."""
    reach = np.asarray(cv2.distanceTransform((~carried).astype(np.uint8), cv2.DIST_L2, 3)) <= _REACH * size
    going_on = np.bincount(labels[reach], minlength=labels.max() + 1) > 0
    going_on[0] = False
    if not carried.any() or not going_on.any():
        return set()
    away = _nearest(labels, going_on[labels])
    alike = {part.label for part in parts if part.own >= _ALIKE * body.own}
    return {int(label) for label in np.flatnonzero(away > _APART * size) if label} - alike


def handed_over(
    masks: Mapping[ObjectId, Probability], witnesses: Mapping[ObjectId, Witness], usual_px: Mapping[ObjectId, float]
) -> dict[ObjectId, Probability]:
    """Gives parts that an object has taken from another, which was hidden and came back, to that one.

    Only where the first keeps a part that is more like itself, and only parts that are more like the others.

    Args:
        masks: (height, width) in 0..1 of every object that was found.
        witnesses: of the same objects.
        usual_px: areas that the same objects usually have.
    """
    result = dict(masks)
    areas = {i: int(np.count_nonzero(mask >= 0.5)) for i, mask in masks.items()}
    away = {i for i, area in areas.items() if area < _AWAY * usual_px[i]}
    for taker in masks if away else ():
        witness = witnesses[taker]
        labels = witness.labels(result[taker])
        parts = _parts(labels, witness) if labels.max() > 1 else []
        if not any(part.own > part.others for part in parts):
            continue
        for part in parts:
            area = part.area / witness.window.scale**2
            lost = [i for i in away if i != taker and areas[i] < _AWAY * area]
            if lost and part.others > _OTHERS * part.own:
                region = witness.on_frame(labels == part.label, result[taker].shape)
                owner = max(lost, key=lambda i: witnesses[i].likeness(region))
                result[owner] = np.where(region, np.maximum(result[owner], result[taker]), result[owner])
                result[taker] = np.where(region, np.float32(0), result[taker])
                away.discard(owner)
    return result


def _labelled(inside: NDArray[np.bool_]) -> NDArray[np.int32]:
    """The numbers of the connected parts, from 1; 0 outside."""
    return np.asarray(cv2.connectedComponents(inside.astype(np.uint8))[1], np.int32)


def _areas(labels: NDArray[np.int32]) -> NDArray[np.int64]:
    """Pixels of each label; 0 for the outside."""
    areas = np.bincount(labels.ravel())
    areas[0] = 0
    return areas


def _parts(labels: NDArray[np.int32], witness: Witness) -> list[_Part]:
    """The parts that are large enough to be judged, at least the largest."""
    areas = _areas(labels)
    least = min(areas.max(), max(_LEAST_PX, _LEAST_SHARE * areas.max()))
    chosen = [int(label) for label in np.flatnonzero(areas >= least) if label]
    return [_Part(label, int(areas[label]), *witness.over(labels == label)) for label in chosen]


def _nearest(labels: NDArray[np.int32], place: NDArray[np.bool_]) -> NDArray[np.float32]:
    """For every label how near its part comes to a place, in pixels; 0 for what is no part."""
    distance = np.asarray(cv2.distanceTransform((~place).astype(np.uint8), cv2.DIST_L2, 3), np.float32)
    inside = labels > 0
    nearest = np.full(labels.max() + 1, np.inf, np.float32)
    np.minimum.at(nearest, labels[inside], distance[inside])
    nearest[0] = 0
    return nearest
