"""The mask that is shown: at the picture's edges, narrower than the pass's, and only where that has something."""

from __future__ import annotations

import numpy as np
import pytest

from vosapp.engine.hybrid.outline import OutlineSettings, settled


def _scene(height: int = 120, width: int = 160) -> tuple[np.ndarray, np.ndarray]:
    """A bright square on dark ground, and a mask whose soft edge lies two pixels too far out."""
    rgb = np.full((height, width, 3), 40, np.uint8)
    rgb[40:80, 50:90] = 200
    y, x = np.mgrid[:height, :width].astype(np.float32)
    outside = np.maximum(abs(x - 69.5), abs(y - 59.5)) - 20
    return rgb, np.clip(0.5 - (outside - 2) / 8, 0, 1).astype(np.float32)


def test_an_edge_goes_to_where_the_picture_has_it() -> None:
    rgb, mask = _scene()
    truth = rgb[..., 0] > 100
    before, after = ((found >= 0.5) ^ truth for found in (mask, settled(mask, rgb, OutlineSettings(strictness=0.0))))
    assert after.sum() < 0.6 * before.sum()


def test_strictness_narrows() -> None:
    rgb, mask = _scene()
    flat = np.full_like(rgb, 90)
    all_settings = [OutlineSettings(strictness=strictness) for strictness in (0.0, 0.75, 1.5)]
    areas = [np.count_nonzero(settled(mask, flat, settings) >= 0.5) for settings in all_settings]
    assert areas[0] > areas[1] > areas[2] > 0


@pytest.mark.parametrize("size", [(3, 3), (16, 16), (2000, 40)])
def test_any_size_will_do(size: tuple[int, int]) -> None:
    rgb = np.full((*size, 3), 90, np.uint8)
    for value in (0.0, 1.0):
        shown = settled(np.full(size, value, np.float32), rgb, OutlineSettings(strictness=0.75))
        assert shown.shape == size
        assert shown.dtype == np.float32
        assert np.allclose(shown, value, atol=1e-3)
