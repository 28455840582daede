"""The select network: what it is told, a loss that it goes down, and a run that goes on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.photographs import small_bank
from vosapp.data.clicks.sample import ClickSettings
from vosapp.models.picture_networks import SELECT
from vosapp.models.select.network import SelectNetwork, _likeness
from vosapp.models.select.prompts import PLANES, Prompts, draw_click
from vosapp.training.recipe import Recipe, find_recipe, read_recipe
from vosapp.training.schedule import Budget, LearningRate, Stage
from vosapp.training.select.batch import ClickBatches
from vosapp.training.select.objective import ClickObjective
from vosapp.training.select.task import SelectTask
from vosapp.training.trainer import LAST, RunSettings, Trainer

SMALL = ClickSettings(size_px=64, rounds=1)
SHIPPED = read_recipe(find_recipe(Path("select")))
RECIPE = Recipe(
    "test",
    network="select",
    budget=Budget(steps=3),
    rate=LearningRate(warm_up_steps=1),
    stages=(Stage(1.0, SHIPPED.stages[0].clips, 2, clicks=SMALL),),
    half=False,
    validation_share=0.3,
    validation_clips=8,
    checkpoint_minutes=60,
)


def test_prompts_say_what_is_marked_and_how_near_it_is() -> None:
    inside, outside = np.zeros((64, 64), np.uint8), np.zeros((64, 64), np.uint8)
    draw_click(inside, 20, 30)
    planes = Prompts(inside, outside).planes()
    assert planes.shape == (PLANES, 64, 64) and planes.dtype == np.float32
    assert planes[0, 30, 20] == 1 and planes[2, 30, 20] == 1 and 0 < planes[3, 60, 60] < 0.2
    assert not planes[1].any() and not planes[4:].any()
    told = Prompts(inside, outside, box=inside, previous=np.full((64, 64), 0.5, np.float32)).planes()
    assert (told[8:] == 1).all() and told[6, 30, 20] == 1 and (told[7] == 0.5).all()


def test_the_network_is_as_large_as_it_says_and_takes_any_multiple() -> None:
    network = SelectNetwork().eval()
    assert sum(value.numel() for value in network.parameters()) == SELECT.parameters
    rgb = torch.rand(2, 3, 64, 96)
    with torch.inference_mode():
        assert network(rgb, network.encode(rgb), torch.zeros(2, PLANES, 64, 96)).shape == (2, 1, 64, 96)


def test_a_click_changes_the_answer_without_another_look() -> None:
    torch.manual_seed(1)
    network = SelectNetwork().eval()
    rgb = torch.rand(1, 3, 64, 64)
    inside = np.zeros((64, 64), np.uint8)
    with torch.inference_mode():
        features = network.encode(rgb)
        answers = []
        for place in ((10, 10), (50, 50)):
            draw_click(inside, *place)
            planes = torch.from_numpy(Prompts(inside, np.zeros_like(inside)).planes())[None]
            answers.append(network(rgb, features, planes))
    assert not torch.equal(*answers)


def test_likeness_is_the_cosine_to_the_most_alike_mark() -> None:
    key = torch.nn.functional.normalize(torch.randn(2, 5, 3, 4), dim=1)
    marks = torch.zeros(2, 2, 3, 4)
    marks[0, 0, 1, 2] = marks[0, 0, 2, 0] = marks[1, 1, 0, 0] = 1
    found = _likeness(key, marks, torch.zeros(2, 1, 3, 4))
    wanted = torch.maximum(*(torch.einsum("chw,c->hw", key[0], key[0, :, y, x]) for y, x in ((1, 2), (2, 0))))
    assert torch.allclose(found[0, 0], wanted, atol=1e-6)
    assert float(found[1, 1, 0, 0]) == pytest.approx(1, abs=1e-5)
    assert not found[0, 1].any() and not found[1, 0].any() and not found[:, 2:].any()


def test_it_learns_one_batch_by_heart_while_the_backbone_stays() -> None:
    torch.manual_seed(0)
    task = SelectTask(RECIPE, small_bank(12))
    network = task.network()
    objective = task.objective(network)
    batch = ClickBatches(small_bank(12), SMALL, 4, 2).batch(0)
    before = {name: value.clone() for name, value in network.backbone.state_dict().items()}  # type: ignore[union-attr,operator]
    optimizer = torch.optim.AdamW([p for p in objective.parameters() if p.requires_grad], lr=3e-3)
    losses = []
    for _ in range(24):
        objective.train()
        loss = objective(batch).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.85 * losses[0]
    after = network.backbone.state_dict()  # type: ignore[union-attr,operator]
    assert all(torch.equal(after[name], value) for name, value in before.items())


def test_a_run_leaves_a_checkpoint_and_goes_on(tmp_path: Path) -> None:
    rows: list[dict[str, float]] = []
    trainer = Trainer(SelectTask(RECIPE, small_bank(12)), RunSettings(tmp_path, workers=0, report_steps=2))
    trainer.run(rows.append)
    assert (tmp_path / LAST).exists() and 0 <= rows[-1]["val_jaccard"] <= 1
    again = Trainer(SelectTask(RECIPE, small_bank(12)), RunSettings(tmp_path, workers=0))
    assert again.position.steps == 3
    assert isinstance(again.task.objective(again.network), ClickObjective)
