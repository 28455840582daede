"""`make bench`: runs every bench module and prints its figures; `--write` puts them into docs/benchmarks.md.

A bench module has `run() -> list[tuple[str, str]]`: what was measured, and the figure with its unit, where it can be
as a ratio to a baseline of the same run. Nothing here asserts a time. A module that takes long names its `PARTS` and
has `run_part(part)`; `networks:rgmp,agame` runs some of them, and each part is written as soon as it is done.
"""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import sys
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).parent
PAGE = FOLDER.parents[1] / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

Made by `make bench` (`python -m tests.bench --write`), which runs the modules in `tests/bench`. Single timings wander
from machine to machine and from run to run; trust the ratios, whose two sides ran in the same process or in turn.
"""


def bench_names() -> list[str]:
    """The bench modules, sorted."""
    return sorted(path.stem.removeprefix("bench_") for path in FOLDER.glob("bench_*.py"))


def machine() -> str:
    """The machine in words."""
    return f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python {platform.python_version()}"


def main() -> int:
    parser = argparse.ArgumentParser("python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"which of {', '.join(bench_names())}; all without one")
    parser.add_argument("--write", action="store_true", help="renew the sections of docs/benchmarks.md that ran")
    arguments = parser.parse_args()
    unknown = {name.partition(":")[0] for name in arguments.names} - set(bench_names())
    if unknown:
        parser.error(f"no such bench: {', '.join(sorted(unknown))}")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    # Some figures are the process's own time: a second thread of numpy's BLAS that waits would count as work.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for asked in arguments.names or bench_names():
        name, _, parts = asked.partition(":")
        for section in measure(name, parts.split(",") if parts else []):
            if arguments.write:
                write_section(name, section)
    return 0


def measure(name: str, parts: list[str]) -> Iterator[str]:
    """Runs one bench module, or parts of it, prints its rows, and gives its section of the page, after each part."""
    module = importlib.import_module(f"tests.bench.bench_{name}")
    title = (module.__doc__ or "").splitlines()[0]
    print(f"== {name}: {title}", flush=True)
    known = getattr(module, "PARTS", ())
    rows = kept_rows(name) if parts else {}
    for part in parts or known or [""]:
        if part and part not in known:
            raise SystemExit(f"{name} has no part {part}; it has {', '.join(known)}")
        load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
        for label, figure in module.run_part(part) if part else module.run():
            print(f"   {label:<70} {figure}", flush=True)
            rows[label] = figure
        table = "\n".join(f"| {label} | {figure} |" for label, figure in rows.items())
        where = f"On {machine()}; load {load:.1f} when it began. {getattr(module, 'NOTE', '')}".rstrip()
        yield f"## {name}\n\n{title} {where}\n\n| what | figure |\n|---|---|\n{table}\n"


def kept_rows(name: str) -> dict[str, str]:
    """The rows that the page has of a module."""
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    _, _, section = page.partition(f"\n## {name}\n")
    lines = [line.strip("| ").split(" | ", 1) for line in section.partition("\n## ")[0].splitlines() if "|" in line]
    return {row[0]: row[1] for row in lines[2:]}


def write_section(name: str, section: str) -> None:
    """Puts a section into the page in place of the one of the same name."""
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else HEAD
    _head, *old = page.split("\n## ")
    kept = {part.split("\n", 1)[0]: f"## {part.rstrip()}\n" for part in old}
    kept[name] = section
    ordered = [kept[key] for key in sorted(kept) if key in bench_names()]
    PAGE.write_text("\n".join([HEAD, *ordered]), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
