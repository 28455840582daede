"""Every variant of an ablation sees the same clips, and real clips are validation_clips as they are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.moving_clip import MovingClip
from tests.photographs import small_bank
from vosapp.data.generator.settings import GeneratorSettings
from vosapp.training.ablation import FLOW_ALONE, VARIANTS, KeptBatches, Row, run_ablation, table
from vosapp.training.batch import GeneratedBatches
from vosapp.training.hybrid.loss import HybridLoss, Parts
from vosapp.training.hybrid.task import HybridTask
from vosapp.training.recipe import Recipe
from vosapp.training.schedule import Budget, LearningRate, Stage
from vosapp.training.trainer import RunSettings
from vosapp.training.validation_clips import validation_batch

CLIPS = GeneratorSettings(size_px=48, steps=1)
RECIPE = Recipe(
    "test",
    budget=Budget(steps=2),
    rate=LearningRate(warm_up_steps=1),
    stages=(Stage(1.0, CLIPS, 2),),
    validation_share=0.3,
    validation_clips=8,
    checkpoint_minutes=60,
)


def test_an_ablation_trains_and_measures_every_variant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[Parts, torch.Tensor]] = []
    original = HybridLoss.forward

    def noted(self: HybridLoss, batch):  # type: ignore[no-untyped-def]
        if self.training:
            seen.append((self.parts, batch.rgb))
        return original(self, batch)

    monkeypatch.setattr(HybridLoss, "forward", noted)
    validation_clips = [validation_batch(MovingClip(frame_count=3), frames=2, short_side=48)]
    variants = {name: VARIANTS[name] for name in ("full", "guidance only")}
    settings = RunSettings(tmp_path, half_precision=False)
    rows = list(run_ablation(RECIPE, small_bank(8), settings, validation_clips=validation_clips, variants=variants))
    assert [row.variant for row in rows] == [FLOW_ALONE, "full", "guidance only"]
    assert [len(row.validation_clips) for row in rows] == [1, 1, 1]
    assert [parts.matching for parts, _ in seen] == [True, True, False, False]
    assert all(torch.equal(mine, other) for (_, mine), (_, other) in zip(seen[:2], seen[2:], strict=True))
    assert "| guidance only | " in table(rows, ["moving"])


def test_the_border_distance_task_is_learnt_where_a_variant_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heads: list[bool] = []
    original = HybridLoss.forward

    def noted(self: HybridLoss, batch):  # type: ignore[no-untyped-def]
        if self.training:
            heads.append(self.border is not None)
        return original(self, batch)

    monkeypatch.setattr(HybridLoss, "forward", noted)
    validation_clips = [validation_batch(MovingClip(frame_count=3), frames=2, short_side=48)]
    variants = {name: VARIANTS[name] for name in ("full", "with the border-distance task")}
    settings = RunSettings(tmp_path, half_precision=False)
    rows = list(run_ablation(RECIPE, small_bank(8), settings, validation_clips=validation_clips, variants=variants))
    assert [row.variant for row in rows] == [FLOW_ALONE, "full", "with the border-distance task"]
    assert heads == [False, False, True, True]


def test_an_ablation_needs_equal_budgets(tmp_path: Path) -> None:
    timed = replace(RECIPE, budget=Budget(minutes=1))
    with pytest.raises(ValueError, match="budget in steps"):
        next(run_ablation(timed, small_bank(8), RunSettings(tmp_path)))


def test_the_table_has_means_over_seeds() -> None:
    rows = [Row("full", 1, 0.5, (0.4, 0.6), 1.0), Row("full", 2, 0.7, (0.6, 0.8), 1.0)]
    assert table(rows, ["a", "b"]).splitlines()[2] == "| full | 0.600 | 0.600 | 0.500 | 0.700 |"


def test_kept_batches_begin_again() -> None:
    made = [GeneratedBatches(small_bank(), CLIPS, 1, 1).batch(number) for number in range(2)]
    kept = KeptBatches(made)
    assert kept.batch(3) is made[1]


def test_a_validation_clip_is_whole_and_begins_with_its_truth() -> None:
    clip = MovingClip(frame_count=5, size=(60, 90))
    batch = validation_batch(clip, frames=3, short_side=48)
    assert batch.rgb.shape == (1, 5, 3, 48, 64)
    assert torch.equal(batch.rgb[:, 0], batch.rgb[:, 1])
    assert torch.equal(batch.guidance, batch.masks[:, 1])
    share = float(batch.masks[0, 2].float().mean() / 255)
    assert share == pytest.approx(float(np.mean(clip.truth(1)[1])), abs=0.01)


def test_validation_clips_are_in_the_log() -> None:
    validation_clips = [validation_batch(MovingClip(frame_count=3), frames=2, short_side=48)]
    task = HybridTask(RECIPE, small_bank(8), validation_clips)
    found = task.measure(task.network(), lambda: torch.autocast("cpu", enabled=False))
    assert set(found) == {"val_jaccard", "val_moved", "val_advice", "val_clips_jaccard"}
    assert 0 <= found["val_clips_jaccard"] <= 1
