"""What tells an object from its surroundings on this shot, learnt from the anchors while the user waits.

A ridge regression from random features of a pixel (colour and texture) to inside (+1) or outside (-1). Its sums are
all that is kept of a frame, so memory does not grow, and solving it again after every frame takes a millisecond.

Sources: random features as in Rahimi and Recht, "Random features for large-scale kernel machines", NIPS 2007, with a
rectifier as in Huang et al., "Extreme learning machine", Neurocomputing 2006. That a small model fitted to the first
frame makes a strong target detector is the insight of Robinson et al., CVPR 2020, who put it upon a deep network.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.engine.flow.features import FEATURE_COUNT, Features

_FEATURES = 192
_SAMPLES = 3000  # pixels of each side that a frame is learnt from
_RIDGE = 1e-3  # of the mean of the diagonal
_SURE = 0.8  # pixels between 1 - this and this teach nothing
_FEWEST = 10
_ROWS = 40  # pixels of one matrix product: small enough that no library shares it among threads
_BLOCK = 100 * _ROWS  # pixels scored at once: what stays in the processor's cache
MAX_ANCHORS = 16


@dataclass(frozen=True, slots=True)
class _Side:
    """What is kept of the object's pixels, or of its surroundings', of one or several frames.

    Attributes:
        gram: (n, n) float32, mean outer product of the hidden features.
        mean: (n,) float32, mean of the hidden features.
    """

    gram: NDArray[np.float32]
    mean: NDArray[np.float32]

    def mixed(self, other: _Side, share: float) -> _Side:
        """`share` of the other and the rest of this."""
        return _Side((1 - share) * self.gram + share * other.gram, (1 - share) * self.mean + share * other.mean)


_Sides = tuple[_Side, _Side]  # object, surroundings
Scorer = Callable[[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]], NDArray[np.float32]]


class AppearanceModel:
    """Scores pixels from about -1 (surroundings) to +1 (object).

    Args:
        object_share: weight of what the anchors taught of the object, against the frames since. High, because what
            leaked into a mask would teach itself.
        ground_share: the same for the surroundings. Low, because new ones come into view all the time.
        recent_share: how much of what was learnt from recent frames the newest replaces.
        anchor_reach: frames after which an anchor counts half.
        scorer: computes the scores; see `plain_scores`.
    """

    def __init__(
        self,
        scorer: Scorer | None = None,
        *,
        object_share: float = 0.9,
        ground_share: float = 0.3,
        recent_share: float = 0.2,
        anchor_reach: float = 25.0,
    ) -> None:
        self._weights = _random_weights()
        self._scorer = scorer or plain_scores
        self._anchor_shares = (object_share, ground_share)
        self._recent_share = recent_share
        self._anchor_reach = anchor_reach
        self._anchors: dict[int, _Sides] = {}
        self._recent: _Sides | None = None

    def fork(self) -> AppearanceModel:
        """Another model that knows the same."""
        fork = copy.copy(self)
        fork._anchors = dict(self._anchors)
        return fork

    def is_ready(self) -> bool:
        """Whether it has seen an object and its surroundings."""
        return bool(self._anchors) or self._recent is not None

    def knows(self, frame_index: int) -> bool:
        """Whether this anchor was learnt."""
        return frame_index in self._anchors

    def learn_anchor(self, frame_index: int, features: Features, mask: NDArray[np.float32]) -> None:
        """Learns a trusted mask (height, width) in 0..1; of far too many anchors the oldest learnt goes."""
        sides = self._sides(features, mask)
        if sides is None:
            return
        self._anchors[frame_index] = sides
        while len(self._anchors) > 2 * MAX_ANCHORS:  # some behind a pass, some ahead: `restart` chooses
            del self._anchors[next(iter(self._anchors))]

    def restart(self, frame_index: int) -> None:
        """Forgets what recent frames taught, and all anchors but those nearest to this frame."""
        self._recent = None
        nearest = sorted(self._anchors, key=lambda frame: (abs(frame - frame_index), frame))[:MAX_ANCHORS]
        # In one order, whichever was learnt first: sums of rounded numbers depend on it.
        self._anchors = {frame: self._anchors[frame] for frame in sorted(nearest)}

    def learn_recent(self, features: Features, mask: NDArray[np.float32]) -> None:
        """Learns a predicted mask (height, width) in 0..1, which later ones will replace."""
        sides = self._sides(features, mask)
        if sides is not None and self._recent is not None:
            before, after = self._recent
            sides = before.mixed(sides[0], self._recent_share), after.mixed(sides[1], self._recent_share)
        self._recent = sides or self._recent

    def score(self, frame_index: int, features: Features) -> NDArray[np.float32]:
        """(height, width) float32 in -1..1 for a picture near this frame; zeros before anything was learnt."""
        height, width, count = features.shape
        if not self.is_ready():
            return np.zeros((height, width), np.float32)
        scores = self._scorer(features.reshape(-1, count), self._weights, self._solve(frame_index))
        return np.clip(scores, -1, 1).reshape(height, width)

    def _solve(self, frame_index: int) -> NDArray[np.float32]:
        inside, outside = self._mixture(frame_index)
        gram = inside.gram + outside.gram
        gram[np.diag_indices_from(gram)] += _RIDGE * np.trace(gram) / len(gram)
        _, solution = cv2.solve(gram, (inside.mean - outside.mean)[:, None], flags=cv2.DECOMP_CHOLESKY)
        return np.asarray(solution, np.float32).ravel()

    def _mixture(self, frame_index: int) -> _Sides:
        """What anchors and recent frames taught together; anchors near in time weigh more."""
        if not self._anchors and self._recent is not None:
            return self._recent
        nearness = np.array([1 / (1 + abs(frame_index - f) / self._anchor_reach) for f in self._anchors], np.float32)
        shares = nearness / nearness.sum()
        mixed = []
        for i, share in enumerate(self._anchor_shares):
            sides = [both[i] for both in self._anchors.values()]
            anchors = _Side(
                np.einsum("i,ijk->jk", shares, np.stack([side.gram for side in sides])),
                np.einsum("i,ij->j", shares, np.stack([side.mean for side in sides])),
            )
            mixed.append(anchors if self._recent is None else self._recent[i].mixed(anchors, share))
        return mixed[0], mixed[1]

    def _sides(self, features: Features, mask: NDArray[np.float32]) -> _Sides | None:
        """What a frame teaches, from pixels taken evenly of either side; None when one has too few."""
        flat, labels = features.reshape(-1, features.shape[-1]), mask.ravel()
        inside = _spread(np.flatnonzero(labels > _SURE))
        outside = _spread(np.flatnonzero(labels < 1 - _SURE))
        if min(len(inside), len(outside)) < _FEWEST:
            return None
        return self._side(flat[inside]), self._side(flat[outside])

    def _side(self, features: NDArray[np.float32]) -> _Side:
        hidden = _hidden(features, self._weights)
        gram = np.asarray(cv2.mulTransposed(hidden, aTa=True, scale=1 / len(hidden)), np.float32)
        return _Side(gram, np.asarray(hidden.mean(axis=0), np.float32))


def plain_scores(
    features: NDArray[np.float32], weights: NDArray[np.float32], solution: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The score (n,) of pixels, not yet limited.

    Args:
        features: (n, FEATURE_COUNT) of the pixels.
        weights: (FEATURE_COUNT + 1, h) that make hidden features of them, the last row being offsets.
        solution: (h,) of the regression.
    """
    scores = np.empty(len(features), np.float32)
    for start in range(0, len(features), _BLOCK):
        hidden = _hidden(features[start : start + _BLOCK], weights)
        scores[start : start + _BLOCK] = np.einsum("ij,j->i", hidden, solution)
    return scores


def _random_weights() -> NDArray[np.float32]:
    """(FEATURE_COUNT + 1, n) float32, the last row being offsets; the last column makes a feature that is always 1."""
    chance = np.random.default_rng(0)  # fixed: the same masks on every run
    weights = np.zeros((FEATURE_COUNT + 1, _FEATURES + 1), np.float32)
    weights[:-1, :-1] = 1.5 / FEATURE_COUNT**0.5 * chance.normal(size=(FEATURE_COUNT, _FEATURES))
    weights[-1, :-1] = chance.uniform(-1.5, 1.5, _FEATURES)
    weights[-1, -1] = 1
    return weights


def _hidden(features: NDArray[np.float32], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """(pixels, n) float32: rectified random projections of (pixels, FEATURE_COUNT) features.

    The product goes by many small matrices, and larger ones through OpenCV, because NumPy's library of matrix products
    shares large ones among threads that wait for each other busily: beside a window that also works, that took ten
    times as long.
    """
    count = len(features)
    padded = np.zeros((-(-count // _ROWS) * _ROWS, FEATURE_COUNT + 1), np.float32)
    padded[:count, :-1] = features
    padded[:count, -1] = 1
    hidden = np.matmul(padded.reshape(-1, _ROWS, FEATURE_COUNT + 1), weights)
    np.maximum(hidden, 0, out=hidden)
    return np.asarray(hidden.reshape(-1, weights.shape[1])[:count])


def _spread(indices: NDArray[np.intp]) -> NDArray[np.intp]:
    """At most `_SAMPLES` of the indices, evenly apart."""
    if len(indices) <= _SAMPLES:
        return indices
    return indices[np.linspace(0, len(indices) - 1, _SAMPLES).astype(np.intp)]
