"""carried_trimap: what was painted over an edge on one frame, moved to the next along the optical flow.

Only what is recognised again is carried: where the flow does not come back to where it began, or the moved picture
looks otherwise, nothing is said of a pixel, and the artist sees a gap rather than paint that is wrong.
"""

from __future__ import annotations

import cv2
import numpy as np

from vosapp.core.trimap import TrimapKind
from vosapp.core.trimap_edits import TrimapImage
from vosapp.optical_flow import FlowEstimator, grey, round_trip_error, warp
from vosapp.video.source import RgbImage

_ASTRAY_PX = 2.0  # by which the flow may miss where it began
_ALIKE_LEVELS = 10.0  # by which moved pictures may differ, in the mean over:
_ALIKE_PX = 9


def carried_trimap(trimap: TrimapImage, before: RgbImage, now: RgbImage) -> TrimapImage:
    """The trimap (height, width) of a picture, moved to another (height, width, 3) uint8."""
    flows, there, here = FlowEstimator(), grey(before), grey(now)
    flow = flows.flow(here, there)
    difference = cv2.absdiff(here, np.asarray(warp(there, flow, outside=None))).astype(np.float32)
    is_known = cv2.blur(difference, (_ALIKE_PX, _ALIKE_PX)) <= _ALIKE_LEVELS
    is_known &= round_trip_error(flow, flows.flow(there, here)) <= _ASTRAY_PX
    result = np.zeros_like(trimap)
    for kind in TrimapKind:
        moved = warp((trimap == kind).astype(np.float32), flow)
        result[(moved >= 0.5) & is_known] = kind
    return result
