"""Two predictions of one frame, made from the anchors on either side of it, become one.

Source: blending by distance between two annotated frames is MiVOS's idea (Cheng et al., CVPR 2021), where a network
does it.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from vosapp.core.mask import BoolImage, bounding_box
from vosapp.engine.propagator import Probability

_LEVELS = 15  # probabilities are kept in 4 bits: blending decides at a half, where one level more or less is nothing
_LEAST_SURE = 1e-3
_SURENESS = 3  # power of it that counts: a side that has all but lost the object must not take it from the other


@dataclass(frozen=True, slots=True)
class OneSided:
    """Prediction of one pass.

    Attributes:
        probability: (height, width) in 0..1.
        doubt: 0 to 1.
        distance: frames from the anchor that it came from.
    """

    probability: Probability
    doubt: float
    distance: int


def blended(first: OneSided, second: OneSided) -> tuple[Probability, float, float]:
    """The probability (height, width), the doubt of both together, and how far they disagree where it matters, 0..1.

    The nearer anchor counts more, linearly, and so does the surer prediction. Log-odds are mixed, so that at a pixel
    where one side wavers the other decides. Where both are far from their anchors and disagree, the doubt is high,
    however sure each was.
    """
    whole = first.distance + second.distance
    shares = [
        (1 - side.distance / whole) * max(1 - side.doubt, _LEAST_SURE) ** _SURENESS + _LEAST_SURE**4
        for side in (first, second)
    ]
    share = shares[0] / (shares[0] + shares[1])
    odds = np.float32(share) * _odds(first.probability) + np.float32(1 - share) * _odds(second.probability)
    probability = np.clip(0.5 + (1 / (1 + np.exp(-odds)) - 0.5) / (1 - 1 / _LEVELS), 0, 1)
    middle = 4 * first.distance * second.distance / whole**2
    disagreement = middle * (1 - _overlap(first.probability >= 0.5, second.probability >= 0.5))
    doubt = max(share * first.doubt + (1 - share) * second.doubt, disagreement)
    return np.asarray(probability, np.float32), float(min(1.0, doubt)), disagreement


def _odds(probability: Probability) -> Probability:
    """Log-odds, no surer than the levels that are kept of a probability tell apart."""
    clipped = np.clip(probability, 0.5 / _LEVELS, 1 - 0.5 / _LEVELS)
    return np.asarray(np.log(clipped / (1 - clipped)), np.float32)


def _overlap(first: BoolImage, second: BoolImage) -> float:
    either = np.count_nonzero(first | second)
    return np.count_nonzero(first & second) / either if either else 1.0


class Packed(NamedTuple):
    """A probability as it is kept until the other pass has been there: a level of 0 to 15 for each pixel.

    Attributes:
        data: deflated levels of the box, row by row, a byte each.
        box: (left, top, right, bottom) outside of which all is 0; right and bottom are outside.
    """

    data: bytes
    box: tuple[int, int, int, int]


def packed(probability: Probability) -> Packed:
    """What is kept of a probability (height, width)."""
    levels = _levels(probability)
    left, top, right, bottom = box = bounding_box(levels > 0) or (0, 0, 0, 0)
    return Packed(zlib.compress(levels[top:bottom, left:right].tobytes(), 1), box)


def unpacked(kept: Packed, shape: tuple[int, int]) -> Probability:
    """The probability (height, width) of what was kept: `in_levels` of the one that was packed."""
    left, top, right, bottom = kept.box
    levels = np.frombuffer(zlib.decompress(kept.data), np.uint8)
    probability = np.zeros(shape, np.float32)
    probability[top:bottom, left:right] = levels.reshape(bottom - top, right - left) / np.float32(_LEVELS)
    return probability


def in_levels(probability: Probability) -> Probability:
    """A probability (height, width) rounded to the levels that are kept.

    Both sides of a blend are rounded, so that the result is the same whichever pass comes last, and wherever the two
    were computed.
    """
    return np.asarray(_levels(probability) / np.float32(_LEVELS), np.float32)


def _levels(probability: Probability) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.round(probability * _LEVELS).astype(np.uint8)
