"""Torch scores pixels as NumPy does."""

from __future__ import annotations

import numpy as np
import pytest

from vosapp.engine.flow.appearance import plain_scores
from vosapp.engine.hybrid.quick_scores import quick_scores
from vosapp.models.hybrid import products


@pytest.mark.parametrize("onednn", [True, False])
def test_quick_scores_are_the_plain_ones(onednn: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(products, "_HAS_ONEDNN", onednn and products._HAS_ONEDNN)
    chance = np.random.default_rng(0)
    features, weights, solution = (chance.normal(size=s).astype(np.float32) for s in ((4500, 19), (20, 30), 30))
    expected = plain_scores(features, weights, solution)
    assert np.abs(expected).max() > 1
    np.testing.assert_allclose(quick_scores(features, weights, solution), expected, atol=1e-4)
