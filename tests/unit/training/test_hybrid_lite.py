"""Training of the second hybrid network: objects against each other, long unrolls, what a stage may say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.moving_clip import MovingClip
from tests.photographs import small_bank
from vosapp.data.generator.clip import generate
from vosapp.data.generator.settings import GeneratorSettings, TrainingClip
from vosapp.models.hybrid.matching import HybridSettings
from vosapp.models.hybrid_lite.network import HybridLite
from vosapp.training.hybrid_lite.batch import StreamBatches, collate, flows_of, validation_streams
from vosapp.training.hybrid_lite.objective import HybridLiteObjective, against
from vosapp.training.hybrid_lite.task import HybridLiteTask
from vosapp.training.recipe import Recipe
from vosapp.training.schedule import Budget, LearningRate, Stage
from vosapp.training.stage_config import StageConfig
from vosapp.training.trainer import RunSettings, Trainer

SMALL = HybridSettings(8, 8, 8)
CLIPS = GeneratorSettings(size_px=64, steps=4, smallest=0.4, speed=0.3)


class _SmallTask(HybridLiteTask):
    """The task with a narrow network."""

    def network(self) -> torch.nn.Module:
        return HybridLite(SMALL)


def _clip(others: int) -> TrainingClip:
    """A clip on which the other objects fill so many pixels of every frame."""
    clip = generate(small_bank(), CLIPS, (4, 1))
    filled = np.zeros_like(clip.others)
    filled[:, :1, :others] = 255
    return replace(clip, others=filled)


def test_other_objects_are_followed_too_where_they_are_large_enough() -> None:
    batch = collate([_clip(0), _clip(64), _clip(20)])
    assert batch.clip.tolist() == [0, 1, 2, 1]
    assert batch.rival.tolist() == [0, 3, 2, 1]
    assert torch.equal(batch.masks[3], batch.others[1])
    assert torch.equal(batch.others[3], batch.masks[1])
    assert batch.flow.shape == (3, 4, 2, 64, 64)
    assert np.isfinite(flows_of(_clip(0))).all()


def test_objects_share_a_pixel_by_their_odds() -> None:
    alone = torch.tensor([2.0, -1.0, 0.5]).view(3, 1, 1, 1)
    rival = torch.tensor([1, 0, 2])
    found = against(alone, rival, torch.tensor([True, True, False]).view(3, 1, 1, 1)).sigmoid().flatten()
    odds = alone.exp().flatten()
    assert found[:2].tolist() == pytest.approx((odds[:2] / (1 + odds[:2].sum())).tolist())
    assert float(found[2]) == pytest.approx(float(alone[2].sigmoid()))


def test_a_gradient_goes_back_over_as_many_frames_as_it_may() -> None:
    """The frame before the first gives its mask; what follows from it is cut off where an unroll begins anew."""
    torch.manual_seed(1)
    network = HybridLite(SMALL).eval()
    torch.nn.init.normal_(network.decoder.change.weight, std=0.1)
    batch = StreamBatches(small_bank(), CLIPS, seed=2, size=1).batch(0)
    gradients = []
    for through in (4, 1):
        network.zero_grad()
        HybridLiteObjective(network, through=through)(batch).loss.backward()  # type: ignore[no-untyped-call]
        gradients.append(network.decoder.cell.candidate.weight.grad.clone())
    assert not torch.allclose(gradients[0], gradients[1])


def test_a_real_clip_is_measured_from_its_first_frame() -> None:
    batch = validation_streams(MovingClip(frame_count=5, alone=True), frames=4, short_side=64)
    assert batch.rgb.shape[:2] == (1, 6)
    assert torch.equal(batch.guidance[0], batch.masks[0, 0])
    with torch.inference_mode():
        told = HybridLiteObjective(HybridLite(SMALL).eval())(batch)
    assert told.jaccard.shape == (4, 1)
    assert set(told.figures()) == {"loss", "jaccard", "moved", "late", "doubt_gap"}


@pytest.mark.timeout(900)  # about ten seconds on a free core
def test_a_run_follows_what_its_stages_say(tmp_path: Path) -> None:
    """The backbone stays as it is while it is frozen, learns afterwards, and statistics stay still."""
    frozen = StageConfig(norms="still", frozen=("encoder.backbone",))
    learning = StageConfig(norms="still", rates={"encoder.backbone": 0.1})
    stages = (Stage(0.5, CLIPS, 2, config=frozen), Stage(1.0, CLIPS, 2, config=learning))
    recipe = Recipe("test", "hybrid-lite", budget=Budget(steps=24), rate=LearningRate(2e-3, 0.5, 2), stages=stages)
    recipe = replace(recipe, validation_share=0.0, validation_clips=8, ema_decay=0.8, checkpoint_minutes=60.0)
    torch.manual_seed(0)
    trainer = Trainer(_SmallTask(recipe, small_bank()), RunSettings(tmp_path, workers=0, report_steps=6))
    before = {name: value.clone() for name, value in trainer.network.state_dict().items()}
    losses: list[float] = []
    moved_at: list[bool] = []

    def report(row: dict[str, float]) -> None:
        if "loss" not in row:
            assert 0 < row["val_jaccard"] <= 1
            return
        losses.append(row["loss"])
        now = trainer.network.state_dict()
        moved_at.append(any(not torch.equal(now[n], v) for n, v in before.items() if n.startswith("encoder.backbone")))

    trainer.run(report)
    assert len(losses) == 4 and np.isfinite(losses).all()
    assert moved_at == [False, False, True, True]
    now = trainer.network.state_dict()
    assert all(torch.equal(now[name], value) for name, value in before.items() if "running_" in name)
