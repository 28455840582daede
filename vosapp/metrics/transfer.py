"""JumpCut's transfer error: what part of an object's area is wrong after a mask was carried over some frames.

Fan et al., "JumpCut: Non-Successive Mask Transfer and Interpolation for Video Cutout", SIGGRAPH Asia 2015. There is
no public evaluation code; this follows the protocol as the RGMP paper restates it (Oh et al., CVPR 2018, table 4).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

KEY_FRAMES = range(0, 97, 16)
DISTANCES = (8, 16, 32)


def transfer_error(result: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    """Wrong pixels over the object's pixels; may exceed 1. NaN when the truth is empty: such a pair is left out."""
    area = np.count_nonzero(truth)
    return float(np.count_nonzero(result != truth) / area) if area else math.nan
