"""The command line: which commands there are, and how they end.

Each command is a module of this package with a `configure(parser)` and a `run(arguments) -> int`; it is imported
only when it is asked for, so that `vosapp --version` stays quick. Exit codes: 0 done, 1 an error that the user
can act on (one line on stderr), 2 wrong usage, 130 cancelled.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from vosapp import __version__
from vosapp.core.errors import Cancelled, UserError

EXIT_DONE, EXIT_USER_ERROR, EXIT_USAGE, EXIT_CANCELLED = 0, 1, 2, 130


@dataclass(frozen=True)
class Command:
    """A command: the module of `vosapp.cli` that runs it, and one line of help."""

    name: str
    help: str


COMMANDS = (
    Command("info", "facts of a clip or project"),
    Command("propagate", "carry masks through a clip"),
    Command("export", "write masks or mattes of a project"),
    Command("matte", "make mattes of masks in a folder"),
    Command("suggest", "propose object masks on a frame"),
    Command("evaluate", "measure an engine on clips with ground truth"),
    Command("weights", "import, list, verify and remove weights of networks"),
    Command("train", "train a network from a recipe"),
)


def main(argv: Sequence[str]) -> int:
    """Runs one command and returns its exit code."""
    name = next((word for word in argv if not word.startswith("-")), "")
    parser = argparse.ArgumentParser("vosapp", description="Interactive rotoscoping. Without a command: the window.")
    parser.add_argument("--version", action="version", version=f"vosapp {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    subparsers.add_parser("demo", help="play the main job on the demo shot", add_help=False)
    for command in COMMANDS:
        subparser = subparsers.add_parser(command.name, help=command.help, description=command.help)
        if command.name == name:
            module = importlib.import_module(f"vosapp.cli.{name}")
            module.configure(subparser)
            subparser.set_defaults(run=module.run)
    arguments = parser.parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except UserError as error:
        print(f"vosapp: {error}", file=sys.stderr)
        return EXIT_USER_ERROR
    except (Cancelled, KeyboardInterrupt):
        print("vosapp: cancelled", file=sys.stderr)
        return EXIT_CANCELLED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_USER_ERROR
