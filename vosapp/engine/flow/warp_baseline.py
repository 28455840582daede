"""The baseline that every engine has to beat: the previous soft mask, moved by optical flow, and nothing else.

No memory, no image evidence, no cleaning up. It is measured beside the engines and never offered in the window.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.core.document import ObjectId
from vosapp.engine.propagator import Prediction, Probability
from vosapp.optical_flow import GreyImage, grey, warp
from vosapp.video.source import RgbImage


class PlainFlowPropagator:
    """Warps the last probabilities along OpenCV's DIS flow, medium preset as it comes. A `Propagator`.

    The doubt is the share of pixels around the outline (between 0.05 and 0.95) in the object's area: what blurs
    under repeated warping, which is all that this baseline can know about itself.
    """

    def __init__(self) -> None:
        # Any: the stubs do not know that the initial flow may be None.
        self._dis: Any = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
        self._grey: GreyImage | None = None
        self._state: dict[ObjectId, Probability] = {}

    def remember(self, frame_index: int, rgb: RgbImage, masks: Mapping[ObjectId, Probability]) -> None:
        """Does nothing: warping knows no reference but the frame before."""

    def step(
        self,
        frame_index: int,  # noqa: ARG002 - the protocol's
        rgb: RgbImage,
        given: Mapping[ObjectId, Probability] | None = None,
    ) -> Prediction:
        """Moves every object to this frame; see `Propagator.step`."""
        picture = grey(rgb)
        if self._grey is not None and self._state:
            flow = np.asarray(self._dis.calc(picture, self._grey, None), np.float32)
            self._state = {i: _moved(mask, flow) for i, mask in self._state.items()}
        self._grey = picture
        doubt = {object_id: _blur(mask) for object_id, mask in self._state.items()}
        for mask in (given or {}).values():
            self._state = {i: np.minimum(other, 1 - mask) for i, other in self._state.items()}
        self._state |= given or {}
        doubt |= dict.fromkeys(given or {}, 0.0)
        return Prediction(dict(self._state), doubt)

    def fork(self) -> PlainFlowPropagator:
        """See `vosapp.engine.propagator.Forkable`."""
        fork = copy.copy(self)
        fork._state = dict(self._state)
        return fork

    def forget(self, object_ids: Collection[ObjectId]) -> None:
        """Drops objects from the pass."""
        for object_id in object_ids:
            self._state.pop(object_id, None)


def build_plain_flow(device: str = "auto", **_options: object) -> PlainFlowPropagator:  # noqa: ARG001 - one call for all
    """The baseline; it runs on the processor whatever the device."""
    return PlainFlowPropagator()


def _moved(mask: Probability, flow: NDArray[np.float32]) -> Probability:
    return np.asarray(warp(mask, flow), np.float32)


def _blur(mask: Probability) -> float:
    inside = int(np.count_nonzero(mask >= 0.5))
    unsure = int(np.count_nonzero((mask > 0.05) & (mask < 0.95)))
    return min(1.0, unsure / (unsure + inside)) if inside else 1.0
