"""The matte refiner: tiles with exact alpha, a network that begins as a feather, and a loss that teaches it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from tests.photographs import small_bank
from vosapp.data.mattes.hair import draw_coat, grown
from vosapp.data.mattes.mask_damage import as_propagated
from vosapp.data.mattes.tile import TileSettings, make_tile
from vosapp.matte.edge_planes import edge_planes
from vosapp.models.matte_refiner.network import MULTIPLE_PX, PLANES, MatteRefiner
from vosapp.models.picture_networks import MATTE_REFINER
from vosapp.training.matte.batch import MatteBatches
from vosapp.training.matte.loss import MatteLoss, warp
from vosapp.training.matte.task import MatteTask
from vosapp.training.recipe import Recipe, find_recipe, read_recipe
from vosapp.training.schedule import Budget, LearningRate, Stage
from vosapp.training.trainer import LAST, RunSettings, Trainer

SMALL = TileSettings(size_px=48)
RECIPE = Recipe(
    "test",
    network="matte-refiner",
    budget=Budget(steps=4),
    rate=LearningRate(warm_up_steps=1),
    stages=(Stage(1.0, read_recipe(find_recipe(Path("matte-refiner"))).stages[0].clips, 2, mattes=SMALL),),
    half=False,
    validation_share=0.3,
    validation_clips=8,
    checkpoint_minutes=60,
)


def test_a_seed_gives_one_tile_and_its_picture_is_mixed_of_both_sides() -> None:
    bank = small_bank(12)
    first, again = make_tile(bank, SMALL, (1, 7)), make_tile(bank, SMALL, (1, 7))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    softness = 0.0
    for index in range(12):
        tile = make_tile(bank, SMALL, (2, index))
        assert tile.rgb.shape == (2, 48, 48, 3) and tile.alpha.shape == (48, 48) and tile.masks.dtype == np.bool_
        softness += float(((tile.alpha > 5) & (tile.alpha < 250)).mean()) / 12
        sure = tile.alpha == 255
        if sure.any():
            assert np.median(np.abs(tile.rgb[1][sure].astype(int) - tile.foreground[sure])) < 40
    assert softness > 0.05


def test_hair_only_adds_and_damage_leaves_most() -> None:
    random = np.random.default_rng(3)
    alpha = np.zeros((64, 64), np.float32)
    alpha[20:44, 20:44] = 1
    alpha[19, 20:44] = 0.5
    hairy, tones = grown(alpha, replace(draw_coat(random), soft_px=0.0), random)
    assert (hairy >= alpha - 1e-6).all() and hairy.sum() > alpha.sum() and hairy.max() <= 1
    assert tones.shape == alpha.shape
    for _ in range(10):
        mask = as_propagated(hairy, random)
        assert mask[30:34, 30:34].all() and mask.mean() < 0.6


def test_without_training_the_network_is_a_feather_at_any_size() -> None:
    network = MatteRefiner().eval()
    assert sum(value.numel() for value in network.parameters()) == MATTE_REFINER.parameters <= 1_000_000
    height, width = 2 * MULTIPLE_PX, 3 * MULTIPLE_PX
    feather, near = torch.rand(1, 1, height, width), torch.rand(1, 3, height, width)
    with torch.inference_mode():
        found = network(torch.randn(1, PLANES, height, width), feather, near)
    assert torch.equal(found.alpha, feather) and torch.equal(found.foreground, near)


def test_the_planes_see_both_colours_and_where_they_mix() -> None:
    mask = np.zeros((64, 64), np.bool_)
    mask[:, 32:] = True
    rgb = np.zeros((64, 64, 3), np.float32)
    rgb[..., 0] = np.clip((np.arange(64) - 27.5) / 8, 0, 1)
    planes = edge_planes(rgb, mask)
    assert planes.front[32, 32, 0] > 0.95 and planes.behind[32, 31, 0] < 0.05
    assert np.abs(planes.mixed[32] - rgb[32, :, 0]).max() < 0.08
    stacked = planes.stacked(rgb, rgb[..., 0])
    assert stacked.shape == (PLANES, 64, 64)
    assert np.array_equal(stacked[12], rgb[..., 0]) and (stacked[13] == 1).all()
    assert not planes.stacked(rgb, None)[12:].any()


def test_warping_looks_where_the_flow_points() -> None:
    image = torch.arange(20.0).reshape(1, 1, 1, 20).expand(1, 1, 8, 20)
    flow = torch.zeros(1, 2, 8, 20)
    flow[:, 0] = 3
    assert torch.allclose(warp(image, flow)[..., :16], image[..., 3:19], atol=1e-4)


def test_it_learns_the_alpha_of_a_batch() -> None:
    torch.manual_seed(0)
    objective = MatteLoss(MatteRefiner())
    batch = MatteBatches(small_bank(12), SMALL, 5, 4, guided=1.0).batch(0)
    optimizer = torch.optim.Adam(objective.parameters(), 3e-3)
    losses = []
    for _ in range(25):
        optimizer.zero_grad()
        result = objective(batch)
        result.loss.backward()
        optimizer.step()
        losses.append(result.loss.item())
    assert losses[-1] < 0.85 * losses[0]
    assert float(result.error) < float(result.feather_error)


def test_a_run_leaves_a_checkpoint_and_goes_on(tmp_path: Path) -> None:
    trainer = Trainer(MatteTask(RECIPE, small_bank(12)), RunSettings(tmp_path, workers=0, report_steps=2))
    assert trainer.run().steps == 4
    assert (tmp_path / LAST).is_dir() and "val_alpha_error" in (tmp_path / "log.csv").read_text()
    assert Trainer(MatteTask(RECIPE, small_bank(12)), RunSettings(tmp_path, workers=0)).position.steps == 4
