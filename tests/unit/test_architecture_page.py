"""docs/architecture.md leads to files that exist, names that stand in them, and every package."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
_PATH = re.compile(r"`((?:vosapp|tests|docs|resources|packaging)/[\w./+-]+)`")
_NAME = re.compile(r"`([A-Za-z_]\w*)`")


def _rows(heading: str) -> list[str]:
    """The rows of the first table under a heading."""
    section = PAGE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return [line for line in section.splitlines() if line.startswith("| ")][1:]


@pytest.mark.parametrize("path", sorted(set(_PATH.findall(PAGE))))
def test_a_path_on_the_page_exists(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("row", _rows("Start here"), ids=lambda row: row.split("|")[1].strip())
def test_the_names_in_a_row_stand_in_its_files(row: str) -> None:
    texts = [(ROOT / path).read_text(encoding="utf-8") for path in _PATH.findall(row) if (ROOT / path).is_file()]
    names = _NAME.findall(_PATH.sub("", row))
    assert texts
    for name in names:
        assert any(re.search(rf"\b{name}\b", text) for text in texts), name


def test_every_package_has_its_row() -> None:
    packages = {f"vosapp/{folder.parent.name}/" for folder in (ROOT / "vosapp").glob("*/__init__.py")}
    assert packages <= set(_PATH.findall("\n".join(_rows("Layers"))))
