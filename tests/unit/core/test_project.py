"""A project keeps every step, and never touches a file that is not its own."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from tests.unit.core.shapes import HEIGHT, WIDTH, box, change, document
from vosapp.core import edits
from vosapp.core.editor import Editor
from vosapp.core.errors import Cancelled, ProjectError
from vosapp.core.mask import Mask
from vosapp.core.project import Project

LEFT, RIGHT = box(0, 0, 4, 6), box(4, 0, 8, 6)


@pytest.fixture
def editor() -> Editor:
    made, _ = edits.add_object(document())
    return Editor(made)


def paint(editor: Editor, frame: int, *, right: bool = False) -> None:
    area = RIGHT if right else LEFT
    editor.apply(f"Paint {frame}", edits.stroke(editor.document, editor.store, 1, frame, area))


def test_what_was_done_is_there_again_with_undo_and_redo(tmp_path: Path, editor: Editor) -> None:
    path = tmp_path / "Kürzung 1.vosapp"
    paint(editor, 0)
    project = Project.create(path, editor)
    paint(editor, 1)
    paint(editor, 2)
    editor.undo()
    project.close()
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    again = Project.open(path)
    assert again.editor.document == editor.document
    assert (again.editor.undo_label, again.editor.redo_label) == ("Paint 1", "Paint 2")
    again.editor.redo()
    assert list(again.editor.document.object(1).cells) == [0, 1, 2]
    for _ in range(3):
        again.editor.undo()
    assert not again.editor.can_undo and not again.editor.document.object(1).cells
    again.editor.redo()
    mask = again.editor.mask(1, 0)
    assert mask is not None and mask.digest == LEFT.digest
    again.close()
    again.close()


def test_a_clip_that_seems_shorter_for_once_harms_no_mask(tmp_path: Path, editor: Editor) -> None:
    project = Project.create(tmp_path / "a.vosapp", editor)
    paint(editor, 70)
    project.close()
    project = Project.open(tmp_path / "a.vosapp")
    project.editor.count_frames(30)
    paint(project.editor, 20)
    project.close()
    again = Project.open(tmp_path / "a.vosapp")
    assert not again.read_only and list(again.editor.document.object(1).cells) == [20, 70]
    again.editor.undo()
    again.editor.undo()
    again.editor.redo()
    assert again.editor.mask(1, 70) is not None
    again.close()


def test_everything_flushed_is_in_the_file_without_closing(tmp_path: Path, editor: Editor) -> None:
    project = Project.create(tmp_path / "a.vosapp", editor)
    paint(editor, 7)
    project.flush()
    reading = Project.open(project.path)
    assert reading.editor.document == editor.document
    reading.close()
    project.close()


def test_the_second_window_reads_only_and_says_so(tmp_path: Path, editor: Editor) -> None:
    project = Project.create(tmp_path / "a.vosapp", editor)
    second = Project.open(project.path)
    assert second.read_only and "open elsewhere" in second.read_only_reason
    paint(second.editor, 3)
    second.close()
    assert 3 not in editor.document.object(1).cells
    project.close()
    third = Project.open(project.path)
    assert not third.read_only and 3 not in third.editor.document.object(1).cells
    third.close()


def test_save_as_takes_everything_along_and_leaves_the_old_file(tmp_path: Path, editor: Editor) -> None:
    project = Project.create(tmp_path / "a.vosapp", editor)
    paint(editor, 0)
    project.save_as(tmp_path / "b.vosapp")
    paint(editor, 1)
    project.close()
    old, new = Project.open(tmp_path / "a.vosapp"), Project.open(tmp_path / "b.vosapp")
    assert list(old.editor.document.object(1).cells) == [0]
    assert list(new.editor.document.object(1).cells) == [0, 1]
    assert new.editor.mask(1, 0) is not None and new.editor.mask(1, 1) is not None
    old.close()
    new.close()


def test_changes_in_a_read_only_window_can_be_saved_elsewhere(tmp_path: Path, editor: Editor) -> None:
    paint(editor, 0)
    project = Project.create(tmp_path / "a.vosapp", editor)
    second = Project.open(project.path)
    paint(second.editor, 3)
    second.save_as(tmp_path / "b.vosapp")
    assert not second.read_only
    second.close()
    again = Project.open(tmp_path / "b.vosapp")
    assert [again.editor.mask(1, frame) is not None for frame in (0, 3)] == [True, True]
    again.close()
    project.close()


def test_nothing_is_overwritten_unasked(tmp_path: Path, editor: Editor) -> None:
    path = tmp_path / "a.vosapp"
    path.write_text("precious")
    with pytest.raises(ProjectError, match=r"a\.vosapp exists already"):
        Project.create(path, editor)
    assert path.read_text() == "precious"
    project = Project.create(path, editor, overwrite=True)
    with pytest.raises(ProjectError, match="open elsewhere"):
        Project.create(path, Editor(), overwrite=True)
    project.close()


def test_files_that_are_no_projects_are_named(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"gone\.vosapp is not in"):
        Project.open(tmp_path / "gone.vosapp")
    for content in (b"", b"text", b"x" * 5000):
        path = tmp_path / "odd.vosapp"
        path.write_bytes(content)
        with pytest.raises(ProjectError, match=r"odd\.vosapp is not a vosapp project"):
            Project.open(path)
        assert path.read_bytes() == content
    other = sqlite3.connect(tmp_path / "other.vosapp")
    other.execute("CREATE TABLE t (x)")
    other.close()
    with pytest.raises(ProjectError, match=r"other\.vosapp is not a vosapp project"):
        Project.open(tmp_path / "other.vosapp")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["odd.vosapp", "other.vosapp"]


def test_a_newer_schema_is_refused_untouched(tmp_path: Path, editor: Editor) -> None:
    path = tmp_path / "a.vosapp"
    Project.create(path, editor).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version=999")
    connection.close()
    content = path.read_bytes()
    with pytest.raises(ProjectError, match=r"a\.vosapp was made by a newer version"):
        Project.open(path)
    assert path.read_bytes() == content


def test_a_run_that_was_cut_off_keeps_its_frames(tmp_path: Path, editor: Editor) -> None:
    paint(editor, 0)
    project = Project.create(tmp_path / "a.vosapp", editor)
    token = editor.begin_run("Propagate")
    editor.amend_run(token, [change(f, LEFT) for f in (1, 2)])
    paint(editor, 2, right=True)
    editor.amend_run(token, [change(3, LEFT)])
    project.flush()
    again = Project.open(project.path)
    assert again.editor.document == editor.document
    assert again.editor.undo_label == "Propagate (interrupted)"
    again.editor.undo()
    assert list(again.editor.document.object(1).cells) == [0, 2]
    again.close()
    editor.end_run(token)
    project.close()
    again = Project.open(project.path)
    assert again.editor.undo_label == "Propagate"
    assert again.editor.document == editor.document
    again.close()


def noise(editor: Editor, step: int) -> None:
    """A stroke whose mask is like no other."""
    area = Mask.from_array(np.random.default_rng(step).random((HEIGHT, WIDTH)) < 0.5)
    editor.apply(f"Noise {step}", edits.stroke(editor.document, editor.store, 1, step % 90, area))


def test_compaction_keeps_what_is_needed_and_nothing_else(tmp_path: Path, editor: Editor) -> None:
    project = Project.create(tmp_path / "a.vosapp", editor)
    for step in range(300):
        noise(editor, step)
        editor.undo()
    noise(editor, 300)
    project.flush()
    expected = editor.document
    project.compact()
    noise(editor, 301)
    project.close()
    connection = sqlite3.connect(project.path)
    assert connection.execute("SELECT count(*) FROM masks").fetchone() == (2,)
    assert connection.execute("SELECT count(*) FROM steps").fetchone() == (3,)
    connection.close()
    again = Project.open(project.path)
    again.editor.undo()
    assert again.editor.document == expected
    again.close()


def test_a_wasteful_file_is_compacted_on_closing(
    tmp_path: Path, editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vosapp.core.project.WASTE_BYTES", 100_000)
    project = Project.create(tmp_path / "a.vosapp", editor)
    for step in range(200):
        noise(editor, step)
        editor.undo()
    project.flush()
    project.close()
    connection = sqlite3.connect(project.path)
    assert connection.execute("SELECT count(*) FROM masks").fetchone() == (1,)
    connection.close()


def test_forgotten_steps_leave_the_file_too(tmp_path: Path, editor: Editor) -> None:
    project = Project.create(tmp_path / "a.vosapp", editor)
    editor.history.limit_bytes = 50_000
    for step in range(100):
        noise(editor, step)
    project.close()
    again = Project.open(project.path, history_limit_bytes=50_000)
    assert again.editor.history.forgotten == editor.history.forgotten > 50
    assert again.editor.document == editor.document
    count = 0
    while again.editor.can_undo:
        again.editor.undo()
        count += 1
    assert count + again.editor.history.forgotten == 100
    again.close()


def test_steps_far_back_leave_the_memory_and_come_back(
    tmp_path: Path, editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vosapp.core.storage.file.NEAR_STEPS", 10)
    project = Project.create(tmp_path / "a.vosapp", editor)
    seen = [editor.document]
    for step in range(40):
        noise(editor, step)
        seen.append(editor.document)
    project.flush()
    assert sum(step.version.is_loaded for step in editor.history.steps) == 11
    for expected in reversed(seen[:-1]):
        editor.undo()
        assert editor.document == expected
    project.flush()
    # Fewer when the writer was behind: it lets go of what was far from where the editor stood then.
    assert sum(step.version.is_loaded for step in editor.history.steps) <= 11
    project.save_as(tmp_path / "b.vosapp")
    project.close()
    again = Project.open(tmp_path / "b.vosapp")
    for expected in seen[1:]:
        again.editor.redo()
        assert again.editor.document == expected
    again.close()


def test_a_run_leaves_no_rubbish_behind_while_it_grows(tmp_path: Path, editor: Editor) -> None:
    paint(editor, 0)
    project = Project.create(tmp_path / "a.vosapp", editor)
    token = editor.begin_run("Propagate")
    for frame in range(1, 60):
        editor.amend_run(token, [change(frame, LEFT)])
        if frame % 20 == 0:
            paint(editor, frame - 1, right=True)
        project.flush()
    editor.end_run(token)
    project.close()
    connection = sqlite3.connect(project.path)
    nodes = connection.execute("SELECT count(*) FROM nodes").fetchone()[0]
    connection.close()
    again = Project.open(project.path)
    assert again.editor.document == editor.document
    while again.editor.can_undo:
        again.editor.undo()
    again.editor.redo()
    again.compact()
    again.close()
    assert nodes <= 25, "three strokes, an anchor and one run, not sixty"


def test_an_editor_goes_on_after_saving_failed_to_begin(tmp_path: Path, editor: Editor) -> None:
    with pytest.raises(ProjectError, match="cannot be written"):
        Project.create(tmp_path / "no such folder" / "a.vosapp", editor)
    paint(editor, 0)
    project = Project.create(tmp_path / "a.vosapp", editor)
    mask = editor.mask(1, 0)
    assert mask is not None and mask.digest == LEFT.digest
    project.close()


def test_the_editor_never_waits_for_the_disk(tmp_path: Path, editor: Editor) -> None:
    project = Project.create(tmp_path / "a.vosapp", editor)
    paint(editor, 0)
    project.flush()
    other = sqlite3.connect(project.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")  # as a disk that does not answer: the writer gets nowhere
    paint(editor, 1)
    editor.undo()
    editor.redo()
    assert list(editor.document.object(1).cells) == [0, 1] and project.has_unsaved_changes
    with pytest.raises(ProjectError, match=r"a\.vosapp is not written yet"):
        project.flush(timeout_s=0.05)
    other.execute("ROLLBACK")
    other.close()
    project.flush()
    assert not project.has_unsaved_changes
    project.close()


def test_what_undo_needs_soon_is_read_ahead(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "shot.vosapp", Editor(edits.add_object(document())[0]))
    for frame in range(8):
        made = edits.stroke(project.editor.document, project.editor.store, 1, frame, box(0, 0, 1 + frame % 7, 5))
        project.editor.apply("Paint", made)
    for _ in range(3):
        project.editor.undo()
    project.close()
    again = Project.open(project.path)
    history = again.editor.history
    assert [step.version.is_loaded for step in history.steps].count(True) == 1
    history.load_near(2, lambda: None)
    assert [step.version.is_loaded for step in history.steps] == [3 <= place <= 7 for place in range(9)]
    with pytest.raises(Cancelled):
        history.load_near(9, _cancel)
    again.close()


def _cancel() -> None:
    raise Cancelled
