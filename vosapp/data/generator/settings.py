"""GeneratorSettings, and the TrainingClip that the generator makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class GeneratorSettings:
    """Settings of generated training clips.

    Attributes:
        size_px: height and width of a clip; a multiple of 16.
        steps: frames to predict. A clip has the anchor, the frame before the first predicted one, and these.
        smallest, largest: the longer side of the object's box on the frame before, as a share of the frame.
        real_clips: share of clips cut from real clips with masks, where there are any.
        in_place: share of clips in which the object keeps the photograph it was taken on as background.
        bent: share of clips that are one photograph bent as a whole, so that no edge is a cut-out's.
        turned: share of composed clips in which the object turns and shows sides that the anchor did not see.
        crossing: share of composed clips in which a look-alike comes near and passes before or behind the object.
        limbs: share of composed clips in which thin parts of the object swing about joints.
        poles: share of composed and bent clips in which narrow things pass before the object.
        speed: factor on all motion.
        calm: share of clips in which everything moves slowly, as most footage does.
        damage: share of clips whose guidance mask is damaged as a drifted prediction would be.
    """

    size_px: int = 192
    steps: int = 2
    smallest: float = 0.22
    largest: float = 0.85
    real_clips: float = 0.12
    in_place: float = 0.45
    bent: float = 0.0
    turned: float = 0.0
    crossing: float = 0.0
    limbs: float = 0.0
    poles: float = 0.0
    speed: float = 1.0
    calm: float = 0.0
    damage: float = 0.8


class Frames(NamedTuple):
    """The frames of a clip, in the order of `TrainingClip`, all uint8.

    Attributes:
        rgb: (frames, size, size, 3).
        masks: (frames, size, size) of the object, soft.
        others: (frames, size, size) of the other objects that are followed.
        near: (size, size) whatever a drifting mask might take for the object on the frame before.
    """

    rgb: NDArray[np.uint8]
    masks: NDArray[np.uint8]
    others: NDArray[np.uint8]
    near: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class TrainingClip:
    """Frames 0 (anchor, any time away), 1 (the frame before), 2, 3, ... (consecutive, to be predicted).

    Attributes:
        rgb: (frames, size, size, 3) uint8.
        masks: (frames, size, size) uint8, 255 where the object is; edges are soft.
        others: (frames, size, size) uint8, the same for the other objects that the user follows.
        guidance: (size, size) uint8, the mask of frame 1 as a drifted prediction might have left it.
    """

    rgb: NDArray[np.uint8]
    masks: NDArray[np.uint8]
    others: NDArray[np.uint8]
    guidance: NDArray[np.uint8]
