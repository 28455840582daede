"""The mask that is shown, from the mask that the pass goes on from: drawn to the picture's edges, and stricter.

The pass leans towards inside, because what it lets go of seldom comes back; shown as it is, such a mask is too wide.
And the network decides at a fraction of the frame's size, coarser than the edges that can be seen.
"""

from __future__ import annotations

import cv2
import numpy as np

from vosapp.engine.propagator import Probability
from vosapp.video.source import RgbImage

_NOTHING = 0.02  # where no pixel near is more than this there is nothing to draw
_MARGIN_PX = 16
_RADIUS_PX = 4.0  # of the filter, at 480p
_480P = 480 * 854
_EDGE = 1e-4  # variance of colours, in shares of white squared, from which a surface counts as an edge


def settled(mask: Probability, rgb: RgbImage, strictness: float) -> Probability:
    """The mask to show.

    A guided filter (He, Sun and Tang, PAMI 2013) draws it to the edges of the picture; then `strictness` is taken
    from its log-odds.

    Args:
        mask: (height, width) in 0..1, of the pass.
        rgb: (height, width, 3) uint8, the frame.
        strictness: 0 changes nothing but the edges.
    """
    shown = np.zeros_like(mask)
    left, top, width, height = cv2.boundingRect((mask > _NOTHING).astype(np.uint8))
    if not width:
        return shown
    area = (
        slice(max(0, top - _MARGIN_PX), top + height + _MARGIN_PX),
        slice(max(0, left - _MARGIN_PX), left + width + _MARGIN_PX),
    )
    radius = max(2, round(_RADIUS_PX * (mask.size / _480P) ** 0.5))
    drawn = cv2.ximgproc.guidedFilter(
        np.ascontiguousarray(rgb[area]),
        np.ascontiguousarray(mask[area]),
        radius,
        _EDGE * 255**2,
        scale=1 / max(1, round(radius / _RADIUS_PX)),
    )
    inside = np.clip(drawn, 0, 1)
    # p / (p + (1 - p) * e^s) is the probability whose log-odds are s lower.
    shown[area] = inside / (inside + (1 - inside) * np.float32(np.exp(strictness)))
    return shown
