"""Sync clients and users delete, rename and replace a project's file while it is open."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from pathlib import Path

import pytest

from tests.unit.core.shapes import box, change, document
from tests.unit.core.storage.crash_child import state_of
from vosapp.core import edits
from vosapp.core.editor import Editor
from vosapp.core.errors import ProjectError
from vosapp.core.project import Project
from vosapp.core.storage.lock import LockedError, ProjectLock, lock_path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows moves no open file")


@pytest.fixture
def project(quick_path: Path) -> Project:
    made = Project.create(quick_path / "p.vosapp", Editor(edits.add_object(document(100))[0]))
    paint(made, 0)
    paint(made, 1)
    made.editor.undo()
    made.flush()
    return made


def paint(project: Project, frame: int) -> None:
    editor = project.editor
    editor.apply("Paint", edits.stroke(editor.document, editor.store, 1, frame, box(0, 0, 1 + frame % 5, 4)))


def assert_whole(path: Path, expected: object) -> None:
    again = Project.open(path)
    assert not again.read_only, again.read_only_reason
    assert state_of(again.editor) == expected
    for frame in again.editor.document.object(1).cells:
        assert again.editor.mask(1, frame) is not None
    again.close()


@pytest.mark.parametrize("how", ["deleted", "deleted with its log", "renamed", "deleted with its lock"])
def test_a_file_that_loses_its_name_is_written_anew(project: Project, how: str) -> None:
    heard: list[str] = []
    project.on_problem = lambda problem: heard.append("well" if problem is None else problem.message)
    other = project.path.with_name("renamed.vosapp")
    before = state_of(project.editor)
    if how == "renamed":
        project.path.rename(other)
    else:
        project.path.unlink()
    if how == "deleted with its log":
        Path(f"{project.path}-wal").unlink()
    if how == "deleted with its lock":
        lock_path(project.path).unlink()
    paint(project, 2)
    project.flush()
    assert heard == ["p.vosapp was deleted or renamed by another program.", "well"]
    with pytest.raises(LockedError):
        ProjectLock(project.path)
    expected = state_of(project.editor)
    copy = project.path.with_name("killed.vosapp")  # what a kill would leave now
    for suffix in ("", "-wal"):
        if Path(f"{project.path}{suffix}").exists():
            shutil.copyfile(f"{project.path}{suffix}", f"{copy}{suffix}")
    assert_whole(copy, expected)
    paint(project, 3)
    project.editor.undo()
    project.editor.undo()
    expected = state_of(project.editor)
    project.close()
    assert_whole(project.path, expected)
    if how == "renamed":
        assert_whole(other, before)


def test_a_file_deleted_after_the_last_change_is_back_after_closing(project: Project) -> None:
    expected = state_of(project.editor)
    project.path.unlink()
    project.close()
    assert_whole(project.path, expected)


def test_a_run_goes_on_after_the_file_was_deleted(project: Project) -> None:
    token = project.editor.begin_run("Propagate")
    project.editor.amend_run(token, [change(frame, box(0, 0, 2, 1 + frame % 4)) for frame in range(10, 40)])
    project.flush()
    project.path.unlink()
    project.editor.amend_run(token, [change(frame, box(0, 0, 3, 1 + frame % 4)) for frame in range(40, 60)])
    project.flush()
    project.editor.end_run(token)
    expected = state_of(project.editor)
    project.close()
    assert_whole(project.path, expected)


def test_a_file_that_was_replaced_is_never_acknowledged_nor_overwritten(project: Project) -> None:
    other = Project.create(project.path.with_name("other.vosapp"), Editor(edits.add_object(document(7))[0]))
    expected_other = state_of(other.editor)
    other.close()
    other.path.replace(project.path)
    content = project.path.read_bytes()
    paint(project, 2)
    with pytest.raises(ProjectError, match=r"p\.vosapp was replaced by another program"):
        project.flush()
    with pytest.raises(ProjectError, match="replaced"):
        project.close()
    assert project.has_unsaved_changes
    expected = state_of(project.editor)
    project.save_as(project.path.with_name("mine.vosapp"))
    project.close()
    assert_whole(project.path, expected)
    replaced = project.path.with_name("p.vosapp")
    assert replaced.read_bytes() == content
    assert_whole(replaced, expected_other)


def test_the_log_of_a_replaced_file_does_not_spoil_the_new_one(project: Project) -> None:
    copy = project.path.with_name("copy.vosapp")
    with sqlite3.connect(project.path) as source, sqlite3.connect(copy) as target:
        source.backup(target)
    source.close()
    target.close()
    paint(project, 2)
    project.flush()
    copy.replace(project.path)
    paint(project, 3)
    with pytest.raises(ProjectError, match="replaced"):
        project.flush()
    log = Path(f"{project.path}-wal")
    assert not log.exists() or log.stat().st_size == 0
    project.abandon()
    again = Project.open(project.path)
    assert set(again.editor.document.object(1).cells) == {0}
    again.close()
