"""Starts a training run from a recipe file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import torch

from vosapp.data.generator.clip import generate
from vosapp.data.generator.sheet import contact_sheet
from vosapp.data.photographs.bank import open_bank
from vosapp.training.recipe import read_recipe, without_parts
from vosapp.training.trainer import Report, RunSettings, Trainer
from vosapp.video.images import write_png


def train(
    recipe_path: Path,
    photographs: Path,
    settings: RunSettings,
    *,
    threads: int | None = None,
    off: Sequence[str] = (),
    on_report: Callable[[Report], None] = lambda _: None,
) -> Report:
    """Begins or goes on with a run.

    Args:
        recipe_path: TOML file.
        photographs: folder, or a pack of one.
        settings: where and how.
        threads: of the processor for the network; None: as many as torch takes.
        off: parts of the network (fields of `Parts`) that are switched off beside the recipe's, for an ablation.
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
    recipe = without_parts(read_recipe(recipe_path), off)
    trainer = Trainer(recipe, open_bank(photographs, without=recipe.without), settings)
    position = trainer.run(on_report)
    return {"steps": position.steps, "minutes": position.seconds / 60}


def draw_sheet(recipe_path: Path, photographs: Path, target: Path, *, clips: int = 16) -> None:
    """Writes a contact sheet (PNG) of the first clips that a recipe's last stage would train on.

    Raises:
        UserError: recipe or photographs cannot be used.
    """
    recipe = read_recipe(recipe_path)
    bank, settings = open_bank(photographs, without=recipe.without), recipe.stages[-1].clips
    write_png(target, contact_sheet([generate(bank, settings, (recipe.seed, index)) for index in range(clips)]))
