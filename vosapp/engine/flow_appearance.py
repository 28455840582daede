"""What tells an object from its surroundings on this shot, learnt from the anchors while the user waits.

A ridge regression from random features of a pixel (colour and texture) to inside (+1) or outside (-1). Its sums are
all that is kept of a frame, so memory does not grow, and solving it again after every frame takes a millisecond.

Sources: random features as in Rahimi and Recht, "Random features for large-scale kernel machines", NIPS 2007, with a
rectifier as in Huang et al., "Extreme learning machine", Neurocomputing 2006. That a small model fitted to the first
frame makes a strong target detector is the insight of Robinson et al., CVPR 2020, who put it upon a deep network.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vosapp.engine.flow_features import FEATURE_COUNT, Features

_FEATURES = 192
_SAMPLES = 3000  # pixels of each side that a frame is learnt from
_RIDGE = 1e-3  # of the mean of the diagonal
_SURE = 0.8  # pixels between 1 - this and this teach nothing
_FEWEST = 10
_BLOCK = 4096  # pixels scored at once: what stays in the processor's cache
MAX_ANCHORS = 16


@dataclass(frozen=True, slots=True)
class _Sums:
    """The normal equations of one or several frames: (n, n) and (n,) float32."""

    gram: NDArray[np.float32]
    target: NDArray[np.float32]

    def mixed(self, other: _Sums, share: float) -> _Sums:
        """`share` of the other and the rest of this."""
        return _Sums((1 - share) * self.gram + share * other.gram, (1 - share) * self.target + share * other.target)


class AppearanceModel:
    """Scores pixels from about -1 (surroundings) to +1 (object).

    Args:
        anchor_share: weight of what the anchors taught against the frames since.
        recent_share: how much of what was learnt from recent frames the newest replaces.
        anchor_reach: frames after which an anchor counts half.
    """

    def __init__(self, *, anchor_share: float = 0.5, recent_share: float = 0.1, anchor_reach: float = 25.0) -> None:
        chance = np.random.default_rng(0)  # fixed: the same masks on every run
        self._weights = (1.5 / FEATURE_COUNT**0.5 * chance.normal(size=(FEATURE_COUNT, _FEATURES))).astype(np.float32)
        self._offsets = chance.uniform(-1.5, 1.5, _FEATURES).astype(np.float32)
        self._anchor_share = anchor_share
        self._recent_share = recent_share
        self._anchor_reach = anchor_reach
        self._anchors: dict[int, _Sums] = {}
        self._recent: _Sums | None = None
        self._solution: NDArray[np.float32] | None = None

    def is_ready(self) -> bool:
        """Whether it has seen an object and its surroundings."""
        return bool(self._anchors) or self._recent is not None

    def knows(self, frame_index: int) -> bool:
        """Whether this anchor was learnt."""
        return frame_index in self._anchors

    def learn_anchor(self, frame_index: int, features: Features, mask: NDArray[np.float32]) -> None:
        """Learns a trusted mask (height, width) in 0..1; of too many anchors the oldest learnt goes."""
        sums = self._sums(features, mask)
        if sums is None:
            return
        self._anchors[frame_index] = sums
        while len(self._anchors) > MAX_ANCHORS:
            del self._anchors[next(iter(self._anchors))]
        self._solution = None

    def learn_recent(self, features: Features, mask: NDArray[np.float32]) -> None:
        """Learns a predicted mask (height, width) in 0..1, which later ones will replace."""
        sums = self._sums(features, mask)
        if sums is not None:
            self._recent = sums if self._recent is None else self._recent.mixed(sums, self._recent_share)
            self._solution = None

    def score(self, frame_index: int, features: Features) -> NDArray[np.float32]:
        """(height, width) float32 in -1..1 for a picture near this frame; zeros before anything was learnt."""
        height, width, count = features.shape
        if not self.is_ready():
            return np.zeros((height, width), np.float32)
        solution = self._solve(frame_index)
        flat = features.reshape(-1, count)
        scores = np.empty(len(flat), np.float32)
        for start in range(0, len(flat), _BLOCK):
            scores[start : start + _BLOCK] = self._hidden(flat[start : start + _BLOCK]) @ solution
        return np.clip(scores, -1, 1).reshape(height, width)

    def _solve(self, frame_index: int) -> NDArray[np.float32]:
        sums = self._mixture(frame_index)
        gram = sums.gram.copy()
        gram[np.diag_indices_from(gram)] += _RIDGE * np.trace(gram) / len(gram)
        return np.asarray(np.linalg.solve(gram, sums.target), np.float32)

    def _mixture(self, frame_index: int) -> _Sums:
        if not self._anchors and self._recent is not None:
            return self._recent
        nearness = np.array([1 / (1 + abs(frame_index - f) / self._anchor_reach) for f in self._anchors], np.float32)
        shares = nearness / nearness.sum()
        anchors = _Sums(
            np.tensordot(shares, np.stack([s.gram for s in self._anchors.values()]), axes=1),
            np.tensordot(shares, np.stack([s.target for s in self._anchors.values()]), axes=1),
        )
        return anchors if self._recent is None else self._recent.mixed(anchors, self._anchor_share)

    def _hidden(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """(pixels, n) float32: rectified random projections, and a last column of ones."""
        hidden = np.empty((len(features), _FEATURES + 1), np.float32)
        np.matmul(features, self._weights, out=hidden[:, :-1])
        hidden[:, :-1] += self._offsets
        np.maximum(hidden[:, :-1], 0, out=hidden[:, :-1])
        hidden[:, -1] = 1
        return hidden

    def _sums(self, features: Features, mask: NDArray[np.float32]) -> _Sums | None:
        """Sums over pixels taken evenly from inside and outside, both sides weighing the same."""
        flat, labels = features.reshape(-1, features.shape[-1]), mask.ravel()
        sides = [_spread(np.flatnonzero(labels > _SURE)), _spread(np.flatnonzero(labels < 1 - _SURE))]
        if min(len(side) for side in sides) < _FEWEST:
            return None
        gram = np.zeros((_FEATURES + 1, _FEATURES + 1), np.float32)
        target = np.zeros(_FEATURES + 1, np.float32)
        for side, sign in zip(sides, (1.0, -1.0), strict=True):
            hidden = self._hidden(flat[side])
            gram += hidden.T @ hidden / (2 * len(side))
            target += np.float32(sign) * hidden.mean(axis=0) / 2
        return _Sums(gram, target)


def _spread(indices: NDArray[np.intp]) -> NDArray[np.intp]:
    """At most `_SAMPLES` of the indices, evenly apart."""
    if len(indices) <= _SAMPLES:
        return indices
    return indices[np.linspace(0, len(indices) - 1, _SAMPLES).astype(np.intp)]
