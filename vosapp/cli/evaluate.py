"""`vosapp evaluate`: measures an engine on clips with ground truth."""

from __future__ import annotations

import argparse
import sys
from functools import partial


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of the command."""
    parser.add_argument("dataset", metavar="DATASET", help="folder of a data set")
    parser.add_argument("--engine", metavar="NAME", default="flow", help="what to measure (default: %(default)s)")
    parser.add_argument("--clips", metavar="NAME", nargs="+", help="only these clips")
    parser.add_argument("--jobs", metavar="N", type=int, default=1, help="processes (default: %(default)s)")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or mps (default: %(default)s)")


def run(arguments: argparse.Namespace) -> int:
    """Measures and prints the table."""
    from vosapp.engine.engines import build_propagator
    from vosapp.evaluation.datasets import open_dataset
    from vosapp.evaluation.evaluate import evaluate
    from vosapp.evaluation.table import score_table

    dataset = open_dataset(arguments.dataset)
    build = partial(build_propagator, arguments.engine, device=arguments.device)
    print(score_table(list(evaluate(dataset, build, jobs=arguments.jobs, frame_done=_progress))))
    return 0


def _progress(clip: str, done: int, total: int) -> None:
    if sys.stderr.isatty():
        end = "\n" if done == total else ""
        print(f"\r{clip}: frame {done} of {total}   ", end=end, file=sys.stderr, flush=True)
