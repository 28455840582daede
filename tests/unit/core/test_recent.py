"""Recent files and unsaved work: what the start page offers."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.core.shapes import box, document
from vosapp.core import edits
from vosapp.core.editor import Editor
from vosapp.core.errors import ProjectError
from vosapp.core.project import Project
from vosapp.core.recent import (
    RecentFiles,
    discard_unsaved,
    is_unsaved,
    new_unsaved_path,
    unsaved_dir,
    unsaved_work,
)


def begin() -> Project:
    """A new project that the user has not saved, with one step."""
    editor = Editor(document())
    project = Project.create(new_unsaved_path(Path("/footage/shot: 1?.mov")), editor)
    made, one = edits.add_object(editor.document)
    editor.apply("Paint", edits.stroke(made, editor.store, one, 0, box(0, 0, 4, 4)))
    project.flush()
    return project


def test_recent_files_are_a_short_list_without_doubles(tmp_path: Path, data_dir: Path) -> None:
    recent = RecentFiles(3)
    for name in "abcab":
        recent.add(tmp_path / name)
    (tmp_path / "c").touch()
    assert RecentFiles(3).paths == tuple(str(tmp_path / name) for name in "bac")
    assert recent.existing() == (str(tmp_path / "c"),)
    recent.remove(str(tmp_path / "b"))
    assert RecentFiles(1).paths == (str(tmp_path / "a"),)


@pytest.mark.parametrize("content", [b"{", b"{}", b'["/a", 5, "nul\\u0000"]', b"\xff"])
def test_a_broken_list_is_no_trouble(data_dir: Path, content: bytes) -> None:
    (data_dir / "recent.json").write_bytes(content)
    recent = RecentFiles(5)
    assert recent.existing() == ()
    recent.add(Path("/b"))
    assert recent.paths[0] == str(Path("/b").absolute())


def test_unsaved_names_are_plain_and_free() -> None:
    first = new_unsaved_path(Path("/footage/shot: 1?.mov"))
    first.touch()
    second = new_unsaved_path(Path("/footage/shot: 1?.mov"))
    assert first != second and first.parent == second.parent == unsaved_dir()
    assert first.name.endswith(" shot_ 1_.vosapp") and is_unsaved(first)


def test_work_of_a_dead_process_is_offered_and_work_in_a_window_is_not(tmp_path: Path) -> None:
    project = begin()
    assert unsaved_work() == []
    dead = unsaved_dir() / "dead.vosapp"
    for suffix in ("", "-wal"):
        shutil.copyfile(f"{project.path}{suffix}", f"{dead}{suffix}")
    (work,) = unsaved_work()
    assert (work.path, work.clip_name, work.step_count, work.last_step) == (dead, "shot.mov", 1, "Paint")
    again = Project.open(dead)
    assert not again.read_only and again.editor.document == project.editor.document
    again.close()
    project.close()
    assert len(unsaved_work()) == 2


def test_work_that_was_saved_is_unsaved_no_more(tmp_path: Path) -> None:
    project = begin()
    project.save_as(tmp_path / "saved.vosapp")
    project.close()
    assert unsaved_work() == [] and list(unsaved_dir().iterdir()) == []


def test_work_can_be_discarded_but_nothing_else(tmp_path: Path) -> None:
    project = begin()
    with pytest.raises(ProjectError, match="open in another window"):
        discard_unsaved(project.path)
    project.close()
    discard_unsaved(project.path)
    assert list(unsaved_dir().iterdir()) == []
    other = tmp_path / "other.vosapp"
    other.touch()
    with pytest.raises(ProjectError, match="no unsaved work"):
        discard_unsaved(other)
    assert other.exists()


def test_empty_projects_are_cleared_away_and_broken_ones_shown() -> None:
    Project.create(new_unsaved_path(Path("empty.mov")), Editor(document())).close()
    broken = new_unsaved_path(Path("broken.mov"))
    broken.write_bytes(b"no project at all")
    (work,) = unsaved_work()
    assert work.path == broken and "not a vosapp project" in work.last_step
    assert [path.name for path in unsaved_dir().iterdir()] == [broken.name]


def test_the_programs_own_files_are_not_in_the_list(data_dir: Path, tmp_path: Path) -> None:
    recent = RecentFiles(3)
    for path in (unsaved_dir() / "a.vosapp", data_dir / "backups" / "x" / "a~1.vosapp", tmp_path / "a.vosapp"):
        recent.add(path)
    assert recent.paths == (str(tmp_path / "a.vosapp"),)


def test_without_unsaved_work_no_database_is_loaded(tmp_path: Path, data_dir: Path) -> None:
    code = """
import sys
from pathlib import Path
from vosapp.core.recent import RecentFiles, unsaved_work
RecentFiles(3).add(Path("clip.mov"))
print(RecentFiles(3).existing(), unsaved_work(), "sqlite3" in sys.modules)
"""
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "() [] False"
