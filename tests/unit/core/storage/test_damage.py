"""A damaged project opens with everything, opens with a report of what is missing, or refuses with a sentence.

Never a crash, never a wrong mask, never a change to the damaged file. `VOSAPP_DAMAGED_FILES=1000` tries more.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from tests.unit.core.shapes import box
from tests.unit.core.storage.damage import Truth, harm, judge, make_project, seen, shrink
from vosapp.core import edits
from vosapp.core.errors import MaskError, ProjectError
from vosapp.core.project import Project

FILES = int(os.environ.get("VOSAPP_DAMAGED_FILES", "100"))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Truth]:
    path = tmp_path_factory.mktemp("whole") / "whole.vosapp"
    truth = make_project(path)
    shrink(path)
    return path, truth


def query(path: Path, statement: str, *values: object) -> None:
    connection = sqlite3.connect(path)
    connection.execute(statement, values)
    connection.commit()
    connection.close()


def test_random_damage(whole: tuple[Path, Truth], quick_path: Path) -> None:
    source, truth = whole
    content, outcomes = source.read_bytes(), Counter[str]()
    for number in range(FILES):
        path = quick_path / f"damaged {number}.vosapp"
        path.write_bytes(harm(content, random.Random(number)))
        outcomes[judge(path, truth)] += 1
        path.unlink()
    print(f"{FILES} damaged files: {dict(outcomes)}")
    assert len(outcomes) == 3, "the damage is of all kinds"
    assert list(quick_path.iterdir()) == []


@pytest.fixture
def path(whole: tuple[Path, Truth], quick_path: Path) -> Path:
    return Path(shutil.copy(whole[0], quick_path / "shot.vosapp"))


def test_a_missing_mask_is_reported_with_object_and_frame(path: Path) -> None:
    digest = box(9 % 7, 9 % 5, 8, 6).digest
    query(path, "DELETE FROM masks WHERE digest = ?", bytes.fromhex(digest))
    project = Project.open(path)
    assert project.read_only and "damaged" in project.read_only_reason
    assert len(project.report) == 1 and "The masks of Object 1 on frames" in project.report[0]
    project.close()


def test_a_broken_mask_is_an_error_where_it_is_needed(path: Path, whole: tuple[Path, Truth]) -> None:
    query(path, "UPDATE masks SET data = zeroblob(20)")
    project = Project.open(path)
    with pytest.raises(MaskError, match="damaged"):
        project.editor.mask(1, 0)
    project.close()


def test_a_missing_chunk_takes_its_frames_and_nothing_else(path: Path, whole: tuple[Path, Truth]) -> None:
    project = Project.open(path)
    expected = seen(project.editor)
    digest = project.editor.document.object(1).cells.chunks[2].digest  # type: ignore[attr-defined]
    project.close()
    query(path, "DELETE FROM nodes WHERE digest = ?", digest)
    project = Project.open(path)
    assert project.report == ("The masks of Object 1 on frames 128 to 191 are missing.",)
    assert seen(project.editor) == {key: d for key, d in expected.items() if key[0] == 2 or not 128 <= key[1] <= 191}
    project.save_as(path.with_name("rescued.vosapp"))
    assert not project.read_only
    project.close()
    rescued = Project.open(path.with_name("rescued.vosapp"))
    assert not rescued.report and not rescued.read_only
    rescued.close()


def test_a_lost_version_falls_back_to_the_one_before(path: Path) -> None:
    project = Project.open(path)
    last, label = seen(project.editor), project.editor.undo_label
    project.editor.undo()
    before = seen(project.editor)
    project.editor.redo()
    project.close()
    query(path, "DELETE FROM nodes WHERE digest = (SELECT root FROM state)")
    project = Project.open(path)
    assert any("newest version cannot be read" in sentence for sentence in project.report)
    assert seen(project.editor) == before != last
    assert label not in project.editor.undo_label
    project.close()


@pytest.mark.parametrize("table", ["state", "steps"])
def test_a_lost_table_leaves_the_work(path: Path, table: str) -> None:
    project = Project.open(path)
    expected = seen(project.editor)
    project.close()
    query(path, f"DELETE FROM {table}")
    project = Project.open(path)
    assert project.report
    if table == "steps":
        assert seen(project.editor) == expected and not project.editor.can_undo
    project.close()


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER evil AFTER INSERT ON nodes BEGIN DELETE FROM masks; END",
        "CREATE VIEW evil AS SELECT 1",
        "CREATE TABLE evil (x)",
        "ALTER TABLE nodes ADD COLUMN evil",
        "DROP TABLE about",
        "PRAGMA application_id=7",
    ],
)
def test_a_file_with_other_tables_is_no_project(path: Path, statement: str) -> None:
    query(path, statement)
    content = path.read_bytes()
    with pytest.raises(ProjectError, match=r"shot\.vosapp is not a vosapp project"):
        Project.open(path)
    assert path.read_bytes() == content


def test_damage_where_writing_would_make_it_worse_stops_the_writing(path: Path) -> None:
    # A page that SQLite believes to be free while it is in use: writing would overwrite it.
    connection = sqlite3.connect(path)
    page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'masks'").fetchone()[0]
    connection.close()
    content = bytearray(path.read_bytes())
    content[32:36], content[36:40] = page.to_bytes(4, "big"), (1).to_bytes(4, "big")
    path.write_bytes(content)
    project = Project.open(path)
    project.editor.apply("Paint", edits.stroke(project.editor.document, project.editor.store, 1, 0, box(7, 5, 8, 6)))
    with pytest.raises(ProjectError, match=r"shot\.vosapp is damaged"):
        project.close()
    project.save_as(path.with_name("rescued.vosapp"))
    project.close()
    assert path.read_bytes() == bytes(content)
