"""Command line or window: the one place that composes the program."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

_EXIT_USER_ERROR, _EXIT_USAGE, _EXIT_CANCELLED = 1, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Runs vosapp and returns its exit code.

    `vosapp COMMAND ...` runs a command; `vosapp [CLIP|PROJECT]` opens the window; `vosapp demo` plays the main job
    in the real window.
    """
    if getattr(sys, "frozen", False):  # a bundle: worker processes begin here, too
        from multiprocessing import freeze_support

        freeze_support()
    _have_streams()
    try:
        return _run(list(sys.argv[1:] if argv is None else argv))
    except KeyboardInterrupt:  # while modules were still being loaded
        sys.stderr.write("vosapp: cancelled\n")
        return _EXIT_CANCELLED
    except Exception as error:  # noqa: BLE001 - the border of the program: whatever comes here is a fault of ours
        return _crashed(error)


def _run(arguments: list[str]) -> int:
    from vosapp.cli.app import COMMANDS, WINDOW_CHECK

    if arguments == WINDOW_CHECK:
        from vosapp.ui.window_check import main as check_window

        return check_window()
    known = {command.name for command in COMMANDS}
    if arguments and (arguments[0] in known or arguments[0].startswith("-")):
        from vosapp.cli.app import main as run_command

        return run_command(arguments)
    from vosapp.core.allocator import bound_allocator

    bound_allocator()  # before the window's threads begin
    if arguments and arguments[0] == "demo":
        from vosapp.ui.demo.story import main as play_demo

        return play_demo(arguments[1:])
    from vosapp.cli.app import open_problem

    problem = open_problem(arguments)
    if problem:
        sys.stderr.write(f"vosapp: {problem}\n")
        return _EXIT_USAGE
    return _open_window(arguments)


def _have_streams() -> None:
    """Gives a program without a console, as Windows starts one from its menu, somewhere to write to."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - lives as long as we do


def _crashed(error: Exception) -> int:
    """Says that the program failed and where the report of it lies; all of it is printed where none can be written."""
    from vosapp.core.crash_reports import write_report
    from vosapp.core.plain_text import printable

    report = write_report(type(error), error, error.__traceback__)
    what = printable(f"Something went wrong in the program: {type(error).__name__}: {error}")
    if report is None:
        traceback.print_exception(error)
        sys.stderr.write(f"vosapp: {what}\n")
    else:
        sys.stderr.write(f"vosapp: {what}. Read {report} and send it with what you did.\n")
    return _EXIT_USER_ERROR


def _open_window(arguments: Sequence[str]) -> int:
    from vosapp.core.errors import UserError
    from vosapp.ui.preconditions import missing_library, require_display

    try:
        require_display()
        from vosapp.ui.app import main as open_window
    except UserError as error:
        sys.stderr.write(f"vosapp: {error}\n")
        return _EXIT_USER_ERROR
    except ImportError as error:  # a library of the system that Qt's modules need
        sys.stderr.write(f"vosapp: {missing_library(str(error))}\n")
        return _EXIT_USER_ERROR
    return open_window(arguments)


if __name__ == "__main__":
    sys.exit(main())
