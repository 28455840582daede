"""A-GAME as a propagator: what its options change, and when its reference changes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file

from tests.networks import random_network
from vosapp.core.errors import WeightsError
from vosapp.engine.engines import build_propagator
from vosapp.engine.networks import agame
from vosapp.engine.networks.agame import AGamePropagator
from vosapp.models.weights import weights_path

SIZE = (48, 64)


def _propagator(**options: object) -> AGamePropagator:
    return AGamePropagator(random_network("agame"), device=torch.device("cpu"), **options)  # type: ignore[arg-type]


def _frame(index: int) -> NDArray[np.uint8]:
    return np.random.default_rng(index).integers(0, 255, (*SIZE, 3), np.uint8)


def _box(left: int) -> NDArray[np.float32]:
    mask = np.zeros(SIZE, np.float32)
    mask[10:30, left : left + 20] = 1
    return mask


def _run(propagator: AGamePropagator, frames: range) -> list[NDArray[np.float32]]:
    propagator.step(frames[0], _frame(frames[0]), {1: _box(5)})
    return [propagator.step(i, _frame(i)).probabilities[1] for i in frames[1:]]


def test_the_reference_changes_where_another_anchor_becomes_nearer() -> None:
    alone, other = _propagator(), _propagator()
    other.remember(6, _frame(6), {1: _box(40)})
    for index, (a, b) in enumerate(zip(_run(alone, range(5)), _run(other, range(5)), strict=True), start=1):
        assert np.array_equal(a, b) == (index <= 3), index


def test_the_published_protocols_differ_in_what_the_state_learns() -> None:
    single, multi = (_run(_propagator(protocol=p), range(4)) for p in ("single-target", "multi-target"))
    odds = single[0] / (1 - single[0])
    np.testing.assert_allclose(multi[0], odds**2 / (1 + odds**2), atol=1e-4)
    assert not np.allclose(multi[1], (single[1] ** 2 / (single[1] ** 2 + (1 - single[1]) ** 2)), atol=1e-4)


def test_objects_beyond_one_batch_are_the_same_as_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    masks = {i: _box(8 * i) for i in range(1, 6)}
    results = []
    for together in (2, 8):
        monkeypatch.setattr(agame, "TOGETHER", together)
        propagator = _propagator()
        propagator.step(0, _frame(0), masks)
        results.append(propagator.step(1, _frame(1)).probabilities)
    for object_id in masks:
        np.testing.assert_allclose(results[0][object_id], results[1][object_id], atol=1e-5)


def test_without_weights_it_says_how_to_get_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOSAPP_DATA_DIR", str(tmp_path))
    with pytest.raises(WeightsError, match="vosapp weights import"):
        agame.build("cpu")


@pytest.mark.parametrize("name", ["agame", "rvos"])
def test_the_engine_runs_with_weights_of_the_user(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOSAPP_DATA_DIR", str(tmp_path))
    path = weights_path(name)
    path.parent.mkdir()
    save_file(random_network(name).state_dict(), path)
    running = build_propagator(name, "cpu")
    running.remember(0, _frame(0), {1: _box(5)})
    running.step(0, _frame(0), {1: _box(5)})
    assert running.step(1, _frame(1)).probabilities[1].shape == SIZE
