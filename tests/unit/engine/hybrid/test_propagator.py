"""The hybrid engine: windows that follow, memory that is bounded, cost within the budget."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
import torch

from tests.flops import gflop
from tests.photographs import textured
from tests.unit.engine.spans import assert_spans_are_apart
from vosapp.engine.hybrid.frame_memory import MemoryLimits
from vosapp.engine.hybrid.memory import ObjectMemory, Remembered
from vosapp.engine.hybrid.propagator import HybridPropagator, build_hybrid
from vosapp.engine.hybrid.settings import HybridOptions
from vosapp.engine.hybrid.window import WindowSettings, box_of, shared_window, window_around
from vosapp.metrics.davis import jaccard
from vosapp.models.hybrid.appearance import AppearanceSums
from vosapp.models.hybrid.matching import HybridSettings
from vosapp.models.hybrid.memory import Memory
from vosapp.models.hybrid.network import Hybrid

SETTINGS = WindowSettings()


def _mask(shape: tuple[int, int], top: int, left: int, side: int) -> np.ndarray:
    mask = np.zeros(shape, np.float32)
    mask[top : top + side, left : left + side] = 1
    return mask


def _propagator() -> HybridPropagator:
    torch.manual_seed(3)
    return HybridPropagator(Hybrid(HybridSettings(8, 8, 8)).eval(), torch.device("cpu"), HybridOptions(lean=0.0))


def test_a_frame_costs_what_it_may() -> None:
    """At most 45 GFLOP, 2 per multiply-add, for a 480x864 frame, one large object and six frames in memory."""
    with torch.device("cpu"):
        propagator = HybridPropagator(Hybrid().eval(), torch.device("cpu"))
    rgb = textured(np.random.default_rng(1), 480, 864)
    mask = _mask((480, 864), 40, 200, 400)
    for frame_index in (0, 20, 30, 40):
        propagator.remember(frame_index, rgb, {1: mask})
    propagator.step(0, rgb, {1: mask})
    propagator.step(1, rgb)
    assert 2 < gflop(lambda: propagator.step(2, rgb)) <= 45


def test_an_untrained_network_follows_the_flow() -> None:
    """The network corrects what flow brings; before training it corrects nothing, and flow is right here."""
    world = textured(np.random.default_rng(2), 120, 240)
    propagator, mask = _propagator(), _mask((120, 160), 40, 60, 40)
    propagator.step(0, world[:, :160], {1: mask})
    for k in range(1, 6):
        prediction = propagator.step(k, world[:, 4 * k : 4 * k + 160])
    found = prediction.probabilities[1] >= 0.5
    expected = _mask((120, 160), 40, 60 - 20, 40) == 1
    assert (found & expected).sum() / (found | expected).sum() > 0.85


def test_a_span_depends_on_its_anchors_and_on_no_other_span() -> None:
    """What follows an anchor is the same to the bit whether the pass came along another span or began there.

    The object is far smaller on the second anchor, and lies elsewhere: a window carried past it would look otherwise.
    """
    anchors = {0: _mask((120, 160), 10, 20, 80), 3: _mask((120, 160), 60, 90, 16)}
    assert_spans_are_apart(_propagator, anchors)


def test_flow_goes_on_from_what_the_network_found() -> None:
    """A network that empties every mask has the last word, though flow would have gone on with the object."""
    world = textured(np.random.default_rng(2), 120, 240)
    torch.manual_seed(3)
    network = Hybrid(HybridSettings(8, 8, 8)).eval()
    torch.nn.init.constant_(network.decoder.change.bias, -20.0)  # type: ignore[arg-type]
    propagator = HybridPropagator(network, torch.device("cpu"))
    propagator.step(0, world[:, :160], {1: _mask((120, 160), 40, 60, 40)})
    assert not [k for k in (1, 2) if (propagator.step(k, world[:, k : k + 160]).probabilities[1] >= 0.5).any()]


def test_two_things_drawn_as_one_object_both_stay() -> None:
    """What was drawn decides what the object is, however unlike and far apart its parts are."""
    random = np.random.default_rng(3)
    ground, first = textured(random, 200, 360), textured(random, 40, 40)
    second = np.clip(ground[20:60, 100:140] * 1.3, 0, 255).astype(np.uint8)  # looks much like the ground
    engine = build_hybrid("cpu")
    for index in range(7):
        rgb, truth = ground.copy(), np.zeros(ground.shape[:2], np.float32)
        for thing, left in ((first, 40 + 3 * index), (second, 280 - 3 * index)):
            rgb[80:120, left : left + 40] = thing
            truth[80:120, left : left + 40] = 1
        found = engine.step(index, rgb, {1: truth} if index == 0 else None).probabilities[1]
        assert jaccard(found >= 0.5, truth >= 0.5) > 0.9


def test_the_engine_has_few_constants() -> None:
    """At most fifteen that shape masks or doubt, and three that bound time and memory; switches for ablations aside."""
    options = HybridOptions()
    parts = (options.window, options.memory, options.outline, options.doubt)
    names = [field.name for part in parts for field in fields(part)]
    assert {field.name for field in fields(options)} - {"recurrence", "advice"} == {
        "window",
        "memory",
        "lean",
        "apart",
        "flow_share",
        "outline",
        "doubt",
    }
    bounds = {"kept", "read", "shared"}
    weights = len(options.doubt.weights)
    assert len(set(names) - bounds - {"weights"}) + 3 + weights <= 15


def test_a_small_object_is_enlarged_and_a_large_one_seen_whole() -> None:
    small = window_around(_mask((480, 864), 100, 700, 20), None, SETTINGS)
    assert small.height > small.bottom - small.top
    assert small.left <= 700 - 10
    assert small.right >= 720 + 10
    large = window_around(_mask((480, 864), 20, 100, 440), None, SETTINGS)
    assert (large.left, large.top, large.right, large.bottom) == (0, 0, 864, 480)
    assert abs(large.height * large.width / SETTINGS.side_px**2 - 1) < 0.15
    assert all(side % 16 == 0 for side in (small.height, small.width, large.height, large.width))


@pytest.mark.parametrize("place", [(0, 0), (440, 820), (200, 300)])
def test_windows_stay_in_the_frame_and_give_back_what_they_take(place: tuple[int, int]) -> None:
    mask = _mask((480, 864), *place, 40)
    window = window_around(mask, None, SETTINGS)
    assert 0 <= window.left < window.right <= 864
    assert 0 <= window.top < window.bottom <= 480
    back = window.put_back(window.mask(mask), (480, 864))
    assert ((back >= 0.5) != (mask >= 0.5)).sum() <= 0.03 * mask.sum()


def test_the_window_breathes_slowly_and_searches_what_is_lost() -> None:
    first = window_around(_mask((480, 864), 200, 300, 40), None, SETTINGS)
    second = window_around(_mask((480, 864), 200, 320, 48), first, SETTINGS)
    assert first.reach_px < second.reach_px < first.reach_px * 1.05
    assert (second.left + second.right) / 2 == pytest.approx(344, abs=2)
    grown = window_around(_mask((480, 864), 100, 300, 200), first, SETTINGS)
    assert grown.right - grown.left >= 200 * 1.3
    lost = second
    for _ in range(50):
        lost = window_around(np.zeros((480, 864), np.float32), lost, SETTINGS)
    assert (lost.left, lost.top, lost.right, lost.bottom) == (0, 0, 864, 480)


def test_neighbours_share_a_window_and_strangers_do_not() -> None:
    shape = (480, 864)
    near = [window_around(_mask(shape, 100, left, 120), None, SETTINGS) for left in (300, 340)]
    far = [window_around(_mask(shape, 100, left, 40), None, SETTINGS) for left in (100, 700)]
    common = shared_window(near, shape, SETTINGS)
    assert common is not None
    assert common.left == min(window.left for window in near)
    assert shared_window(far, shape, SETTINGS) is None


def test_boxes() -> None:
    assert box_of(_mask((50, 60), 10, 20, 5)) == (20, 10, 25, 15)
    assert box_of(np.full((5, 5), 0.49, np.float32)) is None


def test_memory_keeps_the_near_and_the_alike() -> None:
    memory = ObjectMemory()
    for frame in range(40):
        memory.frames.keep_anchor(frame, _memory(float(frame), frame))
    key = torch.full((1, 4, 2, 2), 31.0)
    read = memory.trusted(30, key)
    marks = sorted(set(read.memory.value[0, 0].tolist()))
    assert len(marks) == 4
    assert {30.0, 31.0} <= set(marks) or {29.0, 30.0} <= set(marks)
    assert 31.0 in marks
    assert sum(frame in memory.frames for frame in range(40)) == MemoryLimits().kept


def test_recent_frames_are_the_last_and_one_before() -> None:
    memory, ages = ObjectMemory(), set()
    for frame in range(30):
        memory.frames.keep_recent(frame, _memory(0.0, frame))
        marks = memory.recent().memory.value[0, 0].tolist()
        assert max(marks) == frame
        assert len(set(marks)) == min(2, frame + 1)
        ages.add(frame - min(marks))
    assert max(ages) >= 5
    assert max(ages) <= 10


def _memory(key: float, mark: int) -> Remembered:
    memory = Memory(torch.full((1, 4, 4), key), torch.full((1, 6, 4), float(mark)))
    return Remembered(memory, AppearanceSums(torch.eye(3)[None], torch.full((1, 3), float(mark))))
