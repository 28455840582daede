"""`make bench`: runs every bench module and prints its figures; `--write` puts them into docs/benchmarks.md.

A bench module has `run() -> list[tuple[str, str]]`: what was measured, and the figure with its unit, where it can be
as a ratio to a baseline of the same run. Nothing here asserts a time.
"""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import sys
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
    parser.add_argument("names", nargs="*", help=f"which of {', '.join(bench_names())}; all without a name")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md (only when all ran)")
    arguments = parser.parse_args()
    unknown = set(arguments.names) - set(bench_names())
    if unknown:
        parser.error(f"no such bench: {', '.join(sorted(unknown))}")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sections = [HEAD, f"Machine: {machine()}.\n"]
    for name in arguments.names or bench_names():
        module = importlib.import_module(f"tests.bench.bench_{name}")
        print(f"== {name}: {(module.__doc__ or '').splitlines()[0]}", flush=True)
        rows = module.run()
        for label, figure in rows:
            print(f"   {label:<70} {figure}", flush=True)
        table = "\n".join(f"| {label} | {figure} |" for label, figure in rows)
        sections.append(
            f"## {name}\n\n{(module.__doc__ or '').splitlines()[0]}\n\n| what | figure |\n|---|---|\n{table}\n"
        )
    if arguments.write and not arguments.names:
        PAGE.write_text("\n".join(sections), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
