"""Layer: one thing that takes part in a generated clip."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vosapp.data.generator.layers import Picture
from vosapp.data.generator.motion import Pose

BACKGROUND, TARGET, KNOWN, STRANGER = range(4)


@dataclass(frozen=True, slots=True)
class Layer:
    """One member of the cast.

    Attributes:
        role: BACKGROUND, TARGET (the object to follow), KNOWN (another object the user follows) or STRANGER.
        pictures: what it shows at each frame of the clip.
        poses: where, at each frame.
        shift: its motion per frame in pixels.
    """

    role: int
    pictures: tuple[Picture, ...]
    poses: tuple[Pose, ...]
    shift: NDArray[np.float64]
