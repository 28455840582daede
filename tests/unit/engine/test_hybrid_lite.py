"""The engine of the second hybrid network: memory that is bounded, spans that stand alone, cost within the budget."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.flops import gflop
from tests.photographs import textured
from tests.unit.engine.spans import assert_spans_are_apart
from vosapp.engine.hybrid.frame_memory import FrameMemory, MemoryLimits
from vosapp.engine.hybrid_lite.memory import Kept, ObjectState
from vosapp.engine.hybrid_lite.propagator import HybridLitePropagator
from vosapp.engine.hybrid_lite.settings import LiteSettings
from vosapp.models.hybrid.appearance import AppearanceSums
from vosapp.models.hybrid.matching import HybridSettings
from vosapp.models.hybrid.memory import Memory
from vosapp.models.hybrid_lite.network import HybridLite, Known
from vosapp.models.hybrid_lite.whole import TOKENS, TokenSums

CPU = torch.device("cpu")


def _mask(shape: tuple[int, int], top: int, left: int, side: int) -> np.ndarray:
    mask = np.zeros(shape, np.float32)
    mask[top : top + side, left : left + side] = 1
    return mask


def _propagator(*, moved: float = 0.0) -> HybridLitePropagator:
    torch.manual_seed(3)
    network = HybridLite(HybridSettings(8, 8, 8)).eval()
    if moved:
        torch.nn.init.normal_(network.decoder.change.weight, std=moved)
    return HybridLitePropagator(network, CPU)


def _kept(value: float) -> Kept:
    looks = AppearanceSums(torch.full((1, 2, 2), value), torch.zeros(1, 2))
    tokens = TokenSums(torch.zeros(1, TOKENS, 64), torch.ones(1, TOKENS))
    return Kept(Memory(torch.full((1, 4, 6), value), torch.zeros(1, 3, 6)), Known(looks, tokens))


def test_an_untrained_network_follows_the_flow() -> None:
    world = textured(np.random.default_rng(2), 120, 240)
    propagator, mask = _propagator(), _mask((120, 160), 40, 60, 40)
    propagator.step(0, world[:, :160], {1: mask})
    for k in range(1, 6):
        prediction = propagator.step(k, world[:, 4 * k : 4 * k + 160])
    found = prediction.probabilities[1] >= 0.5
    expected = _mask((120, 160), 40, 60 - 20, 40) == 1
    assert (found & expected).sum() / (found | expected).sum() > 0.85


def test_a_span_depends_on_its_anchors_and_on_no_other_span() -> None:
    """What follows an anchor is the same to the bit whether the pass came along another span or began there."""
    anchors = {0: _mask((120, 160), 40, 60, 40), 3: _mask((120, 160), 40, 48, 40)}
    assert_spans_are_apart(lambda: _propagator(moved=0.05), anchors)


def test_few_anchors_are_read_and_more_are_not_kept() -> None:
    state = ObjectState(FrameMemory(MemoryLimits(kept=5, read=3)))
    for index in range(8):
        state.frames.keep_anchor(10 * index, _kept(float(index)))
    read = state.trusted(70, torch.full((1, 4, 2, 3), 3.4))
    assert sorted(set(read.memory.key.flatten().tolist())) == [3.0, 6.0, 7.0]
    assert float(read.known.looks.gram.mean()) == pytest.approx((3 + 4 + 5 + 6 + 7) / 5)
    assert [10 * index in state.frames for index in range(8)] == [False] * 3 + [True] * 5


def test_recent_frames_are_the_last_and_one_from_before() -> None:
    state = ObjectState(FrameMemory(MemoryLimits(recent_every=5)))
    state.restart(0, _kept(0.0))
    for index in range(1, 24):
        state.frames.keep_recent(index, _kept(float(index)))
        kept = sorted(set(state.recent().memory.key.flatten().tolist()))
        assert len(kept) == 2 and kept[-1] == index and index - kept[0] <= 10
    state.restart(40, _kept(40.0))
    assert set(state.recent().memory.key.flatten().tolist()) == {40.0}


def test_the_engine_has_few_constants() -> None:
    settings = LiteSettings()
    names = [name for part in (settings, settings.window) for name in part.__dataclass_fields__]
    assert len(names) - 1 <= 15


def test_a_frame_costs_what_it_may() -> None:
    """At most 45 GFLOP, 2 per multiply-add, for a 480x864 frame, one large object and six frames in memory."""
    propagator = HybridLitePropagator(HybridLite().eval(), CPU)
    rgb = textured(np.random.default_rng(1), 480, 864)
    mask = _mask((480, 864), 40, 200, 400)
    for frame_index in (0, 20, 30, 40):
        propagator.remember(frame_index, rgb, {1: mask})
    propagator.step(0, rgb, {1: mask})
    propagator.step(1, rgb)
    assert 2 < gflop(lambda: propagator.step(2, rgb)) <= 45
