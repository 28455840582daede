"""What a trusted mask says against the looks: it has to stay true, though every frame after it looks otherwise.

Who erases part of an object, or adds what looks like the ground, contradicts what the appearance model makes of the
picture. Left alone, the looks bring the part back within three frames. So on a trusted mask the model's error is
measured where it is more than a frayed outline, and taken off its scores from then on: it moves with the picture, and
is given up where the object's mask no longer has it, or where something else comes into view. A thin gap with the
object on both sides, or a thin limb with the ground on both, is no fraying: somebody drew it.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.optical_flow import Flow, warp
from vosapp.video.source import RgbImage

_CORE_PX = 7  # what is narrower along an outline, on the working picture, is noise of the model and fraying
_THIN_PX = 3  # what is narrower anywhere: the working picture cannot hold it
_SPAN_PX = 15  # a gap or limb of up to this is told from an outline by what lies on its other side
_RIM_PX = 5  # a claim reaches half of this over its core
_ADDED = np.float32(0.2)  # score that what was added is lifted to: its surroundings pull it down
_FIRM = 0.3  # appearance score from which a claim also parts surfaces, and stands against the motion
_BLUR_PX = 3.0  # colours are compared over this, so that texture a pixel astray is no other thing
_OTHER = 15  # difference of a channel from which a pixel shows another thing than the one it is said to come from
_OPPOSITE = 128  # the highest bit of a sample


@dataclass(frozen=True, slots=True)
class Claims:
    """What is added to the appearance score of an object.

    Attributes:
        score: (height, width) float32 of the working picture, -1..1: above 0 where the object is though it looks like
            the ground, below 0 where it is not though it looks like the object, and 0 where there is no claim.
        colours: (height, width, 3) uint8, what is seen there, blurred.
    """

    score: NDArray[np.float32]
    colours: RgbImage

    @classmethod
    def of(cls, picture: RgbImage, score: NDArray[np.float32], inside: NDArray[np.bool_]) -> Claims | None:
        """The claims of a trusted mask.

        Args:
            picture: (height, width, 3) the working picture.
            score: (height, width) appearance, -1..1, from a model that has learnt the mask; 0 where nobody looked.
            inside: (height, width) the mask.

        Returns:
            None when there are none.
        """
        wrong = np.where(inside, score < 0, score > 0).astype(np.uint8)
        broad = cv2.morphologyEx(wrong, cv2.MORPH_OPEN, _disc(_CORE_PX))
        thin = cv2.morphologyEx(wrong & _gaps_and_limbs(inside), cv2.MORPH_OPEN, _disc(_THIN_PX))
        core = cv2.bitwise_or(broad, thin)
        grown = cv2.bitwise_and(cv2.dilate(core, _disc(_RIM_PX)), wrong)
        wanted = np.where(inside, _ADDED, np.float32(0))
        return _some(np.where(grown > 0, wanted - score, np.float32(0)), _blurred(picture))

    def moved(self, picture: RgbImage, flow: Flow) -> Claims:
        """On the next frame (height, width, 3), along its flow (height, width, 2) to this one.

        What was hidden by the thing that a claim is about would inherit it: there the colours differ.
        """
        colours = _blurred(picture)
        change = cv2.absdiff(colours, warp(self.colours, flow, outside=None)).max(axis=2)
        return Claims(np.where(change < _OTHER, warp(self.score, flow), np.float32(0)), colours)

    def kept(self, inside: NDArray[np.bool_]) -> Claims | None:
        """Those that a decision (height, width) agrees with; None when there are none."""
        return _some(np.where(inside, np.maximum(self.score, 0), np.minimum(self.score, 0)), self.colours)

    def weight(self, shape: tuple[int, int]) -> NDArray[np.float32]:
        """How firm they are on a picture of another (height, width): 0..1."""
        firm = np.clip(np.abs(self.score) / _FIRM, 0, 1)
        return np.asarray(cv2.resize(firm, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR), np.float32)

    def against_motion(self) -> NDArray[np.float32]:
        """(height, width) share of the motion's evidence that counts: what was added may well move with the ground."""
        claimed = cv2.dilate(np.clip(self.score / _FIRM, 0, 1), _disc(_RIM_PX))
        return np.asarray(1 - claimed, np.float32)


def parted(picture: RgbImage, claims: NDArray[np.float32], inside: NDArray[np.bool_]) -> RgbImage:
    """A picture in which firm claims lie behind edges, so that no smoothing along surfaces runs over their bounds.

    Args:
        picture: (height, width, 3).
        claims: (height, width) their score on it.
        inside: (height, width) the moved mask, whose outline the bounds are drawn along.
    """
    firm = np.where(inside, claims > _FIRM, claims < -_FIRM)
    apart = np.array(picture, copy=True)
    apart[firm] ^= np.uint8(_OPPOSITE)
    return apart


def _gaps_and_limbs(inside: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """(height, width) 1 where the mask is thin, or where what is not in it is thin and lies between its parts."""
    solid = inside.astype(np.uint8)
    closed = cv2.morphologyEx(solid, cv2.MORPH_CLOSE, _disc(_SPAN_PX))
    opened = cv2.morphologyEx(solid, cv2.MORPH_OPEN, _disc(_SPAN_PX))
    return np.asarray(closed - opened, np.uint8)  # gaps are in the one only, limbs are not in the other


def _some(score: NDArray[np.float32], colours: RgbImage) -> Claims | None:
    return Claims(np.asarray(score, np.float32), colours) if score.any() else None


def _blurred(picture: RgbImage) -> RgbImage:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), _BLUR_PX), np.uint8)


def _disc(size_px: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size_px, size_px)), np.uint8)
