"""Backups are whole projects of their own, few, and in the user's folder alone."""

from __future__ import annotations

import sqlite3
import sys
import threading
import time
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

import pytest

from tests.unit.core.shapes import box, document
from tests.unit.core.storage.crash_child import state_of
from vosapp.core import edits
from vosapp.core.editor import Editor
from vosapp.core.errors import ProjectError
from vosapp.core.project import BackupPolicy, Project
from vosapp.core.recent import new_unsaved_path
from vosapp.core.storage import backup
from vosapp.core.storage.backup import BackupThread, backup_dir, backups, make_backup


def begin(path: Path, policy: BackupPolicy | None = None) -> Project:
    return Project.create(path, Editor(edits.add_object(document())[0]), backups=policy)


def paint(project: Project, frame: int) -> None:
    editor = project.editor
    editor.apply("Paint", edits.stroke(editor.document, editor.store, 1, frame, box(0, 0, 4, 4)))
    project.flush()


def test_a_backup_of_an_open_project_is_a_whole_project(tmp_path: Path) -> None:
    project = begin(tmp_path / "shot~1.vosapp")
    paint(project, 0)
    make_backup(project.path, project.project_id, count=5)
    expected = state_of(project.editor)
    paint(project, 1)
    (kept,) = backups(project.project_id)
    assert kept.name == "shot~1" and kept.size_bytes == kept.path.stat().st_size
    opened = Project.open(kept.path)
    assert "backup" in opened.read_only_reason and state_of(opened.editor) == expected
    opened.save_as(tmp_path / "restored.vosapp")
    assert not opened.read_only
    opened.close()
    project.close()


def test_a_backup_that_is_not_wanted_any_more_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup, "_STEPS", 1)  # the project is small
    project = begin(tmp_path / "shot.vosapp")
    paint(project, 0)
    with pytest.raises(ProjectError, match="interrupted"):
        make_backup(project.path, project.project_id, count=3, cancelled=lambda: True)
    monkeypatch.setattr(backup, "FIRST_DELAY_S", 0)
    begun, require = threading.Event(), backup._require_project

    def require_and_wait(*values: Any) -> None:
        begun.set()
        assert working._stopping.wait(60)  # closing begins before the copying does
        require(*values)

    monkeypatch.setattr(backup, "_require_project", require_and_wait)
    working = BackupThread(project.path, project.project_id, BackupPolicy())
    working.changed()
    assert begun.wait(60)
    working.stop()
    assert not list(backup_dir().rglob("*.*"))
    project.close()


def test_only_the_newest_are_kept_and_each_project_has_its_own(tmp_path: Path) -> None:
    one, two = begin(tmp_path / "one.vosapp"), begin(tmp_path / "two.vosapp")
    folder = backup_dir() / one.project_id
    folder.mkdir(parents=True)
    for day in range(1, 8):
        (folder / f"one~2024010{day}-120000.vosapp").touch()
    (folder / "notes.vosapp").touch()
    make_backup(two.path, two.project_id, count=3)
    make_backup(one.path, one.project_id, count=3)
    assert [made.path.name[4:12] for made in backups(one.project_id)[1:]] == ["20240107", "20240106"]
    assert len(backups(two.project_id)) == 1 and len(backups()) == 4
    assert (folder / "notes.vosapp").exists()
    one.close()
    two.close()


def test_a_forged_project_id_stays_in_the_folder(tmp_path: Path) -> None:
    project = begin(tmp_path / "shot.vosapp")
    project.close()
    connection = sqlite3.connect(project.path)
    connection.execute("UPDATE about SET value = '../../../evil'")
    connection.commit()
    connection.close()
    again = Project.open(project.path)
    path = make_backup(again.path, again.project_id, count=3)
    assert path.parent == backup_dir() / "other"
    again.close()


def test_a_backup_that_cannot_be_made_leaves_nothing(tmp_path: Path, data_dir: Path) -> None:
    project = begin(tmp_path / "shot.vosapp")
    project.close()
    project.path.write_bytes(b"gone bad")
    with pytest.raises(ProjectError):
        make_backup(project.path, project.project_id, count=3)
    assert [path for path in data_dir.rglob("*") if path.is_file()] == []


def test_working_makes_a_backup_once_in_the_interval(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup, "FIRST_DELAY_S", 0.02)
    project = begin(tmp_path / "shot.vosapp", BackupPolicy(minutes=60, count=5))
    time.sleep(0.1)
    assert backups() == [], "nothing was done yet"
    paint(project, 0)
    until = time.monotonic() + 60
    while not backups() and time.monotonic() < until:
        time.sleep(0.02)
    paint(project, 1)
    time.sleep(0.1)
    project.close()
    assert len(backups()) == 1
    again = Project.open(project.path, backups=BackupPolicy(minutes=60, count=5))
    paint(again, 2)
    time.sleep(0.1)
    again.close()
    assert len(backups()) == 1, "the interval counts across sessions"


class Clock(datetime):
    """A clock that can be put back."""

    hour_now = 12

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime(2024, 5, 1, cls.hour_now, 0, 0, tzinfo=tz)


def test_backups_are_ordered_whatever_the_clock_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = begin(tmp_path / "shot.vosapp")
    folder = backup_dir() / project.project_id
    folder.mkdir(parents=True)
    (folder / "shot~20300101-120000.vosapp").touch()  # of an earlier version of the program
    monkeypatch.setattr(backup, "datetime", Clock)
    made = []
    for hour in (12, 13, 9, 10):
        Clock.hour_now = hour
        made.append(make_backup(project.path, project.project_id, count=3))
    assert [kept.path for kept in backups(project.project_id)] == [made[3], made[2], made[1]]
    assert made[3].name == "shot~000004~20240501-100000Z.vosapp"
    project.close()


def test_backups_go_on_after_the_clock_went_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup, "FIRST_DELAY_S", 0.02)
    project = begin(tmp_path / "shot.vosapp")
    project_id = project.project_id
    folder = backup_dir() / project_id
    project.close()
    folder.mkdir(parents=True)
    (folder / "shot~000009~20990101-120000Z.vosapp").touch()
    again = Project.open(project.path, backups=BackupPolicy(minutes=60, count=5))
    paint(again, 0)
    until = time.monotonic() + 60
    while len(backups(project_id)) < 2 and time.monotonic() < until:
        time.sleep(0.02)
    again.close()
    assert [kept.number for kept in backups(project_id)] == [10, 9]


@pytest.mark.skipif(sys.platform == "win32", reason="rights are kept in another way")
def test_nobody_else_may_look_into_unsaved_work_and_backups(tmp_path: Path) -> None:
    backup_dir().mkdir(parents=True, mode=0o755)
    project = begin(tmp_path / "shot.vosapp")
    folder = make_backup(project.path, project.project_id, count=3).parent
    project.close()
    for private in (folder, backup_dir(), new_unsaved_path(Path("shot.mov")).parent):
        assert private.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("what", ["emptied", "another project"])
def test_what_is_not_the_project_pushes_no_backup_out(tmp_path: Path, what: str) -> None:
    project = begin(tmp_path / "p.vosapp")
    paint(project, 0)
    made = make_backup(project.path, project.project_id, count=1)
    content = made.read_bytes()
    other = begin(tmp_path / "other.vosapp")
    if what == "emptied":
        other.path.write_bytes(b"")
    with pytest.raises(ProjectError):
        make_backup(other.path, project.project_id, count=1)
    assert made.read_bytes() == content and len(backups(project.project_id)) == 1
    other.abandon()
    project.close()
