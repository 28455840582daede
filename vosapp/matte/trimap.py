"""What a painted trimap does to masks and alphas: what the user is sure of holds, whatever the picture says."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vosapp.core.mask import BoolImage
from vosapp.core.trimap import TrimapKind
from vosapp.core.trimap_edits import TrimapImage
from vosapp.matte.outline import distance_to_outline


def with_trimap(mask: BoolImage, trimap: TrimapImage) -> BoolImage:
    """A mask (height, width) with what is surely in it, and without what is surely not."""
    return np.asarray((mask | (trimap == TrimapKind.INSIDE)) & (trimap != TrimapKind.OUTSIDE), np.bool_)


def distance_with_trimap(inside_px: NDArray[np.float32], trimap: TrimapImage) -> NDArray[np.float32]:
    """Signed distances (height, width) to an outline around what is surely inside that leaves out what is not."""
    for kind, sign, nearer in ((TrimapKind.INSIDE, 1, np.maximum), (TrimapKind.OUTSIDE, -1, np.minimum)):
        painted = trimap == kind
        if painted.any():
            inside_px = nearer(inside_px, sign * distance_to_outline(painted))
    return np.asarray(inside_px, np.float32)


def with_sure(alpha: NDArray[np.float32], trimap: TrimapImage | None) -> NDArray[np.float32]:
    """An alpha (height, width) that is 1 where the user is sure of the object, and 0 where of what is around it."""
    if trimap is None:
        return alpha
    result = alpha.copy()
    result[trimap == TrimapKind.INSIDE] = 1
    result[trimap == TrimapKind.OUTSIDE] = 0
    return result
