"""The *quality* edge from weights that are found where those of other networks are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import save_file

from vosapp.core.document import MatteSettings
from vosapp.core.errors import WeightsError
from vosapp.matte.alpha import alpha_of
from vosapp.matte.fast_edge import FastEdge, measured_edge
from vosapp.matte.outline import distance_to_outline
from vosapp.matte.quality_edge import quality_edge
from vosapp.matte.refiner import loaded_refiner, refiner_is_ready
from vosapp.models.matte_refiner.network import build
from vosapp.models.weights import weights_path

SHAPE = (120, 160)
QUALITY = MatteSettings(edge="quality")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where weights would lie; there are none, and none come with the program."""
    monkeypatch.setenv("VOSAPP_DATA_DIR", str(tmp_path))
    monkeypatch.setattr("vosapp.models.weights.own_weights_dir", lambda: tmp_path / "none")
    loaded_refiner.cache_clear()
    path = weights_path("matte-refiner")
    path.parent.mkdir(parents=True)
    return path.parent


def picture_and_mask() -> tuple[np.ndarray, np.ndarray]:
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]]
    mask = (rows - 60) ** 2 + (columns - 80) ** 2 < 30**2
    rgb = np.random.default_rng(2).integers(0, 255, (*SHAPE, 3), np.uint8)
    return rgb, mask


def test_without_weights_it_is_an_error_that_says_so(folder: Path) -> None:
    rgb, mask = picture_and_mask()
    assert not refiner_is_ready() and not list(folder.iterdir())
    with pytest.raises(WeightsError, match="refiner"):
        alpha_of(mask, QUALITY, rgb)


def test_with_weights_a_matte_is_what_the_network_says_of_the_whole_picture(folder: Path) -> None:
    network = build()
    save_file(network.state_dict(), folder / "matte-refiner.safetensors")
    assert refiner_is_ready()
    rgb, mask = picture_and_mask()
    shares = rgb.astype(np.float32) / 255
    fast = measured_edge(shares, mask)
    whole = quality_edge(network.eval(), shares, mask, fast).alpha
    away = np.abs(distance_to_outline(mask))
    assert np.array_equal(whole[away > 25], fast.alpha[away > 25])
    wide = FastEdge(fast.alpha, np.full(SHAPE, 24, np.float32))
    assert np.array_equal(quality_edge(network, shares, mask, wide).alpha, fast.alpha), "wider than the refiner sees"
    found = alpha_of(mask, QUALITY, rgb)
    assert np.array_equal(found, np.round(255 * whole).astype(np.uint8)) and len(np.unique(found)) > 4
    loaded_refiner.cache_clear()
