"""The matte refiner: tiles with exact alpha, a network that begins as a feather, and a loss that teaches it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from tests.photographs import small_bank
from vosapp.data.mattes.colours import carried_out, rimmed
from vosapp.data.mattes.contact_sheet import contact_sheet
from vosapp.data.mattes.hair import draw_coat, grown
from vosapp.data.mattes.mask_damage import as_given
from vosapp.data.mattes.tile import TileSettings, make_tile
from vosapp.matte.edge_planes import edge_planes
from vosapp.matte.fast_edge import measured_edge
from vosapp.matte.refiner_input import FEATHERS_PX, RAMPS_PX, look, refiner_input
from vosapp.models.matte_refiner.network import CANDIDATES, MULTIPLE_PX, PLANES, MatteRefiner
from vosapp.models.picture_networks import MATTE_REFINER
from vosapp.training.matte.batch import MatteBatches, turned
from vosapp.training.matte.loss import MatteLoss
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
        assert tile.rgb.shape == (48, 48, 3) and tile.alpha.shape == (48, 48) and tile.mask.dtype == np.bool_
        softness += float(((tile.alpha > 5) & (tile.alpha < 250)).mean()) / 12
        sure = tile.alpha == 255
        if sure.any():
            assert np.median(np.abs(tile.rgb[sure].astype(int) - tile.foreground[sure])) < 40
    assert softness > 0.03


def test_masks_are_true_as_often_as_asked_for() -> None:
    bank = small_bank(12)
    for share in (0.0, 1.0):
        tiles = [make_tile(bank, replace(SMALL, true_masks=share), (3, index)) for index in range(12)]
        true = [np.array_equal(tile.mask, tile.alpha >= 128) for tile in tiles]
        assert all(true) if share else sum(true) < 6


def test_an_objects_colours_are_mirrored_at_its_outline() -> None:
    alpha = np.zeros((60, 60), np.float32)
    alpha[:, :30] = 1
    rgb = np.full((60, 60, 3), 200, np.uint8)  # what was behind it
    rgb[:, :30] = 20
    rgb[:, 20:25] = 90  # a stripe of its own, 5 px from the outline
    found = carried_out(rgb, alpha)
    assert np.array_equal(found[:, :27], rgb[:, :27]), "what is its own stays"
    assert (found[5:55, 27:31] < 50).all(), "not a trace of what was behind it"
    assert (np.abs(found[5:55, 34, 0].astype(int) - 90) < 25).all(), "the stripe comes again, as far outside"


def test_a_rim_changes_colours_near_the_outline_alone() -> None:
    alpha = np.zeros((80, 80), np.float32)
    alpha[10:70, 10:70] = 1
    colour = np.full((80, 80, 3), 0.5, np.float32)
    strongest = 0.0
    for seed in range(8):
        found = rimmed(colour, alpha, np.random.default_rng(seed))
        assert np.abs(found[40, 40] - 0.5).max() < 0.02, "30 px inside"
        assert np.allclose(found[2, 2], found[9, 40]), "beyond the outline as at it"
        strongest = max(strongest, float(np.abs(found[11, 40] - 0.5).max()))
    assert strongest > 0.2


def test_hair_only_adds_and_damage_leaves_most() -> None:
    random = np.random.default_rng(3)
    alpha = np.zeros((64, 64), np.float32)
    alpha[20:44, 20:44] = 1
    alpha[19, 20:44] = 0.5
    hairy, tones = grown(alpha, replace(draw_coat(random), soft_px=0.0, blur_px=0.0), random)
    assert (hairy >= alpha - 1e-6).all() and hairy.sum() > alpha.sum() and hairy.max() <= 1
    assert tones.shape == alpha.shape
    for _ in range(10):
        mask = as_given(hairy, random, true_masks=0.0)
        assert mask[30:34, 30:34].all() and mask.mean() < 0.6


def test_without_training_the_network_is_a_feather_at_any_size() -> None:
    network = MatteRefiner().eval()
    assert sum(value.numel() for value in network.parameters()) == MATTE_REFINER.parameters <= 1_000_000
    height, width = 2 * MULTIPLE_PX, 3 * MULTIPLE_PX
    candidates, near = torch.rand(1, CANDIDATES, height, width), torch.rand(1, 3, height, width)
    with torch.inference_mode():
        found = network(torch.randn(1, PLANES, height, width), candidates, near)
        narrow = network(torch.randn(1, PLANES, height, width), torch.ones_like(candidates), near)
    narrowest, widest = candidates.amin(1, keepdim=True), candidates.amax(1, keepdim=True)
    assert (found.alpha > narrowest).all() and (found.alpha < widest).all() and torch.equal(found.foreground, near)
    assert torch.allclose(narrow.alpha, torch.ones(()))


def test_the_input_sees_both_colours_and_where_they_mix() -> None:
    mask = np.zeros((64, 64), np.bool_)
    mask[:, 32:] = True
    rgb = np.zeros((64, 64, 3), np.float32)
    rgb[..., 0] = np.clip((np.arange(64) - 27.5) / 8, 0, 1)
    planes = edge_planes(rgb, mask)
    assert planes.front[32, 32, 0] > 0.95 and planes.behind[32, 31, 0] < 0.05
    assert np.abs(planes.mixed[32] - rgb[32, :, 0]).max() < 0.08
    fast = measured_edge(rgb, mask)
    seen = refiner_input(rgb, mask, look(rgb, mask), fast)
    assert seen.planes.shape == (PLANES, 64, 64) and seen.near.shape == (3, 64, 64)
    assert np.array_equal(seen.planes[14], fast.alpha) and np.array_equal(16 * seen.planes[15], fast.width_px)
    distance = seen.planes[16, 32]
    assert distance[20] == -1 and distance[44] == 1 and (np.diff(distance[29:35]) > 0.2).all(), "parts of a pixel"


def test_the_candidates_are_feathers_narrow_to_wide_and_alphas_that_follow_the_picture() -> None:
    mask = np.zeros((64, 64), np.bool_)
    mask[:, 32:] = True
    rgb = np.full((64, 64, 3), 0.2, np.float32)
    rgb[:, 30:] = 0.8  # the picture's edge lies two pixels beyond the mask's
    fast = measured_edge(rgb, mask)
    candidates = refiner_input(rgb, mask, look(rgb, mask), fast).candidates
    assert candidates.shape == (CANDIDATES, 64, 64) and candidates.min() >= 0 and candidates.max() <= 1
    soft = [float(np.minimum(alpha, 1 - alpha).sum()) for alpha in candidates[: len(FEATHERS_PX)]]
    assert soft == sorted(soft) and soft[0] < soft[-1] / 4
    assert np.array_equal(candidates[-1], fast.alpha)
    ramps = candidates[-1 - len(RAMPS_PX) : -1, 32]
    assert [int(((ramp > 0) & (ramp < 1)).sum()) for ramp in ramps] == [2, 2, 4, 8]
    feather, mixed = candidates[3, 32], candidates[len(FEATHERS_PX) + 2, 32]
    assert mixed[30] > 0.9 > feather[30] and mixed[29] < 0.1, "the mixture finds the picture's edge"


def test_it_learns_the_alpha_of_a_batch() -> None:
    torch.manual_seed(0)
    objective = MatteLoss(MatteRefiner())
    batch = MatteBatches(small_bank(12), SMALL, 5, 4).batch(0)
    assert batch.planes.shape == (4, PLANES, 48, 48)
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


def test_a_contact_sheet_shows_the_tiles() -> None:
    tiles = [make_tile(small_bank(12), SMALL, (4, index)) for index in range(5)]
    sheet = contact_sheet(tiles)
    assert np.array_equal(sheet[2:50, 2:50], tiles[0].rgb)
    assert np.array_equal(sheet[2:50, 50:98, 0], tiles[0].alpha), "beside it its alpha"
    assert len(sheet) == 2 * (48 + 4), "four in a row"


def test_each_tile_is_shown_as_often_as_asked_for_turned_with_all_that_belongs_to_it() -> None:
    bank, settings = small_bank(12), replace(SMALL, views=2)
    batches = MatteBatches(bank, settings, 5, 2)
    plain = MatteBatches(bank, replace(settings, views=1), 5, 2).batch(0)
    first, later = batches.batch(0), batches.batch(8)  # after the pool has been shown once
    assert all(torch.equal(a, b) for a, b in zip(first, plain, strict=True))
    assert not torch.equal(first.alpha, later.alpha)
    assert all(torch.equal(a, b) for a, b in zip(later, MatteBatches(bank, settings, 5, 2).batch(8), strict=True))
    for way in range(8):
        seen = turned(plain, way)
        assert torch.equal(seen.alpha.flatten().sort()[0], plain.alpha.flatten().sort()[0])
        alike = turned(plain._replace(near=plain.planes[:, :3], alpha=plain.planes[:, 3:4]), way)
        assert torch.equal(alike.near, alike.planes[:, :3]) and torch.equal(alike.alpha, alike.planes[:, 3:4])
    assert torch.equal(turned(plain, 0).planes, plain.planes)
