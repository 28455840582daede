"""Projects of every earlier schema open, with everything, and the old file is kept."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.core.shapes import box
from vosapp.core.document import MatteSettings, Origin
from vosapp.core.editor import Editor
from vosapp.core.edits import set_matte
from vosapp.core.matte_edits import set_key
from vosapp.core.pen_shape import Combine, PenShape
from vosapp.core.project import Project
from vosapp.core.shape_edits import draw_shape, move_shape
from vosapp.core.storage.backup import backups
from vosapp.core.storage.database import SCHEMA_VERSION
from vosapp.core.storage.lock import ProjectLock
from vosapp.core.timeline import FrameRange

DATA = Path(__file__).parents[3] / "data"


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A writable copy of a project that schema 1 wrote."""
    monkeypatch.setenv("VOSAPP_DATA_DIR", str(tmp_path / "data"))
    return Path(shutil.copy(DATA / "project-v1.vosapp", tmp_path / "old.vosapp"))


def schema_of(path: Path) -> int:
    connection = sqlite3.connect(path)
    try:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])
    finally:
        connection.close()


def check(editor: Editor) -> None:
    """What the stored file of schema 1 holds: see its steps."""
    hand, cube = editor.document.objects
    assert (hand.name, cube.name) == ("Hand", "Würfel")
    assert hand.matte == MatteSettings(1.5, -2.0)
    assert cube.absences == (FrameRange(10, 20),)
    assert editor.document.cuts == (100, 250) and editor.document.in_out is None
    assert list(hand.cells) == list(range(201)) and hand.anchors() == [0]
    assert [f for f, cell in hand.cells.items() if cell.locked] == list(range(64, 130))
    assert cube.cells[299].origin is Origin.IMPORTED
    for frame in range(1, 201):
        expected = box(0, 0, 1 + frame % 7, 6)
        if frame == 70:
            expected = expected.union(box(6, 0, 8, 6))
        if frame == 71:
            expected = expected.difference(box(0, 0, 1, 6))
        mask = editor.mask(1, frame)
        assert mask is not None and mask.digest == expected.digest, frame
        assert hand.cells[frame].doubt == 0.25 and hand.cells[frame].sources == (0,)
    assert (editor.undo_label, editor.redo_label) == ("Cuts", "In and out")


def test_schema_1_opens_with_everything_and_is_kept(old: Path) -> None:
    content = old.read_bytes()
    project = Project.open(old)
    assert not project.read_only and project.report == ()
    check(project.editor)
    project.close()
    assert schema_of(old) == SCHEMA_VERSION
    (kept,) = backups()
    assert kept.name == "old" and schema_of(kept.path) == 1
    again = Project.open(old)
    check(again.editor)
    labels = []
    while again.editor.can_undo:
        labels.append(again.editor.undo_label)
        again.editor.undo()
    assert labels == ["Cuts", "Matte", "Absent", "Import", "Add object", "Approve", "Erase 71", "Paint 70",
                      "Propagate", "Paint 0"]  # fmt: skip
    for _ in range(len(labels) + 2):
        again.editor.redo()
    assert 155 not in again.editor.document.object(1).cells
    assert again.editor.document.in_out == FrameRange(5, 280)
    again.close()
    restored = Project.open(kept.path)
    assert "backup" in restored.read_only_reason
    check(restored.editor)
    restored.close()
    assert schema_of(kept.path) == 1
    assert (DATA / "project-v1.vosapp").read_bytes() == content


def test_a_step_that_cannot_be_read_is_left_behind_and_the_rest_is_written_on(old: Path) -> None:
    with closing(sqlite3.connect(old)) as connection, connection:
        (root,) = connection.execute("SELECT root FROM steps WHERE label = 'Approve'").fetchone()
        connection.execute("DELETE FROM nodes WHERE digest = ?", (root,))
    project = Project.open(old)
    check(project.editor)
    assert [step.label for step in project.editor.history.steps][:2] == ["Add object", "Import"]
    project.editor.apply("Edge", set_matte(project.editor.document, 1, MatteSettings(3.0)))
    project.close()
    again = Project.open(old)
    assert (again.editor.undo_label, again.editor.document.object(1).matte) == ("Edge", MatteSettings(3.0))
    again.close()


def test_schema_2_gains_the_stack_of_a_matte(old: Path) -> None:
    shutil.copy(DATA / "project-v2.vosapp", old)
    project = Project.open(old)
    check(project.editor)
    fuller = MatteSettings(1.5, -2.0, smooth_px=2.0, holes_px=9.0, white=0.9, edge="fast", band_px=12.0)
    project.editor.apply("Matte", set_matte(project.editor.document, 1, fuller))
    project.close()
    assert schema_of(old) == SCHEMA_VERSION
    (kept,) = backups()
    assert schema_of(kept.path) == 2
    again = Project.open(old)
    assert again.editor.document.object(1).matte == fuller
    again.close()


def test_schema_4_gains_what_changes_over_time(old: Path) -> None:
    shutil.copy(DATA / "project-v4.vosapp", old)
    project = Project.open(old)
    check(project.editor)
    keyed = set_key(set_key(project.editor.document, 1, "grow_px", 9, 2.5), 1, "feather_px", 0, 1.0)
    project.editor.apply("Key", keyed)
    project.close()
    assert schema_of(old) == SCHEMA_VERSION and [schema_of(one.path) for one in backups()] == [4]
    again = Project.open(old)
    assert again.editor.document.object(1).curves == keyed.object(1).curves != ()
    again.close()


@pytest.mark.parametrize("version", range(1, SCHEMA_VERSION))
def test_every_earlier_schema_gains_shapes_whose_points_stay(old: Path, version: int) -> None:
    shutil.copy(DATA / f"project-v{version}.vosapp", old)
    project = Project.open(old)
    store = project.editor.store
    before = project.editor.mask(1, 0)
    assert before is not None and all(cell.shape is None for cell in project.editor.document.object(1).cells.values())
    shape = PenShape(((0.0, 0.0), (3.0, 0.0), (3.0, 4.0)), (0, 1, 2))
    drawn = draw_shape(project.editor.document, store, 1, 0, shape=shape, combine=Combine.ADD, area=box(0, 0, 8, 6))
    project.editor.apply("paint", drawn)
    project.close()
    assert schema_of(old) == SCHEMA_VERSION and [schema_of(one.path) for one in backups()] == [version]
    again = Project.open(old)
    assert again.editor.document == drawn
    back = move_shape(drawn, again.editor.store, 1, 0, shape=replace(shape, handles=(0,)), area=box(0, 0, 1, 1))
    again.editor.apply("move point", back)
    assert again.editor.mask(1, 0) == before.union(box(0, 0, 1, 1))
    again.close()


def test_the_present_schema_opens_as_it_was_stored(old: Path) -> None:
    """When this fails, files that users have do not open any more: that takes a new schema and a migration."""
    shutil.copy(DATA / f"project-v{SCHEMA_VERSION}.vosapp", old)
    content = old.read_bytes()
    project = Project.open(old)
    assert not project.read_only and project.report == ()
    check(project.editor)
    project.close()
    assert old.read_bytes() == content, "looking at a project does not change its file"
    assert backups() == []


def test_an_old_project_that_is_open_elsewhere_is_read_as_it_is(old: Path) -> None:
    content = old.read_bytes()
    lock = ProjectLock(old)
    project = Project.open(old)
    assert project.read_only
    check(project.editor)
    project.close()
    lock.release()
    assert old.read_bytes() == content


def test_an_old_project_that_cannot_be_backed_up_is_not_touched(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = old.read_bytes()
    blocked = old.with_name("blocked")
    blocked.write_text("a file where a folder should be")
    monkeypatch.setenv("VOSAPP_DATA_DIR", str(blocked))
    project = Project.open(old)
    assert project.read_only and "older version" in project.read_only_reason
    check(project.editor)
    project.close()
    assert old.read_bytes() == content
