"""Files beside a project that would make SQLite write into, or delete, files of the user."""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.core.shapes import document
from vosapp.core import edits
from vosapp.core.editor import Editor
from vosapp.core.errors import ProjectError
from vosapp.core.project import Project
from vosapp.core.storage.checking import check_masks
from vosapp.core.storage.companions import SUFFIXES

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")

MAGIC = bytes.fromhex("d9d505f920a163d7")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    Project.create(tmp_path / "p.vosapp", Editor(edits.add_object(document())[0])).close()
    return tmp_path / "p.vosapp"


def super_journal(project: Path, stranger: Path) -> None:
    """A hot rollback journal without pages that names a super-journal, as SQLite writes it."""
    size = 512
    pages = project.stat().st_size // 4096
    header = MAGIC + struct.pack(">5I", 0, 1, pages, size, 4096)
    name = str(stranger).encode()
    tail = struct.pack(">I", 1 + 2**30 // 4096) + name + struct.pack(">II", len(name), sum(name)) + MAGIC
    Path(f"{project}-journal").write_bytes(header.ljust(size, b"\0") + tail)


OPENINGS: dict[str, Callable[[Path], object]] = {
    "writing": Project.open,
    "reading": lambda path: Project.open(path, read_only=True),
    "checking": lambda path: check_masks(path, lambda _done, _of: None),
}


@pytest.mark.parametrize("opening", OPENINGS)
def test_a_journal_that_names_another_file_is_refused(project: Path, opening: str) -> None:
    stranger = project.with_name("diary.txt")
    stranger.write_text("precious")
    super_journal(project, stranger)
    with pytest.raises(ProjectError, match=r"p\.vosapp-journal .* names another file"):
        OPENINGS[opening](project)
    assert stranger.read_text() == "precious"
    assert sorted(path.name for path in project.parent.iterdir()) == ["diary.txt", "p.vosapp", "p.vosapp-journal"]


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("kind", ["symlink", "dangling", "hard link", "pipe"])
def test_a_companion_that_is_no_plain_file_is_refused(project: Path, suffix: str, kind: str) -> None:
    stranger, companion = project.with_name("diary.txt"), Path(f"{project}{suffix}")
    if kind != "dangling":
        stranger.write_bytes(b"precious" * 5000)
    if kind == "hard link":
        companion.hardlink_to(stranger)
    elif kind == "pipe":
        os.mkfifo(companion)
    else:
        companion.symlink_to(stranger)
    for opening in OPENINGS.values():
        with pytest.raises(ProjectError, match="no plain file"):
            opening(project)
    assert kind == "dangling" or stranger.read_bytes() == b"precious" * 5000
    assert stranger.exists() == (kind != "dangling")


def test_a_link_to_a_project_has_its_companions_where_it_leads(project: Path, tmp_path: Path) -> None:
    link = tmp_path / "folder" / "link.vosapp"
    link.parent.mkdir()
    link.symlink_to(project)
    stranger = tmp_path / "diary.txt"
    stranger.write_text("precious")
    Path(f"{project}-wal").symlink_to(stranger)
    with pytest.raises(ProjectError, match="no plain file"):
        Project.open(link)
    assert stranger.read_text() == "precious"


def test_an_ordinary_journal_is_rolled_back(project: Path) -> None:
    Path(f"{project}-journal").write_bytes(b"\0" * 512)
    opened = Project.open(project)
    assert not opened.read_only
    opened.close()
