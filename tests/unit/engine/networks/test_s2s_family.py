"""The adapters of S2S, S2S++ and HS2S run their authors' protocol."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from tests.small_networks import small_hs2s, small_s2s
from vosapp.core.errors import WeightsError
from vosapp.engine.networks import hs2s, s2s
from vosapp.engine.networks.hs2s import HS2SPropagator
from vosapp.engine.networks.s2s import S2SPropagator
from vosapp.models.stages.merging import merge_by_largest
from vosapp.models.stages.sampling import to_tensor

CPU = torch.device("cpu")
SIZE = (64, 96)


@pytest.fixture
def frames() -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 256, (5, *SIZE, 3), np.uint8)


def box(top: int, left: int) -> NDArray[np.float32]:
    mask = np.zeros(SIZE, np.float32)
    mask[top : top + 30, left : left + 30] = 1
    return mask


def stacked(*masks: NDArray[np.float32]) -> Tensor:
    return torch.from_numpy(np.stack(masks))


@torch.inference_mode()
def s2s_alone(frames: NDArray[np.uint8], masks: Tensor) -> list[Tensor]:
    """(T - 1) times (N, H, W), each object for itself."""
    network = small_s2s()
    state, found = network.start(to_tensor(frames[0]), masks), []
    for frame in frames[1:]:
        decoded, state = network(network.look(to_tensor(frame)), state)
        found.append(decoded.probabilities)
    return found


@torch.inference_mode()
def hs2s_alone(frames: NDArray[np.uint8], masks: Tensor, **options: Any) -> list[Tensor]:
    network = small_hs2s(**options)
    anchor = network.anchor(network.look_back(to_tensor(frames[0])), masks)
    state, found = None, []
    for before, frame in itertools.pairwise(frames):
        previous = network.previous(network.look_back(to_tensor(before)), masks)
        decoded, state = network(network.look(to_tensor(frame)), masks, anchor, previous, state)
        masks = decoded.probabilities
        found.append(masks)
    return found


def check(propagator: S2SPropagator | HS2SPropagator, frames: NDArray[np.uint8], alone: list[Tensor]) -> None:
    """One object comes back as it was found alone; of several, the labels are those of the authors' merging."""
    count = len(alone[0])
    propagator.step(0, frames[0], {number: box(10 * number, 20 * number) for number in range(count)})
    for index, expected in enumerate(alone, start=1):
        found = propagator.step(index, frames[index]).probabilities
        together = torch.from_numpy(np.stack([found[number] for number in range(count)]))
        if count == 1:
            np.testing.assert_allclose(together, expected, atol=1e-5)
        assert expected.std() > 0.01
        unsure = (expected - 0.5).abs().amin(dim=0) < 1e-5
        agree = merge_by_largest(together) == merge_by_largest(expected)
        assert bool((agree | unsure).all())


@pytest.mark.parametrize("count", [1, 3])
def test_s2s(frames: NDArray[np.uint8], count: int) -> None:
    masks = stacked(*(box(10 * number, 20 * number) for number in range(count)))
    check(S2SPropagator(small_s2s(), device=CPU, size=SIZE), frames, s2s_alone(frames, masks))


@pytest.mark.parametrize("options", [{}, {"references": "first"}, {"references": "previous"}, {"skip_memory": False}])
@pytest.mark.parametrize("count", [1, 3])
def test_hs2s(frames: NDArray[np.uint8], count: int, options: dict[str, Any]) -> None:
    masks = stacked(*(box(10 * number, 20 * number) for number in range(count)))
    propagator = HS2SPropagator(small_hs2s(**options), device=CPU, size=SIZE)
    check(propagator, frames, hs2s_alone(frames, masks, **options))


def test_s2s_begins_anew_at_a_given_mask(frames: NDArray[np.uint8]) -> None:
    long, short = (S2SPropagator(small_s2s(), device=CPU, size=SIZE) for _ in range(2))
    long.step(0, frames[0], {1: box(0, 0)})
    long.step(1, frames[1])
    results = []
    for propagator in (long, short):
        propagator.step(2, frames[2], {1: box(20, 30)})
        results.append(propagator.step(3, frames[3]).probabilities[1])
    np.testing.assert_allclose(*results, atol=1e-6)


def test_hs2s_takes_the_nearest_reference(frames: NDArray[np.uint8]) -> None:
    for options, changes in (({}, True), ({"references": "previous"}, False)):
        results = []
        for second in (False, True):
            propagator = HS2SPropagator(small_hs2s(**options), device=CPU, size=SIZE)
            if second:
                propagator.remember(4, frames[4], {1: box(30, 60)})
            propagator.step(0, frames[0], {1: box(0, 0)})
            propagator.step(1, frames[1])
            propagator.step(2, frames[2])
            results.append(propagator.step(3, frames[3]).probabilities[1])
        assert (np.abs(results[0] - results[1]).max() > 1e-5) == changes


def test_an_object_keeps_its_memory_while_it_is_away(frames: NDArray[np.uint8]) -> None:
    nothing = np.zeros(SIZE, np.float32)
    for propagator in (
        S2SPropagator(small_s2s(), device=CPU, size=SIZE),
        HS2SPropagator(small_hs2s(), device=CPU, size=SIZE),
    ):
        propagator.step(0, frames[0], {1: box(10, 10)})
        propagator.step(1, frames[1])
        propagator.step(2, frames[2], {1: nothing, 2: box(0, 50)})
        found = propagator.step(3, frames[3])
        assert found.probabilities[1].max() > 0
        propagator.step(4, frames[4], {3: nothing})
        assert not propagator.step(5, frames[4]).probabilities[3].any()


def test_frames_of_another_shape(frames: NDArray[np.uint8]) -> None:
    """Every frame is brought to the network's size and its answer back, whatever the shape."""
    tall = np.repeat(frames, 3, axis=1)
    propagator = S2SPropagator(small_s2s(), device=CPU, size=SIZE)
    propagator.step(0, tall[0], {1: np.repeat(box(10, 10), 3, axis=0)})
    assert propagator.step(1, tall[1]).probabilities[1].shape == (192, 96)


@pytest.mark.parametrize(
    "build",
    [s2s.build, s2s.build_plus_plus, hs2s.build, hs2s.build_first, hs2s.build_previous, hs2s.build_similarity],
)
def test_without_weights_it_says_so(build: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOSAPP_DATA_DIR", str(tmp_path))
    with pytest.raises(WeightsError, match="no weights"):
        build("cpu")
