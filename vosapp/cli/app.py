"""The command line: which commands there are, and how they end.

Each command is a module of this package with a `configure(parser)` and a `run(arguments) -> int`; it is imported
only when it is asked for, so that `vosapp --version` stays quick. Exit codes: 0 done, 1 an error that the user
can act on (one line on stderr), 2 wrong usage, 130 cancelled.
"""

from __future__ import annotations

import argparse
import difflib
import importlib
import io
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vosapp import __version__
from vosapp.cli.interrupts import noticed_interrupts
from vosapp.core.errors import Cancelled, UserError
from vosapp.core.plain_text import printable

LINE_END = "\n"
# The window is tried in a process of its own: Qt ends the process where a display or library is missing.
WINDOW_CHECK = ["doctor", "--window"]
EXIT_DONE, EXIT_USER_ERROR, EXIT_USAGE, EXIT_CANCELLED = 0, 1, 2, 130


@dataclass(frozen=True)
class Command:
    """A command, one line of help, and the module of `vosapp.cli` that runs it where that has another name."""

    name: str
    help: str
    module: str = ""


COMMANDS = (
    Command("info", "facts of a clip or project"),
    Command("propagate", "carry masks through a clip"),
    Command("export", "write masks or mattes of a project"),
    Command("import", "take masks that other programs made into a project", "import_masks"),
    Command("batch", "work through many shots, here or on a cluster"),
    Command("matte", "make mattes of masks in a folder"),
    Command("shapes", "write editable Bezier shapes of masks for other programs"),
    Command("suggest", "propose object masks on a frame"),
    Command("evaluate", "measure an engine on clips with ground truth"),
    Command("weights", "import, list, verify and remove weights of networks"),
    Command("train", "train a network from a recipe"),
    Command("doctor", "say what works on this computer and what to do about the rest"),
)


def open_problem(arguments: Sequence[str]) -> str:
    """Why these arguments are neither a command nor something to open in the window; "" when they may be opened."""
    if not arguments:
        return ""
    name = arguments[0]
    if not Path(name).exists():
        names = [command.name for command in COMMANDS] + ["demo"]
        near = difflib.get_close_matches(name.lower(), names, n=1)
        hint = f"Did you mean vosapp {near[0]}?" if near else f"The commands are {', '.join(names)}."
        return f"{name} is neither a command nor a file. {hint}"
    if len(arguments) > 1:
        return f"The window opens one clip or project, and here are {len(arguments)} arguments."
    return ""


def main(argv: Sequence[str]) -> int:
    """Runs one command and returns its exit code."""
    with noticed_interrupts() as interrupts:
        try:
            return _ended(argv)
        except (ImportError, SystemError):
            if not interrupts.seen:
                raise
            return _cancelled()


def _ended(argv: Sequence[str]) -> int:
    """Runs one command; whatever ends it becomes a sentence and a code."""
    try:
        _let_streams_print_anything()
        arguments = _parsed(argv)
        return int(arguments.run(arguments))
    except UserError as error:
        return _complain(str(error))
    except (Cancelled, KeyboardInterrupt):
        return _cancelled()
    except BrokenPipeError:
        silence_stdout()
        return EXIT_USER_ERROR
    except OSError as error:
        where = f"{error.filename}: " if error.filename is not None else ""
        return _complain(f"{where}{error.strerror or error}.")
    except MemoryError:
        return _complain("There is not enough memory for this. Close other programs, or use smaller pictures.")
    except RecursionError:
        return _complain("A file is nested too deeply to be read.")
    except UnicodeError as error:
        return _complain(f"A name cannot be written as text ({error}). Rename the file.")


def silence_stdout() -> None:
    """Sends what is printed from now on nowhere: whoever read it has gone, as in `vosapp ... | head -1`."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _cancelled() -> int:
    print("vosapp: cancelled", file=sys.stderr)
    return EXIT_CANCELLED


def _complain(sentence: str) -> int:
    print(f"vosapp: {printable(sentence, keep=LINE_END)}", file=sys.stderr)
    return EXIT_USER_ERROR


def _let_streams_print_anything() -> None:
    """A name that is not valid in the terminal's encoding is printed with escapes instead of ending the program."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _parsed(argv: Sequence[str]) -> argparse.Namespace:
    name = next((word for word in argv if not word.startswith("-")), "")
    parser = argparse.ArgumentParser("vosapp", description="Interactive rotoscoping. Without a command: the window.")
    parser.add_argument("--version", action="version", version=f"vosapp {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    subparsers.add_parser("demo", help="play the main job on the demo shot", add_help=False)
    for command in COMMANDS:
        subparser = subparsers.add_parser(command.name, help=command.help, description=command.help)
        if command.name == name:
            module = importlib.import_module(f"vosapp.cli.{command.module or name}")
            module.configure(subparser)
            subparser.set_defaults(run=module.run)
    return parser.parse_args(argv)
