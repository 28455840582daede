"""Parts of a mask that are not the object but look like it, by what trusted frames say of each part.

A mask that has taken in a look-alike does not let go of it by itself: the recent frames say that it belongs. Trusted
frames do not forget. Parts that stand apart are compared as wholes, over which the noise of single places is gone.
And nothing comes from nowhere: a part far from all that was there a frame before must look just like the object.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.engine.hybrid.window import Window
from vosapp.engine.propagator import Probability
from vosapp.models.hybrid.memory import CELL

_SOFT_PX = 2  # beyond a part's outline its soft edge goes along: one pixel of what the network decides


class Witness(NamedTuple):
    """What is known of the places of a window beside the mask.

    Attributes:
        window: where.
        own: (h, w) float32 in 0..1, how far the places that look alike on trusted frames were the object's.
        carried: float32 in 0..1, the last mask as flow moves it, in the pixels of the window.
    """

    window: Window
    own: NDArray[np.float32]
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
    areas, likeness = _judged(labels, witness.own)
    spoken_for = areas * likeness
    body = int(spoken_for.argmax() if spoken_for.any() else areas.argmax())
    away = _nearest(labels, labels == body) / size
    is_large = areas >= min(CELL**2, areas.max())  # smaller ones cover too few places to be judged by their looks
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


def _judged(labels: NDArray[np.int32], own: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Pixels of each label, 0 for the outside, and the mean of what is said of them."""
    size = (labels.shape[1], labels.shape[0])
    said = np.asarray(cv2.resize(own, size, interpolation=cv2.INTER_LINEAR), np.float64)
    areas = _areas(labels)
    sums = np.bincount(labels.ravel(), weights=said.ravel())
    return areas, sums / np.maximum(areas, 1)


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
