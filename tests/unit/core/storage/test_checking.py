"""The check of all masks: names what is damaged, object by object, and touches nothing."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.core.shapes import box, change, clip
from vosapp.core import edits
from vosapp.core.document import Document
from vosapp.core.editor import Editor
from vosapp.core.errors import Cancelled, ProjectError
from vosapp.core.project import Project
from vosapp.core.storage.checking import check_masks


def make(path: Path) -> Project:
    """Two objects on frames numbered from 1001; each frame of the first 40 has a mask of its own."""
    document = Document(replace(clip(), first_number=1001))
    for name in ("fish", "diver"):
        document, _ = edits.add_object(document, name)
    editor = Editor(document)
    editor.apply("Draw", edits.stroke(document, editor.store, 1, 0, box(0, 0, 8, 6)))
    editor.apply("Draw", edits.set_mask(editor.document, editor.store, 2, 0, box(0, 0, 1, 6)))
    token = editor.begin_run("Propagate")
    masks = [box(f % 8, f // 8, f % 8 + 1, f // 8 + 1) for f in range(40)]
    editor.amend_run(token, [change(frame, masks[frame]) for frame in range(1, 40)])
    editor.end_run(token)
    project = Project.create(path, editor)
    project.flush()
    return project


def spoil(path: Path, frame: int) -> None:
    """Breaks the mask of a frame."""
    digest = box(frame % 8, frame // 8, frame % 8 + 1, frame // 8 + 1).digest
    connection = sqlite3.connect(path)
    connection.execute("UPDATE masks SET data = zeroblob(9) WHERE digest = ?", (bytes.fromhex(digest),))
    connection.commit()
    connection.close()


def test_a_whole_project_has_nothing_to_report(quick_path: Path) -> None:
    project = make(quick_path / "a.vosapp")
    seen: list[tuple[int, int]] = []
    report = check_masks(project.path, lambda done, total: seen.append((done, total)))
    assert report.checked == 41 and not report.damaged and report.sentences(project.editor.document) == ()
    assert seen == [(n, 41) for n in range(1, 42)]
    project.close()


def test_damaged_masks_are_named_by_object_and_by_the_numbers_of_the_source(quick_path: Path) -> None:
    project = make(quick_path / "a.vosapp")
    project.close()
    for frame in (3, 4, 5, 9):
        spoil(project.path, frame)
    content = project.path.read_bytes()
    again = Project.open(project.path)
    report = check_masks(again.path, lambda *_: None)
    assert report.sentences(again.editor.document) == ("The masks of fish on frames 1004 to 1006, 1010 are damaged.",)
    assert again.editor.mask(1, 6) is not None, "the others are there"
    again.editor.undo()
    assert report.sentences(again.editor.document) == ("4 masks that undo may need are damaged.",)
    again.editor.redo()
    again.abandon()
    check_masks(project.path, lambda *_: None)
    assert len(content) == len(project.path.read_bytes())


def test_masks_drawn_while_it_runs_are_no_damage(quick_path: Path) -> None:
    project = make(quick_path / "a.vosapp")
    editor = project.editor

    def draw_and_compact(done: int, _total: int) -> None:
        if done == 5:
            editor.undo()
            editor.apply("Draw", edits.stroke(editor.document, editor.store, 2, 50, box(1, 1, 7, 6)))
            project.flush()

    report = check_masks(project.path, draw_and_compact)
    assert not report.damaged
    project.close()


def test_it_can_be_stopped(quick_path: Path) -> None:
    project = make(quick_path / "a.vosapp")

    def stop(done: int, _total: int) -> None:
        if done == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        check_masks(project.path, stop)
    project.close()
    assert [p.name for p in quick_path.iterdir()] == ["a.vosapp"]


def test_a_file_that_is_no_project_is_a_sentence(quick_path: Path) -> None:
    (quick_path / "a.vosapp").write_bytes(b"no project at all")
    with pytest.raises(ProjectError, match=r"a\.vosapp"):
        check_masks(quick_path / "a.vosapp", lambda *_: None)
