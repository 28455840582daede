"""Select without a network: OpenCV's GrabCut, seeded by the marks. The baseline that the network has to beat."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.core.mask import BoolImage
from vosapp.engine.propagator import Probability
from vosapp.engine.select.drawing import draw_stroke
from vosapp.engine.select.marks import Marks, Stroke
from vosapp.video.source import RgbImage

_LONGER_SIDE_PX = 480  # pictures are made smaller than this first: GrabCut takes a second a megapixel
_ITERATIONS = 3
_REACH = 0.2  # of the longer side: around a mark within which the object is looked for when there is no box
_MARK_PX = 3


class GrabCutSelector:
    """A `Selector`."""

    def __init__(self, rgb: RgbImage, prediction: BoolImage | None = None) -> None:
        self._shape = rgb.shape[:2]
        self._scale = min(1.0, _LONGER_SIDE_PX / max(self._shape))
        height, width = (max(1, round(side * self._scale)) for side in self._shape)
        self._small = np.ascontiguousarray(cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA)[..., ::-1])
        self._prediction = None
        if prediction is not None and prediction.any():
            shape = prediction.astype(np.uint8)
            self._prediction = cv2.resize(shape, (width, height), interpolation=cv2.INTER_NEAREST)

    def propose(self, marks: Marks) -> Probability:
        """See `Selector`; 0 or 1."""
        if not marks and self._prediction is None:
            return np.zeros(self._shape, np.float32)
        trimap = self._trimap(marks)
        if not np.isin(trimap, (cv2.GC_BGD, cv2.GC_PR_BGD)).any():
            return np.ones(self._shape, np.float32)
        if not np.isin(trimap, (cv2.GC_FGD, cv2.GC_PR_FGD)).any():
            return np.zeros(self._shape, np.float32)
        # Its Gaussians are drawn with OpenCV's generator: the same marks are to give the same mask.
        cv2.setRNGSeed(1)
        models = np.zeros((1, 65)), np.zeros((1, 65))
        cv2.grabCut(self._small, trimap, None, *models, _ITERATIONS, cv2.GC_INIT_WITH_MASK)  # type: ignore[call-overload]
        inside = np.isin(trimap, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.float32)
        whole = cv2.resize(inside, self._shape[::-1], interpolation=cv2.INTER_LINEAR)
        return np.asarray(whole >= 0.5, np.float32)

    def _trimap(self, marks: Marks) -> NDArray[np.uint8]:
        """What is known of each pixel: marked, likely the object, or likely not."""
        trimap = np.full(self._small.shape[:2], cv2.GC_PR_BGD, np.uint8)
        if self._prediction is not None:
            trimap[self._prediction > 0] = cv2.GC_PR_FGD
        elif marks.box is not None:
            trimap[:] = cv2.GC_BGD
            left, top, right, bottom = (round(side * self._scale) for side in marks.box)
            trimap[max(0, top) : bottom, max(0, left) : right] = cv2.GC_PR_FGD
        else:
            reach = round(_REACH * max(trimap.shape))
            for x, y in marks.points(inside=True):
                place = (round(x * self._scale), round(y * self._scale))
                cv2.circle(trimap, place, reach, cv2.GC_PR_FGD, -1)
        for is_inside, value in ((True, cv2.GC_FGD), (False, cv2.GC_BGD)):
            marked = np.zeros_like(trimap)
            for stroke in marks.strokes:
                if stroke.is_inside == is_inside:
                    points = tuple((x * self._scale, y * self._scale) for x, y in stroke.points)
                    draw_stroke(marked, Stroke(points, is_inside), radius_px=_MARK_PX)
            trimap[marked > 0] = value
        return trimap
