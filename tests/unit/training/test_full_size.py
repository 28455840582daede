"""The papers' networks at their full size take a step that lowers the loss, where memory allows."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from tests.moving_clip import MovingClip
from vosapp.data.generator.settings import GeneratorSettings
from vosapp.models.registry import network as registered
from vosapp.training.schedule import Stage
from vosapp.training.sequence.clips import SequenceBatch
from vosapp.training.sequence.initial import initialise
from vosapp.training.sequence.stream import Material, SequenceBatches
from vosapp.training.sequence.task import objective_for
from vosapp.training.stage_config import StageConfig

NEEDED_BYTES = 16  # per parameter: weights, gradients, and the largest gradient or drawing twice
LARGE = pytest.mark.slow
STEPS = ((0.0, 3e-4), (3e-4, 3e-5), (3e-5, 3e-6))  # shorter where a norm over few values bends the loss


def _available_bytes() -> int:
    with Path("/proc/meminfo").open(encoding="ascii") as lines:
        found = {line.split(":")[0]: int(line.split()[1]) for line in lines}
    return 1024 * found["MemAvailable"]


@pytest.fixture
def _freed() -> Iterator[None]:
    """No network of another test is in memory, and none is left."""
    gc.collect()
    yield
    gc.collect()


@pytest.mark.usefixtures("_freed")
@pytest.mark.timeout(900)  # half a minute on a free core for the largest
@pytest.mark.parametrize(
    "name", ["rgmp", "rvos", "agame", "cosnet", pytest.param("hs2s", marks=LARGE), pytest.param("s2s++", marks=LARGE)]
)
def test_a_step_lowers_the_loss(name: str) -> None:
    needed = NEEDED_BYTES * registered(name).parameters
    try:
        available = _available_bytes()
    except OSError:
        pytest.skip("how much memory is free is not known here")
    if available < needed:
        pytest.skip(f"needs {needed / 1e9:.1f} GB of free memory, and there are {available / 1e9:.1f}")
    torch.manual_seed(0)
    objective = objective_for(name)(initialise(registered(name).build()))
    objective.train()
    config = StageConfig(turn_deg=0.0, zoom=0.0, flip=False)
    stage = replace(Stage(1.0, GeneratorSettings(size_px=64, steps=1)), batch=2, config=config)
    material = Material(None, [MovingClip(frame_count=2, alone=True)])
    batch = SequenceBatches(material, stage, 1, distances="s2s" in name).batch(0)
    before = objective(batch).loss
    before.backward()
    length = nn.utils.clip_grad_norm_(objective.parameters(), 1.0)
    assert float(length) > 0
    assert any(_after(objective, batch, moved, length) < before.item() for moved, length in STEPS)


def _after(objective: nn.Module, batch: SequenceBatch, moved: float, length: float) -> float:
    """The loss after the weights have gone `length` down the gradient, of which they have gone `moved` already."""
    with torch.no_grad():
        for parameter in objective.parameters():
            if parameter.grad is not None:
                parameter.add_(parameter.grad, alpha=moved - length)
        return float(objective(batch).loss)
