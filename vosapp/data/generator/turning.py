"""Objects that turn: their outline stays, their surface passes along behind it and a side that was hidden comes in.

What a network has never seen on the anchor is part of the object all the same. Flat cut-outs never teach that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.data.generator.layers import Picture
from vosapp.data.photographs.cutouts import Cutout

Rgb = NDArray[np.uint8]
_MOST_TURNED = 0.7  # of the width that may be new on the frame before, against the anchor
_PACE = 0.12  # most of the width that comes in within a frame
_SEAM = 0.04  # of the width, over which one side goes over into the other


def turning(
    pictures: Sequence[Picture], other: Cutout, random: np.random.Generator, speed: float
) -> tuple[Picture, ...]:
    """The same object at each moment, turned further and further.

    Args:
        pictures: one for each frame, all alike: the anchor, the frame before, and what follows.
        other: what the other side looks like.
        random: draws how far, how fast and which way.
        speed: factor on the pace.
    """
    front = pictures[0]
    if front.alpha is None:
        return tuple(pictures)
    ways = int(random.integers(4))
    surface = _surface(np.rot90(_filled(front.rgb, front.alpha), ways), np.rot90(_filled(other.rgb, other.alpha), ways))
    start, pace = random.uniform(0, _MOST_TURNED), random.uniform(0, _PACE) * speed
    turned = (0.0, *(min(1.0, start + pace * k) for k in range(len(pictures) - 1)))
    return tuple(replace(front, rgb=np.ascontiguousarray(np.rot90(_view(surface, t), -ways))) for t in turned)


def _filled(rgb: Rgb, alpha: NDArray[np.uint8]) -> Rgb:
    """The picture with the object's own colours, blurred, where the object is not."""
    weight = np.asarray(alpha, np.float32)[..., None] / 255
    sigma = max(rgb.shape[:2]) / 12
    colours = cv2.GaussianBlur(rgb * weight, (0, 0), sigma)
    near = cv2.GaussianBlur(weight, (0, 0), sigma)[..., None]
    spread = (colours + 1e-3 * rgb) / (near + 1e-3)
    return np.asarray(rgb * weight + spread * (1 - weight), np.uint8)


def _surface(front: Rgb, back: Rgb) -> Rgb:
    """Both sides next to each other, twice as wide as the front, without a hard seam."""
    height, width = front.shape[:2]
    back = np.asarray(cv2.resize(back, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    seam = max(1, round(_SEAM * width))
    share = np.linspace(1, 0, seam, dtype=np.float32)[:, None]
    mixed = front[:, width - seam :] * share + np.asarray(back[:, :1], np.float32) * (1 - share)
    return np.concatenate([front[:, : width - seam], mixed.astype(np.uint8), back], axis=1)


def _view(surface: Rgb, turned: float) -> Rgb:
    """What is in front: 0 the front, 1 the back."""
    width = surface.shape[1] // 2
    first = round(turned * width)
    return surface[:, first : first + width]
