"""Measures what each part of the hybrid network is worth: trains it anew without, with an equal budget in steps.

    nice -n 15 python packaging/ablate.py PHOTOGRAPHS --clips DATASET --only dog libby --out FOLDER

Writes FOLDER/table.md after every training. Takes about half a minute a training on one quiet processor core.
"""

from __future__ import annotations

import argparse
import logging
import time
from pathlib import Path

import cv2
import torch

from vosapp.data.photographs.bank import open_bank
from vosapp.evaluation.datasets import open_dataset
from vosapp.training.ablation import VARIANTS, Row, run_ablation, table
from vosapp.training.recipe import find_recipe, read_recipe
from vosapp.training.trainer import RunSettings
from vosapp.training.validation_clips import validation_batch

_LOG = logging.getLogger("ablate")


def main() -> None:
    """Runs what the command line says."""
    arguments = _parsed()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    arguments.out.mkdir(parents=True, exist_ok=True)
    clips = open_dataset(arguments.clips).only(arguments.only).clips if arguments.clips else []
    validation_clips = [validation_batch(clip, frames=arguments.frames, short_side=arguments.side) for clip in clips]
    rows: list[Row] = []
    chosen = {name: off for name, off in VARIANTS.items() if name in (arguments.variants or VARIANTS)}
    for row in run_ablation(
        read_recipe(find_recipe(Path("ablation"))),
        open_bank(arguments.photographs),
        RunSettings(arguments.out / time.strftime("%H%M%S"), half_precision=True, report_steps=25),
        validation_clips=validation_clips,
        seeds=arguments.seeds,
        variants=chosen,
        progress=_LOG.info,
    ):
        rows.append(row)
        _LOG.info("%s", row)
        (arguments.out / "table.md").write_text(table(rows, [clip.name for clip in clips]), encoding="utf-8")


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photographs", type=Path, help="folder of photographs, or a pack")
    parser.add_argument("--out", type=Path, required=True, help="folder for trainings and table")
    parser.add_argument("--clips", help="data set to measure on, never trained on")
    parser.add_argument("--only", nargs="+", default=[], help="names of its clips")
    parser.add_argument("--frames", type=int, default=12, help="frames of each clip to predict")
    parser.add_argument("--side", type=int, default=96, help="shorter side of the validation clips in pixels")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1], help="a training of each variant for each")
    parser.add_argument("--variants", nargs="+", help=f"of: {', '.join(VARIANTS)}")
    return parser.parse_args()


if __name__ == "__main__":
    main()
