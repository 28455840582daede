"""Contact sheets: training clips side by side, with outlines, to be looked at by eye."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.data.generator.settings import TrainingClip

_OBJECT, _GUIDANCE, _OTHERS = (255, 0, 0), (0, 255, 0), (0, 0, 255)
_GAP_PX = 4


def contact_sheet(clips: Sequence[TrainingClip], columns: int = 2) -> NDArray[np.uint8]:
    """(height, width, 3) uint8 RGB: one clip a strip, its frames from left to right.

    The object is outlined in red, what else is followed in blue; on the second frame the damaged guidance in green.
    Clips have the same size and length.
    """
    strips = [np.hstack([_outlined(clip, index) for index in range(len(clip.rgb))]) for clip in clips]
    strips += [np.zeros_like(strips[0])] * (-len(strips) % columns)
    rows = [np.hstack([_framed(strip) for strip in strips[k : k + columns]]) for k in range(0, len(strips), columns)]
    return np.asarray(np.vstack(rows), np.uint8)


def _outlined(clip: TrainingClip, index: int) -> NDArray[np.uint8]:
    picture: NDArray[np.uint8] = clip.rgb[index].copy()
    picture[_outline(clip.others[index])] = _OTHERS
    picture[_outline(clip.masks[index])] = _OBJECT
    if index == 1:
        picture[_outline(clip.guidance)] = _GUIDANCE
    return picture


def _outline(mask: NDArray[np.uint8]) -> NDArray[np.bool_]:
    inside = (mask > 127).astype(np.uint8)
    return np.asarray(cv2.morphologyEx(inside, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0)


def _framed(strip: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.pad(strip, ((0, _GAP_PX), (0, _GAP_PX), (0, 0)), constant_values=255)
