"""`vosapp doctor`: what works on this computer, and what to do about what does not."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from dataclasses import asdict

from vosapp.cli.app import WINDOW_CHECK
from vosapp.presentation.doctor import Finding, State, as_text, findings, is_bundle

_PATIENCE_S = 120


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of the command."""
    parser.add_argument("--json", action="store_true", help="one JSON object instead of text")


def run(arguments: argparse.Namespace) -> int:
    """Prints the findings; 1 when something that vosapp needs does not work."""
    found = list(findings(look_at_window))
    if arguments.json:
        print(json.dumps([asdict(finding) | {"state": finding.state.value} for finding in found], ensure_ascii=False))
    else:
        print(as_text(found))
    return int(any(finding.state is State.BAD for finding in found))


def look_at_window() -> Finding:
    """Whether this program can open a window here. Without a display that is a note: commands need none."""
    program = [sys.executable] if is_bundle() else [sys.executable, "-m", "vosapp"]
    try:
        tried = subprocess.run(
            [*program, *WINDOW_CHECK], capture_output=True, text=True, timeout=_PATIENCE_S, check=False
        )
    except subprocess.TimeoutExpired:
        return Finding("window", State.BAD, "The display does not answer.", "Log in to the desktop anew.")
    said = (tried.stdout if tried.returncode == 0 else tried.stderr).strip().splitlines()
    last = said[-1].removeprefix("vosapp: ") if said else f"Qt ended with {tried.returncode}."
    if tried.returncode == 0:
        return Finding("window", State.GOOD, last)
    what, _, advice = last.partition(". ")
    state = State.NOTE if "no display" in what else State.BAD
    return Finding("window", state, f"{what.rstrip('.')}.", advice)
