"""RGMP's adapter runs the authors' protocol, and goes on where that protocol ends: at a second anchor."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from tests.small_networks import lively, small_rgmp
from vosapp.core.errors import EngineError, WeightsError
from vosapp.engine.networks import loaded_network
from vosapp.engine.networks.rgmp import RgmpPropagator, build, build_gru
from vosapp.models.preparing import prepare
from vosapp.models.rgmp import protocol
from vosapp.models.rgmp.network import RGMP
from vosapp.models.spec import NetworkSpec
from vosapp.models.stages.aggregation import aggregate
from vosapp.models.weights import weights_path

CPU = torch.device("cpu")
SIZE = (50, 70)


@pytest.fixture
def frames() -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 256, (4, *SIZE, 3), np.uint8)


def box(top: int, left: int, side: int = 20) -> NDArray[np.float32]:
    mask = np.zeros(SIZE, np.float32)
    mask[top : top + side, left : left + side] = 1
    return mask


@torch.inference_mode()
def authors_loop(
    network: RGMP, frames: NDArray[np.uint8], masks: list[NDArray[np.float32]], scales: tuple[float, ...]
) -> list[NDArray[np.float32]]:
    border = protocol.border(SIZE)
    images = torch.from_numpy(frames).permute(0, 3, 1, 2).float() / 255
    pictures = [protocol.look(network, border.pad(image[None]), scales) for image in images]
    previous = border.pad(torch.from_numpy(np.stack(masks)))
    several = len(masks) > 1

    def streams(found: torch.Tensor) -> torch.Tensor:
        return torch.cat([found, found.sum(0, keepdim=True)]) if several else found

    references, results = protocol.refer(network, pictures[0], streams(previous)), []
    for picture in pictures[1:]:
        found = protocol.propagate(network, picture, streams(previous), references).foreground
        previous = aggregate(found[:-1], found[-1:]) if several else found
        results.append(border.crop(previous).numpy())
    return results


@pytest.mark.parametrize("scales", [protocol.ONE_SCALE, protocol.THREE_SCALES])
@pytest.mark.parametrize("count", [1, 2, 5])
def test_one_anchor_is_the_authors_protocol(frames: NDArray[np.uint8], count: int, scales: tuple[float, ...]) -> None:
    network = small_rgmp()
    masks = [box(3 * index, 10 * index) for index in range(count)]
    propagator = RgmpPropagator(network, device=CPU, scales=scales)
    propagator.step(0, frames[0], dict(enumerate(masks)))
    for index, expected in enumerate(authors_loop(network, frames, masks, scales), start=1):
        found = propagator.step(index, frames[index]).probabilities
        np.testing.assert_allclose(np.stack([found[number] for number in range(count)]), expected, atol=1e-5)
        assert np.std(expected) > 5e-4


def test_the_nearer_anchor_becomes_the_reference(frames: NDArray[np.uint8]) -> None:
    alone, with_second = RgmpPropagator(small_rgmp(), device=CPU), RgmpPropagator(small_rgmp(), device=CPU)
    with_second.remember(3, frames[3], {1: box(25, 40)})
    for propagator in (alone, with_second):
        propagator.step(0, frames[0], {1: box(5, 5)})
    first = [propagator.step(1, frames[1]).probabilities[1] for propagator in (alone, with_second)]
    np.testing.assert_array_equal(*first)
    second = [propagator.step(2, frames[2]).probabilities[1] for propagator in (alone, with_second)]
    assert np.abs(second[0] - second[1]).max() > 1e-4


def test_objects_from_different_frames_share_no_union(frames: NDArray[np.uint8]) -> None:
    """Each reference frame has its own view of the background; the objects still exclude each other."""
    propagator = RgmpPropagator(small_rgmp(), device=CPU)
    propagator.step(0, frames[0], {1: box(5, 5), 2: box(5, 40)})
    propagator.step(1, frames[1], {3: box(28, 20)})
    found = propagator.step(2, frames[2]).probabilities
    assert set(found) == {1, 2, 3}
    assert np.sum(list(found.values()), axis=0).max() <= 1 + 1e-5
    assert set(propagator._streams) == {(1,), (2,), (3,), (1, 2)}


def test_memory_goes_on_and_begins_anew_at_a_given_mask(frames: NDArray[np.uint8]) -> None:
    propagator = RgmpPropagator(small_rgmp(memory="gru"), device=CPU)
    propagator.step(0, frames[0], {1: box(5, 5)})
    propagator.step(1, frames[1])
    (memory,) = propagator._streams[(1,)].memory
    assert memory.abs().sum() > 0
    propagator.step(2, frames[2], {2: box(5, 40)})
    found = propagator.step(3, frames[3]).probabilities
    assert set(found) == {1, 2}
    propagator.step(2, frames[2], {1: box(5, 5)})
    assert (1,) not in propagator._streams


def test_large_frames_are_shrunk(frames: NDArray[np.uint8]) -> None:
    propagator = RgmpPropagator(small_rgmp(), device=CPU, short_side=20)
    propagator.step(0, frames[0], {1: box(5, 5)})
    assert propagator.step(1, frames[1]).probabilities[1].shape == SIZE
    assert propagator._previous[1].shape == (1, 32, 32)


class TestBuild:
    @pytest.fixture(autouse=True)
    def _own_folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("VOSAPP_DATA_DIR", str(tmp_path))
        loaded_network.release()

    def test_without_weights_it_says_so(self) -> None:
        for make in (build, build_gru):
            with pytest.raises(WeightsError, match="no weights"):
                make("cpu")

    def test_unknown_precision(self) -> None:
        with pytest.raises(EngineError, match="float8"):
            build("cpu", precision="float8")

    def test_a_second_run_uses_the_same_network(
        self, frames: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        loads = []

        def load(name: NetworkSpec) -> RGMP:
            loads.append(name.name)
            return lively(RGMP(width=8, stem=4, widths=(2, 2, 2, 2), depths=(1, 1, 1, 1)), seed=0)

        monkeypatch.setattr(loaded_network, "load_spec", load)
        monkeypatch.setattr(loaded_network, "can_compute", lambda *_: True)  # nothing is computed here

        def network_of(precision: str = "float32") -> object:
            build("cpu", precision=precision).step(0, frames[0], {1: box(5, 5)})
            return loaded_network._last._network

        path = weights_path("rgmp")
        path.parent.mkdir(parents=True)
        path.write_bytes(b"weights")
        first = network_of()
        assert network_of() is first
        assert network_of("bfloat16") is not first
        os.utime(path, (1, 1))  # as if other weights had been imported
        network_of("bfloat16")
        assert loads == ["rgmp", "rgmp", "rgmp"]
        loaded_network.release()
        assert loaded_network._last._network is None


def test_plain_and_prepared_networks_agree(frames: NDArray[np.uint8]) -> None:
    def plain() -> RGMP:
        return lively(RGMP(width=16, stem=8, widths=(4, 8, 8, 16), depths=(1, 1, 1, 1)), seed=1, gain=0.6)

    results = []
    for network in (plain(), prepare(plain(), CPU)):
        propagator = RgmpPropagator(network, device=CPU)
        propagator.step(0, frames[0], {1: box(5, 5), 2: box(25, 30)})
        results.append(propagator.step(1, frames[1]).probabilities[2])
    np.testing.assert_allclose(*results, atol=1e-5)
