"""Sequences, what a network is told of them, and the recipes of the papers."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.moving_clip import MovingClip
from tests.photographs import small_bank
from tests.small_networks import trainable
from vosapp.core.errors import UserError, WeightsError
from vosapp.data.generator.clip import generate
from vosapp.data.generator.settings import GeneratorSettings
from vosapp.models.picture_networks import MATTE_REFINER, SELECT
from vosapp.models.registry import NETWORKS
from vosapp.training.optimizer import Optimizer, set_rates
from vosapp.training.pretrained import begin_with
from vosapp.training.recipe import Recipe, RecipeError, find_recipe, read_recipe
from vosapp.training.run import Sources
from vosapp.training.schedule import LearningRate, Stage, progress_in_stage
from vosapp.training.sequence.assignment import cheapest
from vosapp.training.sequence.clips import sequence_of
from vosapp.training.sequence.stream import Material, SequenceBatches
from vosapp.training.sequence.task import SequenceTask, objective_for
from vosapp.training.stage_config import StageConfig

RECIPES = sorted((Path(__file__).parents[3] / "vosapp" / "training" / "recipes").glob("*.toml"))
STAGE = Stage(1.0, GeneratorSettings(size_px=48, steps=3, damage=1.0), 2)


def _batches(config: StageConfig, *, real_clips: int = 0, seed: int = 1) -> SequenceBatches:
    clips = [MovingClip(frame_count=real_clips, size=(40, 60))] if real_clips else []
    material = Material(None if real_clips else small_bank(), clips)
    return SequenceBatches(material, replace(STAGE, config=config), seed, distances=True)


def test_the_cheapest_assignment_is_the_cheapest() -> None:
    random = np.random.default_rng(2)
    for size in (1, 2, 4, 6):
        cost = random.random((size, size))
        best = min(permutations(range(size)), key=lambda order: sum(cost[row, k] for row, k in enumerate(order)))
        assert cheapest(cost) == list(best)


def test_a_sequence_begins_with_the_anchor_or_the_frame_before() -> None:
    clip = generate(small_bank(), STAGE.clips, (1, 4))
    far, near = sequence_of(clip, "anchor", 3), sequence_of(clip, "previous", 1)
    assert far.rgb.shape == near.rgb.shape == (4, 48, 48, 3)
    np.testing.assert_array_equal(far.rgb, clip.rgb[[0, 2, 3, 4]])
    np.testing.assert_array_equal(near.rgb, clip.rgb[1:])
    np.testing.assert_array_equal(far.guidance[0], clip.guidance)
    np.testing.assert_array_equal(near.guidance[0], clip.masks[1])
    assert far.masks.shape == (4, 3, 48, 48)
    np.testing.assert_array_equal(far.masks[:, 1], clip.others[[0, 2, 3, 4]])
    assert not far.masks[:, 2].any()


@pytest.mark.parametrize("real_clips", [0, 8])
def test_a_batch_is_the_same_for_its_number(real_clips: int) -> None:
    first, again = (
        _batches(StageConfig(fewest=1), real_clips=real_clips),
        _batches(StageConfig(fewest=1), real_clips=real_clips),
    )
    lengths = set()
    for number in range(6):
        batch, copy = first.batch(number), again.batch(number)
        assert all(torch.equal(mine, other) for mine, other in zip(batch, copy, strict=True))
        assert batch.rgb.shape[:2] == (2, len(batch.coins))
        assert batch.distances.shape == (2, len(batch.coins), 48, 48)
        lengths.add(len(batch.coins))
    assert len(lengths) > 1
    assert lengths <= {2, 3, 4}


def test_real_clips_are_brought_to_size_and_strided() -> None:
    config = StageConfig(size=(32, 64), stride=2, first="anchor", objects=2)
    batch = _batches(config, real_clips=8).batch(0)
    assert batch.rgb.shape == (2, 4, 3, 32, 64)
    assert batch.masks.shape == (2, 4, 2, 32, 64)
    assert (batch.masks.flatten(3).amax(3) == 255).all()


def test_masks_stay_on_their_pictures() -> None:
    """However a clip is turned and mirrored, what its mask covers is what it covered."""
    plain = StageConfig(turn_deg=0.0, zoom=0.0, flip=False)
    colours = []
    for config in (plain, StageConfig(turn_deg=30.0, zoom=0.1)):
        batch = _batches(config, real_clips=8, seed=3).batch(0)
        inside = batch.masks[:, :1, 0] > 200
        colours.append(float(batch.rgb[:, 0].float().mean(1)[inside[:, 0]].mean()))
    assert abs(colours[0] - colours[1]) < 12


def test_clips_that_are_too_short_are_refused() -> None:
    with pytest.raises(UserError, match="4 annotated frames"):
        _batches(StageConfig(), real_clips=3).batch(0)


def test_every_recipe_names_its_source_and_fits_its_network() -> None:
    recipes = [read_recipe(path) for path in RECIPES]
    assert {recipe.network for recipe in recipes} == {
        spec.name for spec in (*NETWORKS, MATTE_REFINER, SELECT) if not spec.extra
    }
    for recipe in recipes:
        assert recipe.source
        assert recipe.budget.steps or recipe.budget.minutes
        if recipe.network not in ("hybrid", "hybrid-lite", MATTE_REFINER.name, SELECT.name):
            task = SequenceTask(recipe, Material(small_bank()), lambda name=recipe.network: trainable(name))
            names = [name for name, _ in task.network().named_parameters()]
            configs = [stage.config for stage in recipe.stages]
            told = [name for t in configs for name in (*t.rates, *t.still_rates)]
            assert all(any(name.startswith(beginning) for name in names) for beginning in told)
            modules = [name for name, _ in task.network().named_modules()]
            assert all(any(m.startswith(frozen) for m in modules) for t in configs for frozen in t.frozen)


def test_papers_facts_stand_in_the_recipes() -> None:
    rgmp, hs2s, agame = (read_recipe(find_recipe(Path(name))) for name in ("rgmp", "hs2s", "agame"))
    assert [stage.clips.steps for stage in rgmp.stages] == [1, 5]
    assert (rgmp.rate.peak, rgmp.stages[0].clips.in_place) == (1e-5, 0.5)
    assert [stage.config.truth[0] for stage in hs2s.stages] == [1.0] * 7 + [0.5] * 3
    assert hs2s.stages[6].config.truth_at(0.5) == 0.75
    assert (agame.stages[1].config.rate, agame.stages[1].config.size) == (0.1, (480, 864))
    assert read_recipe(find_recipe(Path("hs2s-sim"))).stages == hs2s.stages


MISTAKES = {
    'network = "nothing"': "no network nothing",
    'rate = { peak = "fast" }': r"rate\.peak must be a number",
    "seed = 1.5": r"seed must be a whole number",
    "half = 1": r"half must be true or false",
    'optimizer = { kind = "magic" }': "'magic', which is none of 'adamw'",
    "without = 3": "without must be a list",
    "config = 3": "must be tables",
    "stages = [{ batch = 2 }]": "lacks until",
    "stages = [{ until = 0.5 }]": "the last be 1.0",
    "stages = [{ until = 1.0, config = { truth = [1.0] } }]": "must have 2 values",
    "stages = [{ until = 1.0, config = { truth = [2.0, 1.0] } }]": "shares from 0 to 1",
    "stages = [{ until = 1.0, config = { losses = { a = true } } }]": r"losses\.a must be a number",
    'like = "nobody"': "cannot be read",
}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_is_named_by_its_place(text: str, tmp_path: Path) -> None:
    path = tmp_path / "recipe.toml"
    path.write_text(f'name = "a"\n{text}\n')
    with pytest.raises(RecipeError, match=MISTAKES[text]):
        read_recipe(path)


def test_a_recipe_is_found_by_name_or_path(tmp_path: Path) -> None:
    assert find_recipe(Path("rgmp")).name == "rgmp.toml"
    own = tmp_path / "rgmp"
    own.write_text("")
    assert find_recipe(own) == own
    with pytest.raises(RecipeError, match="no recipe nothing"):
        find_recipe(Path("nothing"))


def test_what_cannot_be_trained_is_said() -> None:
    with pytest.raises(RecipeError, match="not trained on sequences"):
        objective_for("hybrid")
    with pytest.raises(UserError, match="nothing to train on"):
        Sources().task(Recipe("a", network="rgmp"))
    with pytest.raises(UserError, match="photographs"):
        Sources().task(Recipe("a"))
    odd = Recipe("a", network="rgmp", stages=(replace(STAGE, config=StageConfig(losses={"distance": 1.0})),))
    with pytest.raises(RecipeError, match="no part distance"):
        SequenceTask(odd, Material(small_bank()))


def test_a_stage_freezes_modules_and_norms() -> None:
    objective = objective_for("agame")(trainable("agame"))
    objective.configure(StageConfig(frozen=("backbone.layer1", "backbone.bn1"), norms="statistics"), 0.0)
    objective.train()
    learning = {name for name, value in objective.network.named_parameters() if value.requires_grad}
    assert not any(name.startswith(("backbone.layer1", "backbone.bn1")) for name in learning)
    assert "backbone.layer4.0.conv1.weight" in learning
    assert "backbone.layer4.0.bn1.weight" not in learning
    training = {name: module.training for name, module in objective.network.named_modules() if name.endswith("bn1")}
    assert training["backbone.layer4.0.bn1"]
    assert not training["backbone.layer1.0.bn1"]
    objective.configure(StageConfig(norms="still"), 0.0)
    objective.train()
    assert not objective.network.get_submodule("backbone.layer4.0.bn1").training
    assert objective.network.get_parameter("backbone.layer1.0.conv1.weight").requires_grad


def test_masks_are_sampled_as_the_schedule_says() -> None:
    objective = objective_for("hs2s")(trainable("hs2s"))
    objective.configure(StageConfig(truth=(1.0, 0.5)), 0.5)
    found, truth = torch.zeros(1, requires_grad=True), torch.ones(1)
    assert objective.fed_back(found, truth, torch.tensor(0.74)) is truth
    assert objective.fed_back(found, truth, torch.tensor(0.76)) is found
    objective.configure(StageConfig(detach=True), 0.5)
    assert not objective.fed_back(found, truth, torch.tensor(0.0)).requires_grad
    objective.eval()
    objective.truth_share = 1.0
    assert objective.fed_back(found, truth, torch.tensor(0.0)) is not truth


def test_gradients_flow_through_masks_that_are_fed_back() -> None:
    """The loss of the last frame alone depends on what the first prediction was, unless masks are taken as given."""
    grown = []
    for detach in (False, True):
        torch.manual_seed(0)
        objective = objective_for("rgmp")(trainable("rgmp"))
        objective.configure(StageConfig(detach=detach), 0.0)
        objective.train()
        batch = _batches(StageConfig(size=(64, 64)), real_clips=5).batch(0)
        objective(batch).loss.backward()
        grown.append(objective.network.get_parameter("Encoder.conv1_p.weight").grad.clone())
    assert not torch.allclose(grown[0], grown[1])


def test_parameters_get_rates_by_their_names() -> None:
    network = torch.nn.ModuleDict({"network": torch.nn.ModuleDict({n: torch.nn.Linear(1, 1) for n in ("ab", "b")})})
    optimizer = Optimizer("sgd").build(network, ("a", "ab", ""))
    set_rates(optimizer, 2.0, {"": 10.0, "a": 0.5})
    assert sorted(group["lr"] for group in optimizer.param_groups) == [1.0, 20.0]


def test_courses_of_the_rate_and_of_a_stage() -> None:
    rates = {c: LearningRate(1.0, 0.01, 0, c) for c in ("constant", "exponential", "polynomial")}
    assert rates["constant"].at(0.9, 5) == 1.0
    assert rates["exponential"].at(0.5, 5) == pytest.approx(0.1)
    assert rates["polynomial"].at(1.0, 5) == pytest.approx(0.01)
    assert StageConfig(rate=0.5, fall=0.25).rate_at(0.5) == pytest.approx(0.25)
    stages = (Stage(0.5, STAGE.clips), Stage(1.0, STAGE.clips))
    assert progress_in_stage(stages, 0.75) == pytest.approx(0.5)


CLASSIFIERS = {
    "rgmp": ("Encoder.res3.0.conv1.weight", "layer2.0.conv1.weight"),
    "hs2s": ("encoder_ref.conv5.0.bn2.weight", "layer4.0.bn2.weight"),
    "rvos": ("encoder.base.layer1.0.conv3.weight", "layer1.0.conv3.weight"),
    "cosnet": ("encoder.layer2.0.conv1.weight", "layer2.0.conv1.weight"),
    "agame": ("backbone.bn1.weight", "bn1.weight"),
    "s2s++": ("encoder.vgg_backbone.encoder.2.4.weight", "features.14.weight"),
}


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_a_classifier_gives_the_backbone_its_weights(name: str, tmp_path: Path) -> None:
    network, (own, theirs) = trainable(name), CLASSIFIERS[name]
    wanted = torch.full_like(network.state_dict()[own], 0.25)
    torch.save({"state_dict": {f"module.{theirs}": wanted, "fc.weight": torch.ones(2)}}, tmp_path / "weights.pth")
    encoders = 2 if name in ("hs2s", "s2s++") else 1
    assert begin_with(network, tmp_path / "weights.pth") == encoders
    assert torch.equal(network.state_dict()[own], wanted)


def test_a_first_convolution_with_a_mask_takes_the_part_of_the_picture(tmp_path: Path) -> None:
    network = trainable("s2s++")
    own = network.state_dict()["initializer.vgg_backbone.encoder.0.0.weight"]
    mask = own[:, 3:].clone()
    torch.save({"features.0.weight": torch.full_like(own[:, :3], 0.5)}, tmp_path / "weights.pth")
    assert begin_with(network, tmp_path / "weights.pth") == 2
    assert bool((own[:, :3] == 0.5).all())
    assert torch.equal(own[:, 3:], mask)


def test_weights_that_fit_nowhere_are_refused(tmp_path: Path) -> None:
    torch.save({"a": torch.zeros(1)}, tmp_path / "weights.pth")
    with pytest.raises(WeightsError, match="Nothing in"):
        begin_with(trainable("rgmp"), tmp_path / "weights.pth")
