"""Two predictions of one frame, made from the anchors on either side of it, become one.

Source: blending by distance between two annotated frames is MiVOS's idea (Cheng et al., CVPR 2021), where a network
does it.
"""

from __future__ import annotations

import tempfile
import zlib
from dataclasses import dataclass
from types import TracebackType

import numpy as np

from vosapp.core.mask import BoolImage, bounding_box
from vosapp.engine.propagator import Probability

_LEVELS = 15  # probabilities are kept in 4 bits: blending decides at a half, where one level more or less is nothing
_LEAST_SURE = 1e-3
_SURENESS = 3  # power of it that counts: a side that has all but lost the object must not take it from the other


@dataclass(frozen=True, slots=True)
class OneSided:
    """What one pass found.

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


class Spool:
    """Predictions of a first pass, kept in a temporary file until the second pass comes by.

    Memory holds only where they are: a few numbers a frame. Use it in a `with` block.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="vosapp-")  # noqa: SIM115 - closed by __exit__
        self._places: dict[tuple[int, int], tuple[int, int, tuple[int, int, int, int], float]] = {}

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def put(self, key: tuple[int, int], probability: Probability, doubt: float) -> None:
        """Keeps a prediction under (object id, frame index)."""
        levels = np.round(probability * _LEVELS).astype(np.uint8)
        left, top, right, bottom = bounding_box(levels > 0) or (0, 0, 0, 0)
        data = zlib.compress(levels[top:bottom, left:right].tobytes(), 1)
        place = self._file.seek(0, 2)
        self._file.write(data)
        self._places[key] = (place, len(data), (left, top, right, bottom), doubt)

    def take(self, key: tuple[int, int], shape: tuple[int, int]) -> tuple[Probability, float] | None:
        """The prediction (height, width) and doubt under a key, or None; it is given once."""
        entry = self._places.pop(key, None)
        if entry is None:
            return None
        place, length, (left, top, right, bottom), doubt = entry
        self._file.seek(place)
        levels = np.frombuffer(zlib.decompress(self._file.read(length)), np.uint8)
        probability = np.zeros(shape, np.float32)
        probability[top:bottom, left:right] = levels.reshape(bottom - top, right - left) / np.float32(_LEVELS)
        return probability, doubt
