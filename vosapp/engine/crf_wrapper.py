"""CrfWrapper: refines the masks of another propagator by a dense CRF, the add-on that RGMP's paper tries."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from vosapp.core.document import ObjectId
from vosapp.engine.mask_prediction import mask_prediction
from vosapp.engine.propagator import Prediction, Probability, Propagator, forked
from vosapp.matte.dense_crf import CrfSettings, refine_by_crf
from vosapp.video.source import RgbImage


class CrfWrapper:
    """A `Propagator` around another one, whose state stays as it was: only what it predicts is refined.

    Args:
        inner: whose predictions are refined.
        settings: of the field; None for the default.
    """

    def __init__(self, inner: Propagator, settings: CrfSettings | None = None) -> None:
        self._inner = inner
        self._settings = settings or CrfSettings()

    def remember(self, frame_index: int, rgb: RgbImage, masks: Mapping[ObjectId, Probability]) -> None:
        self._inner.remember(frame_index, rgb, masks)

    def step(self, frame_index: int, rgb: RgbImage, given: Mapping[ObjectId, Probability] | None = None) -> Prediction:
        """See `Propagator.step`. The doubt stays that of the other propagator."""
        given = given or {}
        prediction = self._inner.step(frame_index, rgb, given)
        found = {o: mask for o, mask in prediction.probabilities.items() if o not in given}
        if not found:
            return prediction
        refined = refine_by_crf(rgb, np.stack(list(found.values())), self._settings)
        together = mask_prediction(dict(zip(found, refined, strict=True)), given)
        return Prediction(together.probabilities, prediction.doubt)

    def forget(self, object_ids: Collection[ObjectId]) -> None:
        self._inner.forget(object_ids)

    def fork(self) -> CrfWrapper | None:
        """See `vosapp.engine.propagator.Forkable`."""
        inner = forked(self._inner)
        return None if inner is None else CrfWrapper(inner, self._settings)
