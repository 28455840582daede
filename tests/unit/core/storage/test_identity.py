"""Sync clients and users delete, rename and replace a project's file while it is open."""

from __future__ import annotations

import os
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


@pytest.mark.parametrize("what", ["log", "log cut to nothing", "lock"])
def test_what_is_deleted_beside_a_project_is_made_again(project: Project, what: str) -> None:
    log = Path(f"{project.path}-wal")
    paint(project, 2)
    project.flush()
    if what == "log":
        log.unlink()
    elif what == "log cut to nothing":
        os.truncate(log, 0)
    else:
        lock_path(project.path).unlink()
    paint(project, 3)
    project.flush()
    with pytest.raises(LockedError):
        ProjectLock(project.path)
    expected = state_of(project.editor)
    copy = project.path.with_name("killed.vosapp")  # what a kill would leave now
    for suffix in ("", "-wal"):
        if Path(f"{project.path}{suffix}").exists():
            shutil.copyfile(f"{project.path}{suffix}", f"{copy}{suffix}")
    project.close()
    assert_whole(copy, expected)
    assert_whole(project.path, expected)


def test_a_lock_that_another_window_took_ends_the_writing(project: Project) -> None:
    lock_path(project.path).unlink()
    other = ProjectLock(project.path)
    paint(project, 2)
    with pytest.raises(ProjectError, match="open elsewhere"):
        project.flush()
    other.release()
    project.close()
    assert_whole(project.path, state_of(project.editor))


def test_an_emptied_file_is_written_anew(project: Project) -> None:
    heard: list[str] = []
    project.on_problem = lambda problem: heard.append("well" if problem is None else problem.message)
    os.truncate(project.path, 0)
    paint(project, 2)
    project.flush()
    assert heard == ["p.vosapp was emptied by another program.", "well"]
    expected = state_of(project.editor)
    project.close()
    assert_whole(project.path, expected)


def test_what_went_with_an_emptied_file_is_told_and_the_rest_can_be_saved(project: Project) -> None:
    project.close()
    opened = Project.open(project.path)
    opened.flush()
    os.truncate(opened.path, 0)
    paint(opened, 2)
    with pytest.raises(ProjectError, match="emptied by another program, and masks or steps"):
        opened.flush()
    opened.save_as(opened.path.with_name("rest.vosapp"))
    assert opened.editor.mask(1, 2) is not None
    opened.close()
    again = Project.open(opened.path)
    assert again.editor.mask(1, 2) is not None
    again.close()


@pytest.mark.parametrize("how", ["half", "another project"])
def test_a_file_that_was_written_over_is_left_as_it_is(project: Project, how: str) -> None:
    other = project.path.with_name("other.vosapp")
    Project.create(other, Editor(edits.add_object(document(7))[0])).close()
    paint(project, 2)
    project.flush()
    content = project.path.read_bytes()[:5000] if how == "half" else other.read_bytes()
    project.path.write_bytes(content)
    paint(project, 3)
    with pytest.raises(ProjectError, match=r"p\.vosapp was changed by another program"):
        project.flush()
    with pytest.raises(ProjectError, match="changed"):
        project.close()
    project.abandon()
    assert project.path.read_bytes() == content
    log = Path(f"{project.path}-wal")
    assert not log.exists() or log.stat().st_size == 0


def test_a_second_name_keeps_what_it_held(project: Project) -> None:
    before = state_of(project.editor)
    project.close()
    snapshot = project.path.with_name("snapshot.vosapp")
    snapshot.hardlink_to(project.path)
    content = snapshot.read_bytes()
    opened = Project.open(project.path)
    paint(opened, 2)
    expected = state_of(opened.editor)
    opened.close()
    assert snapshot.read_bytes() == content
    assert_whole(snapshot, before)
    assert_whole(project.path, expected)


def test_a_link_to_a_project_shares_its_lock_and_stays_a_link(project: Project) -> None:
    link = project.path.with_name("link.vosapp")
    link.symlink_to(project.path)
    assert Project.open(link).read_only_reason.startswith("It is open elsewhere")
    project.close()
    opened = Project.open(link)
    paint(opened, 2)
    opened.compact()
    expected = state_of(opened.editor)
    opened.close()
    assert link.is_symlink()
    assert_whole(project.path, expected)


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
