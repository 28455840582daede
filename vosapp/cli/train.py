"""`vosapp train`: trains the hybrid network from a recipe, and goes on where the last run stopped."""

from __future__ import annotations

import argparse
from pathlib import Path


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of the command."""
    parser.add_argument("recipe", metavar="RECIPE", type=Path, help="recipe file (TOML)")
    parser.add_argument(
        "--photographs", metavar="PATH", type=Path, required=True, help="folder of photographs, or a pack"
    )
    parser.add_argument(
        "--out", metavar="FOLDER", type=Path, required=True, help="checkpoints and log; resumed if there"
    )
    parser.add_argument("--device", default="cpu", help="cpu, cuda or mps (default: %(default)s)")
    parser.add_argument(
        "--workers", metavar="N", type=int, default=1, help="processes that make clips (default: %(default)s)"
    )
    parser.add_argument("--threads", metavar="N", type=int, help="processor threads of the network")
    parser.add_argument("--minutes", metavar="N", type=float, help="stop after this time, to go on later")
    parser.add_argument("--report-steps", metavar="N", type=int, default=50, help="steps between reports")
    parser.add_argument("--off", metavar="PART", nargs="+", default=[], help="train without these parts of the network")
    parser.add_argument("--plot", metavar="FILE", type=Path, help="draw the log as a PNG file at the end")
    parser.add_argument("--sheet", metavar="FILE", type=Path, help="only draw training clips as a PNG file")
    parser.add_argument("--ship", metavar="FILE", type=Path, help="write the averaged weights there at the end")
    parser.add_argument("--full-precision", action="store_true", help="compute in float32 throughout")


def run(arguments: argparse.Namespace) -> int:
    """Trains and reports as it goes."""
    from vosapp.training.start import draw_sheet, train
    from vosapp.training.trainer import LAST, RunSettings

    if arguments.sheet is not None:
        draw_sheet(arguments.recipe, arguments.photographs, arguments.sheet)
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
        arguments.recipe, arguments.photographs, settings, threads=arguments.threads, off=arguments.off, on_report=_show
    )
    print(f"{done['steps']:.0f} steps in {done['minutes']:.1f} minutes; checkpoint in {arguments.out}")
    if arguments.plot is not None:
        from vosapp.training.plot import draw_log
        from vosapp.video.images import write_png

        write_png(arguments.plot, draw_log(arguments.out / "log.csv"))
    if arguments.ship is not None:
        from vosapp.training.ship import ship

        size = ship(arguments.out / LAST, arguments.ship)
        print(f"{arguments.ship}: {size / 1e6:.1f} MB")
    return 0


def _show(row: dict[str, float]) -> None:
    print("  ".join(f"{name} {value:.4g}" for name, value in row.items()), flush=True)
