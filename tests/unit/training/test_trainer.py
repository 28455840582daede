"""The trainer learns, resumes exactly, and says what is wrong with a recipe."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from tests.photographs import small_bank
from vosapp.data.generator.clip import generate
from vosapp.data.generator.settings import GeneratorSettings
from vosapp.models.hybrid.matching import HybridSettings
from vosapp.models.hybrid.network import Hybrid
from vosapp.training.batch import GeneratedBatches, batches, collate
from vosapp.training.checkpoint import MOMENTS, CheckpointError
from vosapp.training.ema import WeightEma
from vosapp.training.hybrid.loss import HybridLoss, LossWeights, Parts
from vosapp.training.hybrid.task import HybridTask
from vosapp.training.recipe import Recipe, RecipeError, read_recipe, without_parts
from vosapp.training.schedule import Budget, LearningRate, Stage, stage_at
from vosapp.training.trainer import LAST, RunSettings, Trainer

CLIPS = GeneratorSettings(size_px=48, steps=1)
RECIPE = Recipe(
    "test",
    budget=Budget(steps=6),
    rate=LearningRate(warm_up_steps=2),
    stages=(Stage(0.5, CLIPS, 2), Stage(1.0, GeneratorSettings(size_px=48, steps=2), 2)),
    validation_share=0.3,
    validation_clips=8,
    checkpoint_minutes=60,
)
RECIPES = Path(__file__).parents[3] / "vosapp" / "training" / "recipes"


def _trainer(folder: Path, recipe: Recipe = RECIPE) -> Trainer:
    task = HybridTask(recipe, small_bank(12))
    return Trainer(task, RunSettings(folder, workers=0, half_precision=False, report_steps=2))


def _run_until(trainer: Trainer, steps: int) -> None:
    """Trains to a step as if the budget had room for more, then leaves a checkpoint."""

    class InterruptionError(Exception):
        pass

    original = trainer.step

    def counted(batch, progress):  # type: ignore[no-untyped-def]
        if trainer.position.steps == steps:
            raise InterruptionError
        return original(batch, progress)

    trainer.step = counted  # type: ignore[method-assign]
    with pytest.raises(InterruptionError):
        trainer.run()
    trainer._save(lambda _: None)


def test_a_resumed_run_is_the_run(tmp_path: Path) -> None:
    """Weights, average and moments after 6 steps are the same bit by bit, whether or not it stopped after 4."""
    whole = _trainer(tmp_path / "whole")
    whole.run()
    _run_until(_trainer(tmp_path / "parts"), 4)
    resumed = _trainer(tmp_path / "parts")
    assert (resumed.position.steps, resumed.position.stage, resumed.position.batches) == (4, 1, 1)
    resumed.run()
    for name, value in whole.network.state_dict().items():
        assert torch.equal(value, resumed.network.state_dict()[name]), name
        assert torch.equal(whole.run_state.ema.values[name], resumed.run_state.ema.values[name]), name


def test_without_moments_the_rate_warms_up_again(tmp_path: Path) -> None:
    _run_until(_trainer(tmp_path), 4)
    shutil.move(tmp_path / LAST / MOMENTS, tmp_path / "elsewhere")
    resumed = _trainer(tmp_path)
    before = resumed.network.state_dict()["encoder.key.weight"].clone()
    resumed.run()
    assert resumed.position.steps == 6
    assert not torch.equal(before, resumed.network.state_dict()["encoder.key.weight"])
    rows = csv.DictReader((tmp_path / "log.csv").read_text().splitlines())
    rates = [row["rate"] for row in rows if row["rate"]]
    assert len(rates) == 3
    assert float(rates[-1]) == pytest.approx(RECIPE.rate.at(5 / 6, 2), rel=1e-3)


def test_a_damaged_checkpoint_is_named(tmp_path: Path) -> None:
    _run_until(_trainer(tmp_path), 1)
    (tmp_path / LAST / "average.safetensors").write_bytes(b"nothing")
    with pytest.raises(CheckpointError, match="cannot be resumed"):
        _trainer(tmp_path)


def test_it_overfits_a_clip() -> None:
    """A few dozen steps on one clip whose guidance is badly damaged bring J above 0.9."""
    torch.manual_seed(0)
    clips = [generate(small_bank(), GeneratorSettings(size_px=64, steps=2, damage=1.0), (3, k)) for k in (1, 3)]
    batch, network = collate(clips), Hybrid(HybridSettings(keys=16, values=16, states=8))
    module = HybridLoss(network, parts=Parts(advice=False))
    optimizer = torch.optim.AdamW(module.parameters(), 2e-3)
    first = module(batch)
    for _ in range(45):
        optimizer.zero_grad()
        result = module(batch)
        result.loss.backward()
        optimizer.step()
    assert float(first.jaccard.mean()) == pytest.approx(float(first.moved_jaccard.mean()), abs=0.02)
    assert float(first.moved_jaccard.min()) < 0.75
    assert float(result.jaccard.mean()) > 0.9
    assert result.loss.item() < 0.5 * first.loss.item()


@pytest.mark.parametrize("off", ["matching", "appearance", "guidance", "flow", "recurrence"])
def test_parts_can_be_switched_off(off: str) -> None:
    torch.manual_seed(0)
    batch = collate([generate(small_bank(), GeneratorSettings(size_px=48, steps=2), (1, k)) for k in range(2)])
    network = Hybrid(HybridSettings(keys=8, values=8, states=8))
    torch.nn.init.normal_(network.decoder.change.weight)
    network.eval()
    whole = HybridLoss(network)(batch)
    without = HybridLoss(network, parts=Parts(**{off: False}))(batch)
    assert not torch.equal(whole.loss, without.loss)


def test_the_border_task_teaches_the_network_and_stays_out_of_its_file() -> None:
    torch.manual_seed(0)
    data = GeneratedBatches(small_bank(), CLIPS, 1, 2, borders=True)
    batch = data.batch(0)
    assert batch.borders.shape == (2, 1, 24, 24)
    assert int(batch.borders.min()) <= 10 < int(batch.borders.max()) <= 21
    network = Hybrid(HybridSettings(keys=8, values=8, states=8))
    plain, module = HybridLoss(network), HybridLoss(network, LossWeights(border=0.2))
    difference = module(batch).loss - plain(batch).loss
    assert difference.item() > 0
    gradient = torch.autograd.grad(difference, network.decoder.at_half.parameters(), allow_unused=True)
    assert any(part is not None and bool(part.abs().sum() > 0) for part in gradient)
    assert not any("border" in name for name in network.state_dict())
    assert module.border is not None
    assert plain.border is None


def test_batches_do_not_depend_on_the_number_of_workers() -> None:
    data = GeneratedBatches(small_bank(), CLIPS, 1, 2)
    alone, shared = batches(data, workers=0, first=2), batches(data, workers=2, first=2)
    for number in (2, 3, 4):
        expected, first, second = data.batch(number), next(alone), next(shared)
        assert torch.equal(expected.rgb, first.rgb)
        assert torch.equal(expected.rgb, second.rgb)
        assert torch.equal(expected.flow, second.flow)


def test_the_average_follows() -> None:
    layer = torch.nn.Linear(1, 1)
    average = WeightEma(layer, 0.9)
    start = float(layer.weight.detach())
    with torch.no_grad():
        layer.weight += 1
    for _ in range(200):
        average.update(layer)
    assert start + 0.99 < float(average.values["weight"]) <= start + 1.0


def test_rates_stages_and_budgets() -> None:
    rate = LearningRate(peak=1.0, floor=0.1, warm_up_steps=10)
    assert rate.at(0.0, 0) == pytest.approx(0.1)
    assert rate.at(0.0, 9) == pytest.approx(1.0)
    assert rate.at(1.0, 500) == pytest.approx(0.1)
    assert [stage_at(RECIPE.stages, p) for p in (0.0, 0.49, 0.5, 1.0)] == [0, 0, 1, 1]
    assert Budget(minutes=2).progress(999, 60) == 0.5
    assert Budget(steps=10, minutes=2).progress(5, 120) == 1.0


def test_every_recipe_can_be_read() -> None:
    recipes = [read_recipe(path) for path in sorted(RECIPES.glob("*.toml"))]
    assert recipes
    for recipe in recipes:
        assert recipe.stages[-1].until == 1.0
        assert recipe.source
        assert all(stage.clips.size_px % 16 == 0 for stage in recipe.stages)


def test_parts_are_switched_off_by_name() -> None:
    assert without_parts(RECIPE, ["matching", "flow"]).parts == Parts(matching=False, flow=False)
    with pytest.raises(RecipeError, match=r"no part called magic.*recurrence"):
        without_parts(RECIPE, ["magic"])


def test_mistakes_in_a_recipe_are_named(tmp_path: Path) -> None:
    path = tmp_path / "recipe.toml"
    for text, complaint in (("name = ", "cannot be read"), ('name = "a"\n[rate]\nspeed = 1', "speed")):
        path.write_text(text)
        with pytest.raises(RecipeError, match=complaint):
            read_recipe(path)
    with pytest.raises(RecipeError, match="cannot be read"):
        read_recipe(tmp_path / "nowhere.toml")
    path.write_text('name = "a"\n[clips]\nsize_px = 64\n[[stages]]\nuntil = 1.0\nclips = { steps = 5 }')
    assert read_recipe(path).stages == (Stage(1.0, replace(GeneratorSettings(), size_px=64, steps=5)),)


@pytest.mark.parametrize("name", [LAST, f"{LAST}.new", f"{LAST}.old"])
def test_a_folder_of_the_user_is_never_taken_for_a_checkpoint(tmp_path: Path, name: str) -> None:
    trainer = _trainer(tmp_path)
    (tmp_path / name).mkdir()
    (tmp_path / name / "diary.txt").write_text("precious")
    with pytest.raises(CheckpointError, match="is no checkpoint and is left as it is"):
        trainer._save(lambda _: None)
    assert (tmp_path / name / "diary.txt").read_text() == "precious"
