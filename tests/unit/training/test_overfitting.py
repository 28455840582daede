"""A small configuration of every network learns a short clip by heart through the loop that `vosapp train` runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
import torch

from tests.moving_clip import MovingClip
from tests.small_networks import trainable
from vosapp.data.generator.settings import GeneratorSettings
from vosapp.training.optimizer import Optimizer
from vosapp.training.recipe import Recipe
from vosapp.training.schedule import Budget, LearningRate, Stage
from vosapp.training.sequence.stream import Material
from vosapp.training.sequence.task import SequenceTask
from vosapp.training.stage_config import Norms, StageConfig
from vosapp.training.trainer import RunSettings, Trainer


@dataclass(frozen=True)
class Case:
    """How a small network learns quickest; norms stay still where one clip says too little of their statistics."""

    steps: int
    rate: float
    norms: Norms = "still"
    size: int = 64
    batch: int = 1
    frames: int = 3
    objects: int = 1
    floor: float = 0.05
    first: Literal["previous", "anchor"] = "previous"
    losses: Mapping[str, float] = field(default_factory=dict)


CASES = {
    "rgmp": Case(60, 5e-3),
    "s2s": Case(130, 5e-3, losses={"balanced": 1.0, "jaccard": 0.5, "distance": 0.0}),
    "s2s++": Case(110, 5e-3),
    "hs2s": Case(50, 4e-3),
    "rvos": Case(130, 2e-3, size=48, objects=2, floor=0.3),
    "rvos-zero": Case(180, 4e-3, size=48, objects=2, floor=0.3),
    "cosnet": Case(60, 1e-2, norms="learn", batch=2, frames=2),
    "agame": Case(60, 8e-3),
}


@pytest.mark.timeout(900)  # about ten seconds on a free core
@pytest.mark.parametrize("name", CASES)
def test_it_learns_a_clip_by_heart(name: str, tmp_path: Path) -> None:
    """J of the averaged weights, fed with their own masks, is above 0.9 at the end; at the beginning it is not."""
    case = CASES[name]
    config = StageConfig(
        objects=case.objects,
        truth=(1.0, 0.0),
        losses=case.losses,
        norms=case.norms,
        still_every=3 if name == "cosnet" else 0,
        turn_deg=0.0,
        zoom=0.0,
        flip=False,
    )
    recipe = Recipe(
        name,
        network=name,
        budget=Budget(steps=case.steps),
        rate=LearningRate(case.rate, floor=case.floor, warm_up_steps=5),
        optimizer=Optimizer("adam", second=0.999, weight_decay=0.0),
        stages=(Stage(1.0, GeneratorSettings(size_px=case.size, steps=case.frames - 1), case.batch, config=config),),
        validation_share=0.0,
        validation_clips=1,
        ema_decay=0.8,
        half=False,
    )
    clip = MovingClip(frame_count=case.frames, size=(case.size, case.size), alone=case.objects == 1)
    task = SequenceTask(recipe, Material(None, [clip]), lambda: trainable(name))
    rows: list[dict[str, float]] = []
    Trainer(task, RunSettings(tmp_path, workers=0, report_steps=10)).run(rows.append)
    assert rows[0]["jaccard"] < 0.7
    assert rows[-1]["val_jaccard"] > 0.9
    assert rows[-2]["loss"] < 0.6 * rows[0]["loss"]


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)
