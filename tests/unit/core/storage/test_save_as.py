"""Writing a project to another file while it is worked on: nothing is lost on the way, in whichever file it ends."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from tests.unit.core.shapes import box, change, document
from tests.unit.core.storage.crash_child import state_of
from vosapp.core import edits
from vosapp.core.editor import Editor
from vosapp.core.errors import Cancelled, MaskError, ProjectError
from vosapp.core.project import Project
from vosapp.core.storage import masks as mask_store
from vosapp.core.storage.rewrite import remove_parts
from vosapp.core.store import MaskCache


def begin(path: Path) -> Project:
    project = Project.create(path, Editor(edits.add_object(document(500))[0]))
    for frame in range(20):
        paint(project, frame)
    project.flush()
    return project


def paint(project: Project, frame: int) -> None:
    """A stroke whose mask no other frame has."""
    editor, across, down = project.editor, frame % 8, frame // 8 % 6
    area = box(across, down, across + 1, down + 1).union(box(0, 0, 1, 1 + frame % 5))
    editor.apply(f"Paint {frame}", edits.stroke(editor.document, editor.store, 1, frame, area))


def reopened(path: Path) -> Project:
    """The project of a file, all of whose masks are there."""
    project = Project.open(path)
    assert not project.read_only and not project.report
    for frame in project.editor.document.object(1).cells:
        assert project.editor.mask(1, frame) is not None
    return project


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """No mask is found because it was used a moment ago."""
    monkeypatch.setattr(mask_store, "CACHE_BYTES", 0)
    monkeypatch.setattr(MaskCache, "get", lambda *_: None)


def test_what_is_done_while_a_copy_is_written_is_in_the_copy(quick_path: Path, forgetful: None) -> None:
    project = begin(quick_path / "a.vosapp")
    copy = project.begin_copy(quick_path / "b.vosapp")
    for frame in range(20, 40):
        paint(project, frame)
        project.flush()  # these masks are in the file before, and nowhere else
    copy.write()
    project.editor.undo()
    for frame in range(60, 65):
        paint(project, frame)
    project.go_on_in(copy)()
    expected = state_of(project.editor)
    project.flush()
    project.close()
    again = reopened(quick_path / "b.vosapp")
    assert state_of(again.editor) == expected
    while again.editor.can_undo:
        again.editor.undo()
    assert not again.editor.document.object(1).cells
    again.close()
    before = reopened(quick_path / "a.vosapp")
    assert before.editor.undo_label in ("Paint 38", "Paint 64"), "the file before stays as it was committed last"
    before.close()
    assert sorted(p.name for p in quick_path.iterdir()) == ["a.vosapp", "b.vosapp"]


def test_a_copy_is_written_in_another_thread_while_the_editor_is_used(quick_path: Path) -> None:
    project = begin(quick_path / "a.vosapp")
    copy = project.begin_copy(quick_path / "b.vosapp")
    thread = threading.Thread(target=copy.write)
    thread.start()
    for frame in range(100, 160):
        paint(project, frame)
    thread.join()
    project.go_on_in(copy)()
    expected = state_of(project.editor)
    project.close()
    again = reopened(quick_path / "b.vosapp")
    assert state_of(again.editor) == expected
    again.close()


def test_a_cancelled_copy_leaves_nothing_and_the_project_goes_on(quick_path: Path) -> None:
    project = begin(quick_path / "a.vosapp")
    (quick_path / "b.vosapp").write_bytes(b"precious")
    copy = project.begin_copy(quick_path / "b.vosapp")
    counts: list[int] = []

    def cancel_at_five(masks: int) -> None:
        counts.append(masks)
        if masks == 5:
            raise Cancelled

    with pytest.raises(Cancelled):
        copy.write(overwrite=True, tick=cancel_at_five)
    project.keep_copy(copy)
    assert counts == [1, 2, 3, 4, 5]
    assert (quick_path / "b.vosapp").read_bytes() == b"precious"
    paint(project, 99)
    expected = state_of(project.editor)
    project.close()
    assert sorted(p.name for p in quick_path.iterdir()) == ["a.vosapp", "b.vosapp"]
    again = reopened(quick_path / "a.vosapp")
    assert state_of(again.editor) == expected
    again.close()


def test_a_copy_that_is_kept_is_the_project_as_it_stood(quick_path: Path) -> None:
    project = begin(quick_path / "a.vosapp")
    then = state_of(project.editor)
    copy = project.begin_copy(quick_path / "copy.vosapp")
    paint(project, 50)
    copy.write()
    project.keep_copy(copy)
    assert project.path.name == "a.vosapp"
    kept = reopened(quick_path / "copy.vosapp")
    assert state_of(kept.editor) == then and kept.project_id != project.project_id
    kept.close()
    now = state_of(project.editor)
    project.close()
    again = reopened(quick_path / "a.vosapp")
    assert state_of(again.editor) == now
    again.close()


@pytest.mark.parametrize("way", ["save as", "compact"])
def test_what_a_run_has_below_an_anchor_moves_too(quick_path: Path, forgetful: None, way: str) -> None:
    project = begin(quick_path / "a.vosapp")
    editor = project.editor
    token = editor.begin_run("Propagate")
    editor.amend_run(token, [change(frame, box(0, 0, 7, 5)) for frame in range(100, 110)])
    editor.apply("Draw", edits.set_mask(editor.document, editor.store, 1, 105, box(0, 0, 3, 3)))
    project.flush()
    if way == "save as":
        project.save_as(quick_path / "b.vosapp")
    else:
        project.compact()
    editor.undo()
    editor.end_run(token)
    project.flush()
    path = project.path
    project.close()
    again = reopened(path)
    mask = again.editor.mask(1, 105)
    assert mask is not None and mask.digest == box(0, 0, 7, 5).digest
    again.close()


def test_a_rescued_project_can_be_worked_on(quick_path: Path) -> None:
    path = quick_path / "a.vosapp"
    begin(path).close()
    connection = sqlite3.connect(path)
    root = connection.execute("SELECT root FROM steps WHERE position = 6").fetchone()[0]
    connection.execute("DELETE FROM nodes WHERE digest = ?", (root,))
    connection.execute("DELETE FROM masks WHERE rowid = 3")
    connection.commit()
    connection.close()
    project = Project.open(path)
    assert project.report
    project.save_as(quick_path / "rescued.vosapp")
    paint(project, 200)
    project.flush()
    steps = len(project.editor.history.steps)
    assert steps < 20, "what cannot be undone any more is not offered"
    project.close()
    reopened(quick_path / "rescued.vosapp").close()


def test_a_compaction_that_fails_leaves_a_project_that_is_written(
    quick_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = begin(quick_path / "a.vosapp")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "in use")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", refuse)
        with pytest.raises(ProjectError, match=r"a\.vosapp"):
            project.compact()
    paint(project, 70)
    expected = state_of(project.editor)
    project.close()
    again = reopened(quick_path / "a.vosapp")
    assert state_of(again.editor) == expected
    again.close()


def test_a_project_with_a_damaged_step_is_not_compacted_and_goes_on(quick_path: Path) -> None:
    path = quick_path / "a.vosapp"
    begin(path).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        (root,) = connection.execute("SELECT root FROM steps WHERE position = 6").fetchone()
        connection.execute("DELETE FROM nodes WHERE digest = ?", (root,))
    project = Project.open(path)
    with pytest.raises(ProjectError, match=r"a\.vosapp is left as it is.*Save As"):
        project.compact()
    paint(project, 70)
    expected = state_of(project.editor)
    project.close()
    again = reopened(path)
    assert state_of(again.editor) == expected
    again.close()


def test_work_without_a_file_is_not_called_saved_and_can_be(quick_path: Path) -> None:
    project = Project.in_memory(Editor(edits.add_object(document(500))[0]), "/no/where.vosapp", reason="Nowhere.")
    assert project.read_only and not project.has_unsaved_changes
    paint(project, 3)
    assert project.has_unsaved_changes
    project.save_as(quick_path / "a.vosapp")
    assert not project.read_only and not project.has_unsaved_changes
    project.close()
    reopened(quick_path / "a.vosapp").close()


def test_a_closed_copy_is_an_error_and_no_wrong_mask(quick_path: Path, forgetful: None) -> None:
    project = begin(quick_path / "a.vosapp")
    project.abandon()
    with pytest.raises(MaskError, match="missing"):
        project.editor.mask(1, 0)


def test_files_of_similar_names_are_not_taken_for_what_a_dead_process_left(quick_path: Path) -> None:
    path = quick_path / "p.vosapp"
    kept = [".p.vosapp.notes.part", ".p.vosapp.01234567.part.txt", ".p.vosapp.0123456g.part", ".p.vosapp.aaaaaaaa.part"]
    for name in kept:
        (quick_path / name).write_text("precious")
    (quick_path / ".p.vosapp.bbbbbbbb.part").symlink_to(quick_path / kept[0])
    (quick_path / ".p.vosapp.cccccccc.part").mkdir()
    ours = [".p.vosapp.dddddddd.part", ".p.vosapp.dddddddd.part-wal", ".p.vosapp.eeeeeeee.part"]
    for name, content in zip(ours, (b"SQLite format 3\0rest", b"log", b""), strict=True):
        (quick_path / name).write_bytes(content)
    remove_parts(path)
    left = {entry.name for entry in quick_path.iterdir()}
    assert left == {*kept, ".p.vosapp.bbbbbbbb.part", ".p.vosapp.cccccccc.part"}
