"""What every propagator keeps to, whatever is inside it."""

from __future__ import annotations

import contextlib
import copy
import gc
from collections.abc import Callable, Mapping
from typing import Never

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from tests.networks import random_network
from tests.packaged_networks import small_cutie, small_edgetam, small_sam2
from tests.small_networks import plain_rgmp, small_hs2s, small_rgmp, small_s2s
from vosapp.engine.crf_wrapper import CrfWrapper
from vosapp.engine.engines import build_propagator
from vosapp.engine.hybrid.propagator import HybridPropagator
from vosapp.engine.hybrid.settings import HybridOptions
from vosapp.engine.hybrid.window import WindowSettings
from vosapp.engine.hybrid_lite.propagator import HybridLitePropagator
from vosapp.engine.hybrid_lite.settings import LiteSettings
from vosapp.engine.networks.agame import AGamePropagator
from vosapp.engine.networks.fine_tuning import FineTuning
from vosapp.engine.networks.hs2s import HS2SPropagator
from vosapp.engine.networks.rgmp import RgmpPropagator
from vosapp.engine.networks.rgmp_fine_tuned import FineTunedRgmp
from vosapp.engine.networks.rvos import RvosPropagator
from vosapp.engine.networks.s2s import S2SPropagator
from vosapp.engine.oom_fallback import OomFallback, Step
from vosapp.engine.propagator import Prediction, Propagator, forked
from vosapp.models.hybrid.matching import HybridSettings
from vosapp.models.hybrid.network import Hybrid
from vosapp.models.hybrid_lite.network import HybridLite
from vosapp.models.preparing import prepare
from vosapp.models.rgmp.network import RGMP

Build = Callable[[], Propagator]
CPU = torch.device("cpu")
SIZE = (64, 80)


def _hybrid() -> HybridPropagator:
    """Untrained, the network leaves what flow brings as it is; a change drawn at random makes it do something."""
    torch.manual_seed(1)
    network = Hybrid(HybridSettings(8, 8, 8)).eval()
    torch.nn.init.normal_(network.decoder.change.weight, std=0.02)
    # A window of the whole frame: one that follows the object would change what is kept a little from frame to frame.
    return HybridPropagator(network, CPU, HybridOptions(window=WindowSettings(object_sizes=8.0, enlargement=1.0)))


class _Hungry(HybridPropagator):
    """Runs out of memory wherever it computes with the network."""

    def _predict(self, *_arguments: object) -> Never:
        raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB.")


def _hybrid_without_memory() -> Propagator:
    """The default engine whose first step never has memory enough."""
    return OomFallback([Step("as asked", lambda: _Hungry(_hybrid()._network, CPU)), Step("smaller", _hybrid)])


def _tuned() -> FineTunedRgmp:
    def build(network: RGMP) -> RgmpPropagator:
        return RgmpPropagator(prepare(copy.deepcopy(network), CPU), device=CPU)

    return FineTunedRgmp("small", plain_rgmp, build=build, device=CPU, settings=FineTuning(1, 1e-4, 32))


def _hybrid_lite() -> HybridLitePropagator:
    torch.manual_seed(1)
    network = HybridLite(HybridSettings(8, 8, 8)).eval()
    torch.nn.init.normal_(network.decoder.change.weight, std=0.02)
    return HybridLitePropagator(network, CPU, LiteSettings(WindowSettings(object_sizes=8.0, enlargement=1.0)))


BUILD: dict[str, Build] = {
    "hybrid-lite": _hybrid_lite,
    "hybrid": _hybrid,
    "hybrid, memory ran out": _hybrid_without_memory,
    "flow": lambda: build_propagator("flow", "cpu"),
    "plain-dis": lambda: build_propagator("plain-dis", "cpu"),
    "agame": lambda: AGamePropagator(random_network("agame"), device=CPU),  # type: ignore[arg-type]
    "rgmp": lambda: RgmpPropagator(small_rgmp(), device=CPU),
    "rgmp-gru": lambda: RgmpPropagator(small_rgmp(memory="gru"), device=CPU, scales=(0.5, 1.0)),
    "rgmp/crf": lambda: CrfWrapper(RgmpPropagator(small_rgmp(), device=CPU)),
    "rgmp/tuned": _tuned,
    "s2s": lambda: S2SPropagator(small_s2s(memories=1, border_distances=False), device=CPU, size=(64, 96)),
    "s2s++": lambda: S2SPropagator(small_s2s(), device=CPU, size=(64, 96)),
    "hs2s": lambda: HS2SPropagator(small_hs2s(), device=CPU, size=(64, 96)),
    "hs2s-0": lambda: HS2SPropagator(small_hs2s(references="first"), device=CPU, size=(64, 96)),
    "hs2s-t1": lambda: HS2SPropagator(small_hs2s(references="previous"), device=CPU, size=(64, 96)),
    "hs2s-sim": lambda: HS2SPropagator(small_hs2s(references="similarity"), device=CPU, size=(64, 96)),
    "rvos": lambda: RvosPropagator(random_network("rvos"), device=CPU, size=(64, 96)),  # type: ignore[arg-type]
    "cutie": small_cutie,
    "sam2": small_sam2,
    "edgetam": small_edgetam,
}


@pytest.fixture(params=list(BUILD))
def build(request: pytest.FixtureRequest) -> Build:
    return BUILD[request.param]


def _frame(index: int, size: tuple[int, int] = SIZE) -> NDArray[np.uint8]:
    """A picture with something to see that moves a little from frame to frame; read-only, as sources give them."""
    rows, columns = np.mgrid[: size[0], : size[1]]
    waves = [np.sin((columns + 2 * index) / (5 + c)) * np.cos(rows / (7 - c)) for c in range(3)]
    picture = np.asarray(127 + 120 * np.stack(waves, axis=-1), np.uint8)
    picture.flags.writeable = False
    return picture


def _box(top: int, left: int, size: tuple[int, int] = SIZE, *, side: int = 20) -> NDArray[np.float32]:
    mask = np.zeros(size, np.float32)
    mask[top : top + side, left : left + side] = 1
    mask.flags.writeable = False
    return mask


def _check(prediction: Prediction, object_ids: set[int], size: tuple[int, int] = SIZE) -> None:
    assert set(prediction.probabilities) == object_ids == set(prediction.doubt)
    for probability in prediction.probabilities.values():
        assert probability.shape == size
        assert probability.dtype == np.float32
        assert np.isfinite(probability).all()
        assert probability.min() >= 0
        assert probability.max() <= 1
    if object_ids:
        assert sum(prediction.probabilities.values()).max() <= 1 + 1e-5  # type: ignore[union-attr]
    assert all(0 <= doubt <= 1 for doubt in prediction.doubt.values())


def _start(propagator: Propagator, masks: Mapping[int, NDArray[np.float32]], frame_index: int = 0) -> Prediction:
    """As the propagation loop starts a pass: the anchor is remembered, then stepped on."""
    rgb = _frame(frame_index)
    propagator.remember(frame_index, rgb, masks)
    return propagator.step(frame_index, rgb, masks)


def test_given_masks_come_back_as_they_are(build: Build) -> None:
    masks = {1: _box(5, 5), 4: _box(30, 40)}
    prediction = _start(build(), masks)
    _check(prediction, {1, 4})
    for object_id, mask in masks.items():
        np.testing.assert_array_equal(prediction.probabilities[object_id], mask)
        assert prediction.doubt[object_id] == 0


def test_known_objects_are_predicted_forward_and_backward(build: Build) -> None:
    for frames in ((3, 4, 5), (3, 2, 1)):
        propagator = build()
        _start(propagator, {2: _box(5, 5), 7: _box(30, 40)}, frames[0])
        for frame_index in frames[1:]:
            _check(propagator.step(frame_index, _frame(frame_index)), {2, 7})


def test_nothing_is_predicted_before_the_first_mask(build: Build) -> None:
    _check(build().step(0, _frame(0)), set())


def test_objects_join_and_leave_during_a_pass(build: Build) -> None:
    propagator = build()
    _start(propagator, {1: _box(5, 5)})
    prediction = propagator.step(1, _frame(1), {9: _box(30, 40)})
    _check(prediction, {1, 9})
    assert prediction.doubt[9] == 0
    _check(propagator.step(2, _frame(2)), {1, 9})
    propagator.forget([1])
    _check(propagator.step(3, _frame(3)), {9})
    propagator.forget([9, 55])
    _check(propagator.step(4, _frame(4)), set())
    _check(propagator.step(5, _frame(5), {1: _box(8, 8)}), {1})


def test_a_predicted_object_gives_way_to_a_given_one(build: Build) -> None:
    propagator = build()
    _start(propagator, {1: _box(5, 5, side=40)})
    prediction = propagator.step(1, _frame(1), {2: _box(20, 20)})
    inside = _box(20, 20) == 1
    assert prediction.probabilities[1][inside].max() < 0.5


def test_an_object_that_the_user_says_is_away(build: Build) -> None:
    propagator = build()
    _start(propagator, {1: _box(5, 5), 2: _box(30, 40)})
    nothing = np.zeros(SIZE, np.float32)
    prediction = propagator.step(1, _frame(1), {1: nothing})
    _check(prediction, {1, 2})
    assert not prediction.probabilities[1].any()
    _check(propagator.step(2, _frame(2)), {1, 2})
    _check(build().step(0, _frame(0), {1: nothing}), {1})


def test_anchors_ahead_and_behind_are_taken(build: Build) -> None:
    propagator = build()
    for frame_index in (0, 3, 6):
        propagator.remember(frame_index, _frame(frame_index), {1: _box(5 + frame_index, 5)})
    propagator.step(0, _frame(0), {1: _box(5, 5)})
    for frame_index in range(1, 6):
        _check(propagator.step(frame_index, _frame(frame_index)), {1})
    _check(propagator.step(6, _frame(6), {1: _box(11, 5)}), {1})


@pytest.mark.parametrize("size", [(61, 83), (33, 47), (40, 16)])
def test_frames_of_any_size(build: Build, size: tuple[int, int]) -> None:
    propagator = build()
    propagator.step(0, _frame(0, size), {1: _box(4, 4, size, side=10)})
    _check(propagator.step(1, _frame(1, size)), {1}, size)


def test_two_passes_give_the_same(build: Build) -> None:
    passes = []
    for _ in range(2):
        propagator = build()
        _start(propagator, {1: _box(5, 5)})
        propagator.step(1, _frame(1))
        passes.append(propagator.step(2, _frame(2)).probabilities[1])
    np.testing.assert_array_equal(*passes)


def test_memory_does_not_grow_with_the_clip(build: Build) -> None:
    propagator = build()
    _start(propagator, {1: _box(5, 5)})
    held = []
    for frame_index in range(1, 7):
        propagator.step(frame_index, _frame(frame_index))
        held.append(_held_bytes(propagator))
    assert held[-1] <= held[1]


def _held_bytes(root: object) -> int:
    """Bytes of all arrays and tensors that can be reached from an object, the network's own left out."""
    seen: set[int] = set()
    stack, total = [root], 0
    while stack:
        item = stack.pop()
        if id(item) in seen or isinstance(item, type | torch.nn.Module) or callable(item):
            continue
        seen.add(id(item))
        if isinstance(item, torch.Tensor):
            total += item.untyped_storage().nbytes()
        elif isinstance(item, np.ndarray):
            total += item.nbytes
        stack.extend(gc.get_referents(item))
    return total


def test_a_fork_goes_on_by_itself_to_the_same_masks(build: Build) -> None:
    """What a fork does leaves the first as it was, also where memories fill up and objects go."""
    first = build()
    _start(first, {1: _box(5, 5), 2: _box(30, 40)})
    fork = forked(first)
    if fork is None:
        pytest.skip("learns anew for every run, so its state is not kept")
    expected = build()
    _start(expected, {1: _box(5, 5), 2: _box(30, 40)})
    for frame_index in range(1, 8):
        fork.step(frame_index, _frame(frame_index + 20))
    fork.remember(9, _frame(9), {1: _box(12, 5)})
    fork.step(8, _frame(8), {1: _box(20, 20)})
    fork.forget([2])
    second = forked(first)
    assert second is not None
    for frame_index in range(1, 5):
        rgb = _frame(frame_index)
        wanted = expected.step(frame_index, rgb)
        for found in (first.step(frame_index, rgb), second.step(frame_index, rgb)):
            assert found.doubt == wanted.doubt
            for object_id, probability in wanted.probabilities.items():
                np.testing.assert_array_equal(found.probabilities[object_id], probability)


def test_only_the_engine_that_learns_first_cannot_be_kept() -> None:
    cold = []
    for name, make in BUILD.items():
        with contextlib.suppress(pytest.skip.Exception):
            propagator = make()
            _start(propagator, {1: _box(5, 5)})
            if forked(propagator) is None:
                cold.append(name)
    assert cold == ["rgmp/tuned"]
