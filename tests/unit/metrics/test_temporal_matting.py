"""dtSSD counts changes that the truth does not make, and no others."""

from __future__ import annotations

import numpy as np
import pytest

from vosapp.core.errors import MaskError
from vosapp.metrics.matting import temporal_error


def ramp(shift: float) -> np.ndarray:
    return np.tile(np.clip((np.arange(60, dtype=np.float32) - 25 - shift) / 10, 0, 1), (40, 1))


def test_a_constant_error_does_not_flicker_and_a_changing_one_does() -> None:
    truths = [ramp(shift) for shift in (0, 2, 4)]
    assert temporal_error(truths, truths) == 0
    assert temporal_error([truth * 0.5 + 0.2 for truth in [ramp(0)] * 3], [ramp(0)] * 3) == pytest.approx(0, abs=1e-5)
    flicker = [truths[0], np.clip(truths[1] + 0.1, 0, 1), truths[2]]
    assert 3 < temporal_error(flicker, truths) <= 10.001
    lagging = [truths[0], truths[0], truths[1]]
    assert temporal_error(lagging, truths) > 3


def test_one_frame_has_no_temporal_error() -> None:
    with pytest.raises(MaskError):
        temporal_error([ramp(0)], [ramp(0)])
