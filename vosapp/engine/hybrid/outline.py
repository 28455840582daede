"""The mask that is shown, from the mask that the pass goes on from: drawn to the picture's edges, and stricter.

The pass leans towards inside, because what it lets go of seldom comes back; shown as it is, such a mask is too wide.
And the network decides at a fraction of the frame's size, coarser than the edges that can be seen.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from vosapp.engine.propagator import Probability
from vosapp.video.source import RgbImage

_480P = 480 * 854
_RADIUS_PX = 4.0  # of the filter, at 480p: two of the pixels that the network decides
_NOTHING = 0.02  # what is less stays nothing: it cannot become a pixel of the mask


@dataclass(frozen=True, slots=True)
class OutlineSettings:
    """How a mask is drawn.

    Attributes:
        edge: variance of colours, in shares of white squared, from which a surface counts as an edge. Chosen on
            ten shots of DAVIS 2016.
        strictness: taken from the log-odds of what is shown, which may be narrower than what is kept in sight. Chosen
            with the lean on ten shots of DAVIS 2016.
    """

    edge: float = 1e-4
    strictness: float = 0.55


def settled(mask: Probability, rgb: RgbImage, settings: OutlineSettings) -> Probability:
    """The mask to show.

    A guided filter (He, Sun and Tang, PAMI 2013) draws it to the edges of the picture; then the strictness is
    taken from its log-odds.

    Args:
        mask: (height, width) in 0..1, of the pass.
        rgb: (height, width, 3) uint8, the frame.
        settings: how.
    """
    shown = np.zeros_like(mask)
    left, top, width, height = cv2.boundingRect((mask > _NOTHING).astype(np.uint8))
    if not width:
        return shown
    radius = max(2, round(_RADIUS_PX * (mask.size / _480P) ** 0.5))
    margin = 4 * radius  # the filter looks twice as far as its radius; beyond it nothing changes
    area = (
        slice(max(0, top - margin), top + height + margin),
        slice(max(0, left - margin), left + width + margin),
    )
    drawn = cv2.ximgproc.guidedFilter(
        np.ascontiguousarray(rgb[area]),
        np.ascontiguousarray(mask[area]),
        radius,
        settings.edge * 255**2,
        scale=1 / max(1, round(radius / _RADIUS_PX)),
    )
    inside = np.clip(drawn, 0, 1)
    # p / (p + (1 - p) * e^s) is the probability whose log-odds are s lower.
    shown[area] = inside / (inside + (1 - inside) * np.float32(np.exp(settings.strictness)))
    return shown
