"""The default engine goes on in smaller windows when memory runs out, and says so."""

from __future__ import annotations

from typing import Never

import numpy as np
import pytest
import torch

from vosapp.core.errors import EngineError
from vosapp.engine.engines import build_propagator
from vosapp.engine.hybrid import propagator
from vosapp.engine.hybrid.propagator import HybridPropagator
from vosapp.engine.hybrid.settings import HybridOptions
from vosapp.engine.networks import loaded_network
from vosapp.engine.run_context import RunContext
from vosapp.models.hybrid.matching import HybridSettings
from vosapp.models.hybrid.network import Hybrid

RGB = np.random.default_rng(0).integers(0, 255, (60, 80, 3), np.uint8)
MASK = np.zeros((60, 80), np.float32)
MASK[20:40, 30:50] = 1


class Hungry(HybridPropagator):
    """Runs out of memory in windows of more than 200 pixels."""

    def __init__(self, network: Hybrid, device: torch.device, options: HybridOptions) -> None:
        super().__init__(network, device, options)
        self.side_px = options.window.side_px

    def _predict(self, *arguments: object) -> Never:
        if self.side_px > 200:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        return super()._predict(*arguments)  # type: ignore[arg-type,return-value]


def test_a_run_of_the_default_engine_goes_on_in_smaller_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    network = Hybrid(HybridSettings(8, 8, 8)).eval()
    monkeypatch.setattr(propagator, "prepared_network", lambda *_: network)
    monkeypatch.setattr(propagator, "HybridPropagator", Hungry)
    said: list[str] = []
    running = build_propagator("hybrid", "cpu", context=RunContext(report=said.append))
    running.remember(0, RGB, {1: MASK})
    running.step(0, RGB, {1: MASK})
    assert set(running.step(1, RGB).probabilities) == {1}
    assert said == [
        "Memory ran out; going on with the processor and windows of 240 pixels.",
        "Memory ran out; going on with the processor and windows of 160 pixels.",
    ]


def test_bfloat16_on_a_processor_that_refuses_it_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loaded_network, "can_compute", lambda *_: False)
    with pytest.raises(EngineError, match="processor cannot compute in bfloat16"):
        build_propagator("hybrid", "cpu", precision="bfloat16")
