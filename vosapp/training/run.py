"""Starts a training run from a recipe file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import torch

from vosapp.core.errors import UserError
from vosapp.data.generator.clip import generate
from vosapp.data.generator.contact_sheet import contact_sheet
from vosapp.data.mattes.contact_sheet import contact_sheet as tile_sheet
from vosapp.data.mattes.tile import make_tile
from vosapp.data.photographs.bank import PhotographBank, open_bank
from vosapp.data.truth import TruthClip
from vosapp.models.picture_networks import MATTE_REFINER, SELECT
from vosapp.training.hybrid.task import HybridTask
from vosapp.training.hybrid_lite.batch import validation_streams
from vosapp.training.hybrid_lite.task import HybridLiteTask
from vosapp.training.matte.task import MatteTask
from vosapp.training.recipe import Recipe, read_recipe, without_parts
from vosapp.training.schedule import Budget
from vosapp.training.select.task import SelectTask
from vosapp.training.sequence.stream import Material
from vosapp.training.sequence.task import SequenceTask
from vosapp.training.task import Task
from vosapp.training.trainer import Report, RunSettings, Trainer
from vosapp.training.validation_clips import validation_batch
from vosapp.video.stills.images import write_png


@dataclass(frozen=True, slots=True)
class Changes:
    """Changes of a recipe for one run.

    Attributes:
        steps: ends the run after so many steps instead; the stages shrink with it.
        off: parts of the hybrid network (fields of `Parts`) that are switched off.
        begin: weights to begin with where there is no checkpoint yet, see `begin_with`.
    """

    steps: int | None = None
    off: Sequence[str] = ()
    begin: Path | None = None

    def of(self, recipe: Recipe) -> Recipe:
        """The recipe with the changes. Raises RecipeError: there is no such part."""
        changed = recipe if self.steps is None else replace(recipe, budget=Budget(steps=self.steps))
        return without_parts(changed, self.off)


@dataclass(frozen=True, slots=True)
class Sources:
    """Material to train on.

    Attributes:
        photographs: folder, or a pack of one; None for a paper's network that learns from real clips alone.
        real_clips: real clips with true masks; the hybrid network takes none.
        validation_clips: real clips to measure the hybrid network on at every checkpoint, never to train on.
    """

    photographs: Path | None = None
    real_clips: Sequence[TruthClip] = ()
    validation_clips: Sequence[TruthClip] = ()

    def task(self, recipe: Recipe) -> Task:
        """What a recipe trains on them. Raises UserError: the network cannot be trained on that."""
        bank = None if self.photographs is None else open_bank(self.photographs, without=recipe.without)
        if recipe.network == MATTE_REFINER.name:
            return MatteTask(recipe, _needed(bank, "The matte refiner"))
        if recipe.network == SELECT.name:
            return SelectTask(recipe, _needed(bank, "The select network"))
        if not recipe.network.startswith("hybrid"):
            return SequenceTask(recipe, Material(bank, self.real_clips))
        bank = _needed(bank, "The hybrid network")
        if recipe.network == "hybrid-lite":
            return HybridLiteTask(recipe, bank, [validation_streams(clip) for clip in self.validation_clips])
        return HybridTask(recipe, bank, [validation_batch(clip) for clip in self.validation_clips])


def _needed(bank: PhotographBank | None, who: str) -> PhotographBank:
    if bank is None:
        raise UserError(f"{who} is trained on photographs.", "Give a folder of them: --photographs.")
    return bank


def train(
    recipe_path: Path,
    sources: Sources,
    settings: RunSettings,
    *,
    threads: int | None = None,
    changes: Changes | None = None,
    on_report: Callable[[Report], None] = lambda _: None,
) -> Report:
    """Begins or goes on with a run.

    Args:
        recipe_path: TOML file.
        sources: what there is to train on.
        settings: where and how.
        threads: of the processor for the network; None: as many as torch takes.
        changes: to the recipe.
        on_report: called with every row of the log.

    Returns:
        How far the run has come: "steps", "minutes".

    Raises:
        UserError: recipe, photographs or checkpoint cannot be used.
    """
    if threads is not None:
        torch.set_num_threads(threads)
    cv2.setNumThreads(1)
    torch.backends.cudnn.benchmark = True
    changes = changes or Changes()
    recipe = changes.of(read_recipe(recipe_path))
    trainer = Trainer(sources.task(recipe), settings)
    if changes.begin is not None and trainer.position.steps == 0:
        trainer.begin_with(changes.begin)
    position = trainer.run(on_report)
    return {"steps": position.steps, "minutes": position.seconds / 60}


def draw_contact_sheet(recipe_path: Path, photographs: Path, target: Path, *, clips: int = 16) -> None:
    """Writes a contact sheet (PNG) of the first clips (or mattes) that a recipe's last stage would train on.

    Raises:
        UserError: recipe or photographs cannot be used.
    """
    recipe = read_recipe(recipe_path)
    bank, stage = open_bank(photographs, without=recipe.without), recipe.stages[-1]
    seeds = [(recipe.seed, index) for index in range(clips)]
    if recipe.network == MATTE_REFINER.name:
        sheet = tile_sheet([make_tile(bank, stage.mattes, seed) for seed in seeds])
    else:
        sheet = contact_sheet([generate(bank, stage.clips, seed) for seed in seeds])
    write_png(target, sheet)
