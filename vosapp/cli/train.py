"""`vosapp train`: trains a network from a recipe, and goes on where the last run stopped."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from vosapp.cli.number_types import above_zero, whole_number
from vosapp.cli.outputs import require_writable_file, require_writable_folder
from vosapp.core.errors import UserError
from vosapp.data.truth import TruthClip

_PROCESSES = whole_number(1, 1000)
_STEPS = whole_number(1, 10**9)


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of the command."""
    parser.add_argument(
        "recipe", metavar="RECIPE", type=Path, help="recipe file (TOML), or the name of one that comes with vosapp"
    )
    parser.add_argument("--photographs", metavar="PATH", type=Path, help="folder of photographs, or a pack")
    parser.add_argument(
        "--clips", metavar="FOLDER", help="data set of clips with masks (DAVIS, YouTube-VOS ...), not for hybrid"
    )
    parser.add_argument(
        "--validate", metavar="FOLDER", help="data set to measure hybrid on as it learns, never to train on"
    )
    parser.add_argument("--split", metavar="NAME", default="", help="part of the data set (default: train, if any)")
    parser.add_argument(
        "--out", metavar="FOLDER", type=Path, required=True, help="checkpoints and log; resumed if there"
    )
    parser.add_argument("--device", default="cpu", help="cpu, cuda or mps (default: %(default)s)")
    parser.add_argument(
        "--workers",
        metavar="N",
        type=_PROCESSES,
        default=1,
        help="processes that make clips (default: %(default)s)",
    )
    parser.add_argument("--threads", metavar="N", type=_PROCESSES, help="processor threads of the network")
    parser.add_argument("--minutes", metavar="N", type=above_zero, help="stop after this time, to go on later")
    parser.add_argument("--steps", metavar="N", type=_STEPS, help="end the run after so many steps, its stages shrunk")
    parser.add_argument("--report-steps", metavar="N", type=_STEPS, default=50, help="steps between reports")
    parser.add_argument("--off", metavar="PART", nargs="+", default=[], help="train without these parts of the network")
    parser.add_argument(
        "--begin", metavar="FILE", type=Path, help="weights to begin with: the network's, or a backbone's"
    )
    parser.add_argument("--plot", metavar="FILE", type=Path, help="draw the log as a PNG file at the end")
    parser.add_argument("--contact-sheet", metavar="FILE", type=Path, help="only draw training clips as a PNG file")
    parser.add_argument(
        "--export-weights", metavar="FILE", type=Path, help="write the averaged weights there at the end"
    )
    parser.add_argument("--full-precision", action="store_true", help="compute in float32 throughout")


def run(arguments: argparse.Namespace) -> int:
    """Trains and reports as it goes."""
    from vosapp.training.recipe import find_recipe
    from vosapp.training.run import Changes, Sources, draw_contact_sheet, train
    from vosapp.training.trainer import LAST, RunSettings

    for path in (arguments.contact_sheet, arguments.plot, arguments.export_weights):
        if path is not None:
            require_writable_file(path)
    if arguments.contact_sheet is None:
        require_writable_folder(arguments.out)
    recipe = find_recipe(arguments.recipe)
    if arguments.contact_sheet is not None:
        if arguments.photographs is None:
            raise UserError("A contact sheet shows clips made of photographs.", "Give them with --photographs.")
        draw_contact_sheet(recipe, arguments.photographs, arguments.contact_sheet)
        return 0
    settings = RunSettings(
        folder=arguments.out,
        device=arguments.device,
        workers=arguments.workers,
        half_precision=not arguments.full_precision,
        stop_after_minutes=arguments.minutes,
        report_steps=arguments.report_steps,
    )
    done = train(
        recipe,
        Sources(arguments.photographs, _clips(arguments), _validation_clips(arguments)),
        settings,
        threads=arguments.threads,
        changes=Changes(arguments.steps, arguments.off, arguments.begin),
        on_report=_show,
    )
    print(f"{done['steps']:.0f} steps in {done['minutes']:.1f} minutes; checkpoint in {arguments.out}")
    if arguments.plot is not None:
        from vosapp.training.plot import draw_log
        from vosapp.video.stills.images import write_png

        write_png(arguments.plot, draw_log(arguments.out / "log.csv"))
    if arguments.export_weights is not None:
        from vosapp.training.export_weights import export_weights

        size = export_weights(arguments.out / LAST, arguments.export_weights)
        print(f"{arguments.export_weights}: {size / 1e6:.1f} MB")
    return 0


def _clips(arguments: argparse.Namespace) -> Sequence[TruthClip]:
    """The clips of the data set that was given."""
    if arguments.clips is None:
        return ()
    from vosapp.evaluation.datasets import open_dataset

    return open_dataset(arguments.clips, split=arguments.split or _usual_split(Path(arguments.clips))).clips


def _validation_clips(arguments: argparse.Namespace) -> Sequence[TruthClip]:
    """The clips that are measured on and never trained on."""
    if arguments.validate is None:
        return ()
    from vosapp.evaluation.datasets import open_dataset

    return open_dataset(arguments.validate).clips


def _usual_split(folder: Path) -> str:
    """The part of a data set that is there to be trained on, where it has parts."""
    has_parts = any(folder.glob("ImageSets/*/train.txt")) or (folder / "train").is_dir()
    return "train" if has_parts else ""


def _show(row: dict[str, float]) -> None:
    print("  ".join(f"{name} {value:.4g}" for name, value in row.items()), flush=True)
