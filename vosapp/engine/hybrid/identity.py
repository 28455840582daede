"""Parts of a mask that are not the object but look like it, by what trusted frames say of each part.

A mask that has taken in a look-alike does not let go of it by itself: the recent frames say that it belongs. Trusted
frames do not forget. Parts that stand apart are compared as wholes, over which the noise of single places is gone.
And nothing comes from nowhere: a part far from all that was there a frame before must look just like the object.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.core.document import ObjectId
from vosapp.engine.hybrid.window import Window
from vosapp.engine.propagator import Probability
from vosapp.models.hybrid.memory import CELL

_SOFT_PX = 2  # beyond a part's outline its soft edge goes along: one pixel of what the network decides


class Witness(NamedTuple):
    """What is known of the places of a window beside the mask.

    Attributes:
        window: where.
        own: (h, w) float32 in 0..1, how far the places that look alike on trusted frames were the object's.
        others: the same for the other followed objects together.
        carried: float32 in 0..1, the last mask as flow moves it, in the pixels of the window.
    """

    window: Window
    own: NDArray[np.float32]
    others: NDArray[np.float32]
    carried: NDArray[np.float32]


def without_strays(mask: Probability, witness: Witness, size_px: float, apart: float) -> Probability:
    """The mask without parts that stand apart from the body and are none of the object.

    The body is the part that most speaks for: its area by its likeness. A part must look the more like it the farther
    away it is, and just like it where nothing of the last mask goes on in it or near it.

    Args:
        mask: (height, width) in 0..1, of one object.
        witness: of the same object.
        size_px: the object's usual size in pixels of the frame.
        apart: of that size, from which a part counts as standing apart. There it needs two thirds of the body's
            likeness, farther away more.
    """
    labels = _labelled(witness.window.mask(mask) >= 0.5)
    if labels.max() < 2:
        return mask
    size = size_px * witness.window.scale
    areas, likeness = _areas(labels), _means(labels, witness.own)
    spoken_for = areas * likeness
    body = int(spoken_for.argmax() if spoken_for.any() else areas.argmax())
    away = _nearest(labels, labels == body) / size
    is_large = _are_large(areas)
    needed = away / (away + apart / 2)
    gone = (away > apart) & is_large & (likeness < needed * likeness[body])
    going_on = np.bincount(labels[witness.carried >= 0.5], minlength=len(areas)) > 0
    going_on[0] = False
    if going_on.any():
        from_nowhere = _nearest(labels, going_on[labels]) / size > apart
        gone |= from_nowhere & ~(is_large & (likeness >= likeness[body]))
    gone[0] = False
    if not gone.any():
        return mask
    return np.where(_on_frame(gone[labels], witness.window, mask.shape), np.float32(0), mask)


def stands_in_parts(mask: Probability, window: Window, size_px: float, apart: float) -> bool:
    """Whether a mask (height, width) that was given has parts that stand apart: then nothing apart is a stray."""
    labels = _labelled(window.mask(mask) >= 0.5)
    if labels.max() < 2:
        return False
    areas = _areas(labels)
    away = _nearest(labels, labels == areas.argmax())
    return bool(((areas >= CELL**2) & (away > apart * size_px * window.scale)).any())


def handed_over(
    masks: Mapping[ObjectId, Probability],
    witnesses: Mapping[ObjectId, Witness],
    usual_px: Mapping[ObjectId, float],
    apart: float,
) -> dict[ObjectId, Probability]:
    """Gives parts that an object has taken from another, which was hidden and came back, to that one.

    Only where the first keeps a part that is more like itself, and only parts that are more like the others.

    Args:
        masks: (height, width) in 0..1 of every object that was found.
        witnesses: of the same objects.
        usual_px: areas that the same objects usually have.
        apart: an object of less than this share of its usual area, and of the part's, is away; a part whose likeness
            to itself is so much below that to the others is one of them.
    """
    result = dict(masks)
    areas = {i: int(np.count_nonzero(mask >= 0.5)) for i, mask in masks.items()}
    away = {i for i, area in areas.items() if area < apart * usual_px[i]}
    for taker in masks if away else ():
        witness = witnesses[taker]
        labels = _labelled(witness.window.mask(result[taker]) >= 0.5)
        own, others = (_means(labels, said) for said in (witness.own, witness.others))
        parts = np.flatnonzero(_are_large(_areas(labels)))
        if not (own[parts] > others[parts]).any():
            continue
        for part in parts[own[parts] < (1 - apart) * others[parts]]:
            region = _on_frame(labels == part, witness.window, result[taker].shape)
            lost = [i for i in away if i != taker and areas[i] < apart * np.count_nonzero(region)]
            if lost:
                owner = max(lost, key=lambda i: _likeness(witnesses[i], region))
                result[owner] = np.where(region, np.maximum(result[owner], result[taker]), result[owner])
                result[taker] = np.where(region, np.float32(0), result[taker])
                away.discard(owner)
    return result


def _likeness(witness: Witness, region: NDArray[np.bool_]) -> float:
    """The mean of what is said of an object over a region of the frame; 0 where its window does not reach."""
    return float(witness.window.put_back(witness.own, (region.shape[0], region.shape[1]))[region].mean())


def _means(labels: NDArray[np.int32], said: NDArray[np.float32]) -> NDArray[np.float64]:
    """The mean over each label of what is said of the places (h, w) of a window; 0 for the outside."""
    enlarged = cv2.resize(said, (labels.shape[1], labels.shape[0]), interpolation=cv2.INTER_LINEAR)
    sums = np.bincount(labels.ravel(), weights=np.asarray(enlarged, np.float64).ravel())
    sums[0] = 0
    return np.asarray(sums / np.maximum(_areas(labels), 1), np.float64)


def _are_large(areas: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether each part covers enough places to be judged by its looks; the largest of them does."""
    return np.asarray((areas > 0) & (areas >= min(CELL**2, areas.max())), np.bool_)


def _labelled(inside: NDArray[np.bool_]) -> NDArray[np.int32]:
    """The numbers of the connected parts, from 1; 0 outside."""
    return np.asarray(cv2.connectedComponents(inside.astype(np.uint8))[1], np.int32)


def _areas(labels: NDArray[np.int32]) -> NDArray[np.float64]:
    """Pixels of each label; 0 for the outside."""
    areas = np.bincount(labels.ravel()).astype(np.float64)
    areas[0] = 0
    return areas


def _nearest(labels: NDArray[np.int32], place: NDArray[np.bool_]) -> NDArray[np.float32]:
    """For every label how near its part comes to a place, in pixels; 0 for what is no part."""
    distance = np.asarray(cv2.distanceTransform((~place).astype(np.uint8), cv2.DIST_L2, 3), np.float32)
    inside = labels > 0
    nearest = np.full(labels.max() + 1, np.inf, np.float32)
    np.minimum.at(nearest, labels[inside], distance[inside])
    nearest[0] = 0
    return nearest


def _on_frame(region: NDArray[np.bool_], window: Window, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """A region of the window and its soft edge, on a frame of a shape."""
    kernel = np.ones((2 * _SOFT_PX + 1,) * 2, np.uint8)
    grown = np.asarray(cv2.dilate(region.astype(np.uint8), kernel), np.float32)
    return window.put_back(grown, (shape[0], shape[1])) >= 0.5
