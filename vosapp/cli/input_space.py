"""The option `--input-space` of commands that open a clip."""

from __future__ import annotations

import argparse

from vosapp.video.input_space import SPACES


def add_input_space(parser: argparse.ArgumentParser) -> None:
    """Adds the option; its value is None where it is not given, which leaves a project's own choice."""
    names = ", ".join(space.name for space in SPACES)
    parser.add_argument(
        "--input-space",
        metavar="NAME",
        help=f"what the numbers of the clip's pictures mean, where it is not tagged or wrongly: {names}, or a colour "
        "space of OpenColorIO's ACES configuration or of the one that the variable OCIO names",
    )
