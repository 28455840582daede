"""The parity table of docs/networks.md: `python -m tests.parity.table` prints it, with `--write` puts it there.

It runs the parity tests and reports what they compared, so it takes as long as they do.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pytest

from tests.parity.case import RECORDS, Record
from tests.parity.cost import cost
from tests.shared import REPOSITORY
from vosapp.models.registry import NETWORKS

PAGE = REPOSITORY / "docs" / "networks.md"
BEGIN, END = "<!-- parity table: begin -->", "<!-- parity table: end -->"
HEAD = """| network | arrays compared | largest difference | parameters | GFLOP a frame | picture |
|---|---|---|---|---|---|"""
_FOLDERS = {"s2s++": "s2s_plus_plus", "rvos-zero": ""}  # where a network's arrays lie, if not under its own name


def main() -> int:
    """Runs the tests, prints the table; fails when a test does or an array was not compared."""
    parser = argparse.ArgumentParser("python -m tests.parity.table", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"put the table into {PAGE.name}")
    arguments = parser.parse_args()
    folder = Path(__file__).parent
    outcome = pytest.main([str(folder), "-q", "--override-ini=addopts=-p no:cacheprovider"])
    if outcome != pytest.ExitCode.OK:
        return int(outcome)
    table = "\n".join(
        [
            HEAD,
            *(row(spec.name, spec.title) for spec in NETWORKS if not spec.name.startswith("hybrid") and not spec.extra),
        ]
    )
    print(table)
    if arguments.write:
        write(table)
    return 0


def row(name: str, title: str) -> str:
    """One line of the table."""
    found = cost(name)
    record = RECORDS.get(_FOLDERS.get(name, name))
    compared, difference = ("", "") if record is None else _parity(record)
    height, width = found.size
    return f"| {title} | {compared} | {difference} | {found.parameters:,} | {found.gflop:.0f} | {height}x{width} |"


def write(table: str) -> None:
    """Replaces what lies between the marks of the page."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", encoding="utf-8")


def _parity(record: Record) -> tuple[str, str]:
    total = sum(record.recorded.values())
    worst = max(record.differences.values(), default=float("nan"))
    return f"{len(record.differences)} of {total}", f"{worst:.1e}"


if __name__ == "__main__":
    sys.exit(main())
