"""A propagator whose masks are refined by a dense CRF, as RGMP's paper tries it as an add-on."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from vosapp.core.document import ObjectId
from vosapp.engine.mask_prediction import answer
from vosapp.engine.propagator import Prediction, Probability, Propagator
from vosapp.matte.dense_crf import CrfSettings, refine_by_crf
from vosapp.video.source import RgbImage


class CrfRefined:
    """A `Propagator` around another one. What the other one carries on stays as it was: only the answer is refined.

    Args:
        inner: whose predictions are refined.
        settings: of the field; None for the default.
    """

    def __init__(self, inner: Propagator, settings: CrfSettings | None = None) -> None:
        self.inner = inner
        self._settings = settings or CrfSettings()

    def remember(self, frame_index: int, rgb: RgbImage, masks: Mapping[ObjectId, Probability]) -> None:
        """See `Propagator.remember`."""
        self.inner.remember(frame_index, rgb, masks)

    def step(self, frame_index: int, rgb: RgbImage, given: Mapping[ObjectId, Probability] | None = None) -> Prediction:
        """See `Propagator.step`. The doubt stays that of the other propagator."""
        given = given or {}
        prediction = self.inner.step(frame_index, rgb, given)
        found = {o: mask for o, mask in prediction.probabilities.items() if o not in given}
        if not found:
            return prediction
        refined = refine_by_crf(rgb, np.stack(list(found.values())), self._settings)
        together = answer(dict(zip(found, refined, strict=True)), given)
        return Prediction(together.probabilities, prediction.doubt)

    def forget(self, object_ids: Collection[ObjectId]) -> None:
        """See `Propagator.forget`."""
        self.inner.forget(object_ids)
