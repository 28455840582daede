"""Fine-tuning makes RGMP know an object better, can be followed and stopped, and is part of a run."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

from tests.small_networks import lively
from vosapp.core.errors import Cancelled, EngineError
from vosapp.engine.networks import adapter, rgmp, rgmp_fine_tuned
from vosapp.engine.networks.fine_tuning import Example, FineTuning, draw_pair, fine_tune
from vosapp.engine.networks.rgmp import RgmpPropagator
from vosapp.engine.networks.rgmp_fine_tuned import FineTunedRgmp
from vosapp.engine.propagator import Propagator
from vosapp.engine.run_context import RunContext
from vosapp.models.preparing import Precision, can_compute, prepare
from vosapp.models.rgmp.network import RGMP

CPU = torch.device("cpu")
SHORT = FineTuning(steps=12, learning_rate=2e-3, patch_px=64)


def plain() -> RGMP:
    return lively(RGMP(width=8, stem=4, widths=(2, 2, 4, 4), depths=(1, 1, 1, 1)), seed=1, gain=0.6)


@pytest.fixture
def example() -> Example:
    rows, columns = np.mgrid[:90, :120]
    mask = (np.hypot(rows - 40, columns - 70) < 18).astype(np.float32)
    rgb = np.where(mask[..., None] > 0, (200, 80, 40), (60, 90, 120)).astype(np.uint8)
    return Example(rgb, mask)


class Watching:
    """Notes what it is told and stops after so many steps."""

    def __init__(self, steps: int = 10**9) -> None:
        self.steps = steps
        self.told: list[tuple[int, int]] = []

    def check(self) -> None:
        if len(self.told) >= self.steps:
            raise Cancelled

    def progress(self, done: int, total: int) -> None:
        self.told.append((done, total))


def test_the_loss_falls(example: Example) -> None:
    losses = fine_tune(plain(), [example], FineTuning(30, 2e-3, 64), device=CPU)
    assert len(losses) == 30
    assert np.mean(losses[-8:]) < 0.8 * np.mean(losses[:8])


def test_norms_and_buffers_stay_and_the_rest_learns(example: Example) -> None:
    network = plain()
    before = copy.deepcopy(network.state_dict())
    fine_tune(network, [example], FineTuning(2, 1e-3, 64), device=CPU)
    norms = {name for name, module in network.named_modules() if isinstance(module, nn.BatchNorm2d)}
    for key, value in network.state_dict().items():
        is_kept = key.rpartition(".")[0] in norms or key in ("Encoder.mean", "Encoder.std")
        if is_kept:
            torch.testing.assert_close(value, before[key], rtol=0, atol=0)
        elif key.startswith(("Encoder.res5", "Decoder.RF2", "Decoder.pred2")) and key.endswith("weight"):
            assert not torch.equal(value, before[key]), key
    assert not any(parameter.requires_grad for parameter in network.parameters())


def test_the_same_seed_learns_the_same(example: Example) -> None:
    losses = [fine_tune(plain(), [example], SHORT, device=CPU) for _ in range(2)]
    assert losses[0] == losses[1]


def test_it_tells_how_far_it_is_and_stops_when_asked(example: Example) -> None:
    watch = Watching(steps=3)
    with pytest.raises(Cancelled):
        fine_tune(plain(), [example], SHORT, device=CPU, context=RunContext(learning=watch.progress, check=watch.check))
    assert watch.told == [(0, 12), (1, 12), (2, 12)]


def test_pairs_show_the_object_twice_and_hint_at_it(example: Example) -> None:
    random = np.random.default_rng(0)
    area = np.count_nonzero(example.mask)
    for _ in range(20):
        pair = draw_pair(example, random, patch_px=64)
        for patch, mask in ((pair.reference, pair.reference_mask), (pair.target, pair.target_mask)):
            assert patch.shape == (64, 64, 3)
            assert np.count_nonzero(mask) > 0.3 * area
            inside = patch[mask >= 0.5].mean(axis=0)
            outside = patch[mask < 0.5].mean(axis=0)
            assert inside[0] - inside[2] > outside[0] - outside[2], "the picture moved with its mask"
        hinted, truth = pair.guidance >= 0.5, pair.target_mask >= 0.5
        assert (hinted & truth).sum() / (hinted | truth).sum() > 0.4
    assert not np.array_equal(pair.reference, pair.target)
    assert not np.array_equal(hinted, truth)


@pytest.fixture
def learned(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many examples each learning had."""
    monkeypatch.setattr(rgmp_fine_tuned._last, "key", "")
    monkeypatch.setattr(rgmp_fine_tuned._last, "network", None)
    seen: list[int] = []
    inner = fine_tune

    def counted(network: RGMP, examples: list[Example], *arguments: object, **options: object) -> list[float]:
        seen.append(len(examples))
        return inner(network, examples, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(rgmp_fine_tuned, "fine_tune", counted)
    return seen


def make(settings: FineTuning = SHORT) -> FineTunedRgmp:
    def build(network: RGMP) -> Propagator:
        return RgmpPropagator(prepare(copy.deepcopy(network), CPU), device=CPU)

    return FineTunedRgmp("rgmp", plain, build=build, device=CPU, settings=settings)


def test_it_learns_once_for_both_directions(example: Example, learned: list[int]) -> None:
    answers = []
    for frames in ((5, 6), (5, 4)):
        propagator = make()
        propagator.remember(5, example.rgb, {1: example.mask})
        propagator.step(frames[0], example.rgb, {1: example.mask})
        answers.append(propagator.step(frames[1], example.rgb).probabilities[1])
    assert learned == [1]
    np.testing.assert_array_equal(*answers)
    untuned = RgmpPropagator(prepare(plain(), CPU), device=CPU)
    untuned.step(5, example.rgb, {1: example.mask})
    assert np.abs(untuned.step(6, example.rgb).probabilities[1] - answers[0]).max() > 0.01


def test_objects_of_one_frame_are_learned_alone_and_together(example: Example, learned: list[int]) -> None:
    other: NDArray[np.float32] = np.zeros_like(example.mask)
    other[60:80, 10:30] = 1
    propagator = make(FineTuning(2, 1e-4, 64))
    propagator.step(0, example.rgb, {1: example.mask, 2: other})
    assert learned == [3]
    assert set(propagator.step(1, example.rgb).probabilities) == {1, 2}
    propagator.forget([1])
    assert set(propagator.step(2, example.rgb).probabilities) == {2}


def test_an_object_that_was_never_there(example: Example, learned: list[int]) -> None:
    nothing = np.zeros_like(example.mask)
    propagator = make(FineTuning(2, 1e-4, 64))
    assert set(propagator.step(0, example.rgb, {1: nothing}).probabilities) == {1}
    assert not propagator.step(1, example.rgb).probabilities[1].any()
    assert learned == []
    propagator.step(2, example.rgb, {2: example.mask})
    assert learned == [1]
    assert set(propagator.step(3, example.rgb).probabilities) == {1, 2}


def test_what_is_made_after_the_learning_reports_to_the_run_too(
    example: Example, learned: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Hungry(RgmpPropagator):
        def __init__(self, *arguments: object, **options: object) -> None:
            if options["short_side"] == 480:
                raise MemoryError
            super().__init__(*arguments, **options)  # type: ignore[arg-type]

    for module in (rgmp, adapter):
        monkeypatch.setattr(module, "require_weights", lambda spec: spec)
    monkeypatch.setattr(rgmp, "load_network", lambda name: plain())
    monkeypatch.setattr(rgmp, "RgmpPropagator", Hungry)
    monkeypatch.setattr(rgmp_fine_tuned, "FineTuning", lambda: FineTuning(1, 1e-4, 64))
    said: list[str] = []
    watch = Watching()
    propagator = rgmp.build("cpu", context=RunContext(said.append, watch.progress, watch.check), tuned=True)
    propagator.step(0, example.rgb, {1: example.mask})
    assert said == ["Memory ran out; going on with the processor at 360 pixels."]
    assert watch.told == [(0, 1)]


def test_build_makes_a_network_that_is_ready_to_run(
    example: Example, learned: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (rgmp, adapter):
        monkeypatch.setattr(module, "require_weights", lambda spec: spec)
    monkeypatch.setattr(rgmp, "load_network", lambda name: plain())
    monkeypatch.setattr(rgmp_fine_tuned, "FineTuning", lambda: FineTuning(1, 1e-4, 64))
    if not can_compute(Precision.BFLOAT16, CPU):
        with pytest.raises(EngineError, match="cannot compute in bfloat16"):
            rgmp.build("cpu", tuned=True, precision="bfloat16")
    precision = "bfloat16" if can_compute(Precision.BFLOAT16, CPU) else "float32"
    propagator = rgmp.build("cpu", tuned=True, precision=precision)
    propagator.step(0, example.rgb, {1: example.mask})
    assert propagator.step(1, example.rgb).probabilities[1].shape == example.mask.shape
    assert learned == [1]
