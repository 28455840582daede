"""Whatever number is given on the command line, it ends with work done or one sentence; never with a traceback."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.cli.test_border import clip, mask, project_of
from vosapp.cli.app import COMMANDS, EXIT_DONE, EXIT_USAGE, EXIT_USER_ERROR, main
from vosapp.cli.frame_numbers import frame_ends, frame_range

__all__ = ["clip", "mask"]  # fixtures

HOSTILE = (
    *("0", "-1", "0.5", "1e308", "nan", "-inf", "1e400", "2147483648", "1" + "0" * 400, "1" * 5000),
    *("", "1_000", "٣", "1/0", "0:0", "5:1", "0:99999999999999999999", "99:99:99:99", "1\n"),
)

BASES = {
    "propagate": "{clip} --mask {mask} --engine flow --out {out}",
    "export": "{project} --format png-binary --out {out}",
    "export movie": "{project} --format ffv1 --out {out}.mkv",
    "import": "{project} {mask}",
    "matte": "{clip} --masks {mask} --out {out}",
    "shapes": "{project} --format svg --out {out}",
    "suggest": "{clip} --at 0 --network colour --out {out}",
    "info": "{clip}",
}
# Options that say how long to work or in how many processes: they are only read here.
READ_ONLY = {"evaluate": "synthetic", "train": "hybrid-cpu --out {out}", "batch": "{out}.toml"}


def number_options(name: str) -> list[str]:
    """The options of a command that take a number, a range, a rate or a time."""
    command = next(one for one in COMMANDS if one.name == name)
    parser = argparse.ArgumentParser()
    importlib.import_module(f"vosapp.cli.{command.module or command.name}").configure(parser)
    return [
        action.option_strings[-1]
        for action in parser._actions
        if action.option_strings
        and action.nargs != 0
        and action.choices is None
        and (action.type not in (None, str, Path) or "timecode" in action.option_strings[-1])
    ]


def cases() -> Iterator[tuple[str, str]]:
    for base in BASES:
        for option in number_options(base.split()[0]):
            yield base, option


@pytest.mark.parametrize(("base", "option"), list(cases()))
def test_every_number_ends_with_work_done_or_one_sentence(
    base: str, option: str, clip: Path, mask: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number, value in enumerate(HOSTILE):
        project = project_of(clip, tmp_path / f"{number}.vosapp") if "{project}" in BASES[base] else clip
        words = BASES[base].format(clip=clip, mask=mask, project=project, out=tmp_path / f"out{number}").split()
        end, error = ended([base.split()[0], *words, f"{option}={value}"], capsys)
        assert end in (EXIT_DONE, EXIT_USER_ERROR, EXIT_USAGE), (value, error)
        if end != EXIT_DONE:
            assert error and "Traceback" not in error and error.count("\n") < 40, (value, error)


@pytest.mark.parametrize("name", READ_ONLY)
def test_numbers_of_long_work_are_looked_at_before_it(name: str, tmp_path: Path) -> None:
    command = next(one for one in COMMANDS if one.name == name)
    parser = argparse.ArgumentParser()
    importlib.import_module(f"vosapp.cli.{command.module or command.name}").configure(parser)
    words = READ_ONLY[name].format(out=tmp_path / "out").split()
    for option in number_options(name):
        for value in ("-1", "1" + "0" * 400, "nan", "inf", "1e400", "half", ""):
            with pytest.raises(SystemExit) as end:
                parser.parse_args([*words, f"{option}={value}"])
            assert end.value.code == EXIT_USAGE, (option, value)


def ended(words: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    try:
        code = main(words)
    except SystemExit as end:
        code = int(end.code or 0)
    return code, capsys.readouterr().err


def test_a_range_may_be_below_zero_as_the_numbers_of_a_sequence_are() -> None:
    within = frame_range(frame_ends("-3:1"), first_number=-5, frame_count=10)
    assert (within.first, within.last) == (2, 6)
    assert frame_ends(":-2") == (None, -2)
