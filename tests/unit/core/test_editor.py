"""Undo, redo and runs, as a person thinks of them."""

from __future__ import annotations

import pytest

from tests.unit.core.shapes import box, change, clip, document
from vosapp.core import edits
from vosapp.core.document import Document
from vosapp.core.editor import Editor
from vosapp.core.timeline import FrameRange

LEFT, RIGHT, MIDDLE = box(0, 0, 4, 6), box(4, 0, 8, 6), box(3, 0, 5, 6)


@pytest.fixture
def editor() -> Editor:
    made, _ = edits.add_object(document())
    return Editor(made)


def paint(editor: Editor, frame: int, area: object = LEFT, *, erase: bool = False) -> None:
    editor.apply("Paint", edits.stroke(editor.document, editor.store, 1, frame, area, erase))  # type: ignore[arg-type]


def frames(editor: Editor) -> list[int]:
    return list(editor.document.object(1).cells)


def test_undo_and_redo_walk_the_same_documents(editor: Editor) -> None:
    seen = [editor.document]
    for frame in (0, 5, 9):
        paint(editor, frame)
        seen.append(editor.document)
    for expected in reversed(seen[:-1]):
        editor.undo()
        assert editor.document is expected
    assert not editor.can_undo and editor.redo_label == "Paint"
    editor.undo()
    for expected in seen[1:]:
        editor.redo()
        assert editor.document is expected
    assert not editor.can_redo


@pytest.mark.parametrize("frame_count", [60, 140])
def test_the_number_of_frames_that_a_file_turns_out_to_have_is_no_step(editor: Editor, frame_count: int) -> None:
    editor.apply("In and out", edits.set_in_out(editor.document, FrameRange(50, 99)))
    for frame in (0, 5):
        paint(editor, frame)
    editor.undo()
    editor.count_frames(frame_count)
    assert (editor.undo_label, editor.redo_label) == ("Paint", "Paint")
    editor.redo()
    assert frames(editor) == [0, 5]
    assert editor.document.in_out == FrameRange(50, min(99, frame_count - 1))
    while editor.can_undo:
        editor.undo()
        assert editor.document.clip == clip(frame_count)


def test_frames_with_masks_stay_however_short_the_clip_seems_to_be(editor: Editor) -> None:
    paint(editor, 70)
    editor.undo()
    paint(editor, 40)
    editor.count_frames(30)
    assert editor.document.clip == clip(41)
    paint(editor, 20)
    token = editor.begin_run("Propagate")
    editor.amend_run(token, [change(35, RIGHT)])
    editor.count_frames(90)
    editor.end_run(token)
    assert editor.document.clip == clip(90) and frames(editor) == [20, 35, 40]


def test_a_new_step_forgets_what_could_be_redone(editor: Editor) -> None:
    paint(editor, 0)
    editor.undo()
    paint(editor, 1)
    assert not editor.can_redo
    assert frames(editor) == [1]


def test_no_change_is_no_step(editor: Editor) -> None:
    editor.apply("Nothing", editor.document)
    assert not editor.can_undo


def test_steps_of_one_group_are_one_step(editor: Editor) -> None:
    for name in ("D", "Do", "Dog"):
        editor.apply("Rename", edits.rename_object(editor.document, 1, name), group="rename 1")
    editor.undo()
    assert editor.document.object(1).name == "Object 1"
    editor.redo()
    assert editor.document.object(1).name == "Dog"


def test_subscribers_hear_old_and_new(editor: Editor) -> None:
    heard: list[tuple[Document, Document]] = []
    unsubscribe = editor.subscribe(lambda old, new: heard.append((old, new)))
    first = editor.document
    paint(editor, 0)
    editor.undo()
    unsubscribe()
    unsubscribe()
    editor.redo()
    assert [(a is first, b is first) for a, b in heard] == [(True, False), (False, True)]


def test_a_run_is_one_step(editor: Editor) -> None:
    paint(editor, 0)
    before = editor.document
    token = editor.begin_run("Propagate")
    for frame in (1, 2, 3):
        editor.amend_run(token, [change(frame, LEFT)])
    assert frames(editor) == [0, 1, 2, 3]
    assert editor.undo_label == "Paint"
    editor.end_run(token)
    assert editor.undo_label == "Propagate"
    editor.undo()
    assert editor.document == before
    editor.redo()
    assert frames(editor) == [0, 1, 2, 3]


def test_a_run_that_wrote_nothing_is_no_step(editor: Editor) -> None:
    paint(editor, 0)
    token = editor.begin_run("Propagate")
    editor.amend_run(token, [change(0, RIGHT)])
    editor.end_run(token)
    assert editor.undo_label == "Paint"
    with pytest.raises(ValueError, match="ended"):
        editor.amend_run(token, [])


def test_only_one_run_at_a_time_and_only_in_its_range(editor: Editor) -> None:
    token = editor.begin_run("Propagate", within=FrameRange(0, 5))
    with pytest.raises(ValueError, match="going on"):
        editor.begin_run("Again")
    with pytest.raises(ValueError, match="outside"):
        editor.amend_run(token, [change(6, LEFT)])


def test_strokes_during_a_run_win_and_stay_when_the_run_is_undone(editor: Editor) -> None:
    paint(editor, 0)
    token = editor.begin_run("Propagate")
    editor.amend_run(token, [change(f, LEFT) for f in (1, 2, 3)])
    paint(editor, 2, MIDDLE)
    paint(editor, 5, RIGHT)
    editor.amend_run(token, [change(f, box(0, 0, 1, 6)) for f in (2, 4, 5)])
    editor.end_run(token)
    two, five = editor.mask(1, 2), editor.mask(1, 5)
    assert two is not None and five is not None
    assert two.digest == box(0, 0, 1, 6).union(MIDDLE).digest
    assert five.digest == RIGHT.digest
    editor.undo()
    assert frames(editor) == [0, 2, 5]
    two = editor.mask(1, 2)
    assert two is not None and two.digest == LEFT.union(MIDDLE).digest, "as it looked when it was painted"
    editor.undo()
    editor.undo()
    assert frames(editor) == [0]
    for _ in range(3):
        editor.redo()
    assert frames(editor) == [0, 1, 2, 3, 4, 5]


def test_undo_during_a_run_takes_back_the_users_last_step_only(editor: Editor) -> None:
    paint(editor, 0)
    token = editor.begin_run("Propagate")
    editor.amend_run(token, [change(f, LEFT) for f in (1, 2)])
    paint(editor, 2, RIGHT)
    editor.undo()
    two = editor.mask(1, 2)
    assert two is not None and two.digest == LEFT.digest
    editor.amend_run(token, [change(3, LEFT)])
    editor.redo()
    two = editor.mask(1, 2)
    assert two is not None and two.digest == LEFT.union(RIGHT).digest
    editor.undo()
    editor.undo()
    assert frames(editor) == [1, 2, 3], "the anchor went, what the run made stays"
    editor.redo()
    assert frames(editor) == [0, 1, 2, 3]
    editor.end_run(token)


def test_what_was_undone_during_a_run_can_be_redone_after_it(editor: Editor) -> None:
    paint(editor, 0)
    paint(editor, 2, RIGHT)
    token = editor.begin_run("Propagate")
    editor.undo()
    editor.amend_run(token, [change(f, LEFT) for f in (1, 2, 3)])
    editor.end_run(token)
    assert editor.redo_label == "Paint"
    editor.redo()
    two, three = editor.mask(1, 2), editor.mask(1, 3)
    assert two is not None and two.digest == RIGHT.digest
    assert three is not None and three.digest == LEFT.digest
    editor.undo()
    two = editor.mask(1, 2)
    assert two is not None and two.digest == LEFT.digest


def test_frames_emptied_during_a_run_stay_empty_until_undone(editor: Editor) -> None:
    paint(editor, 0)
    token = editor.begin_run("Propagate")
    editor.amend_run(token, [change(f, LEFT) for f in (1, 2)])
    editor.apply("Delete", edits.delete_masks(editor.document, 1, [2]))
    editor.amend_run(token, [change(2, RIGHT)])
    assert frames(editor) == [0, 1]
    editor.undo()
    assert frames(editor) == [0, 1, 2]
    editor.redo()
    assert frames(editor) == [0, 1]
    editor.end_run(token)
    editor.undo()
    assert frames(editor) == [0]


def test_approval_during_a_run_keeps_the_frame_from_the_run_and_from_its_undo(editor: Editor) -> None:
    paint(editor, 0)
    token = editor.begin_run("Propagate")
    editor.amend_run(token, [change(f, LEFT) for f in (1, 2)])
    editor.apply("Approve", edits.approve(editor.document, 1, [2]))
    editor.amend_run(token, [change(2, RIGHT)])
    editor.end_run(token)
    editor.undo()
    two = editor.mask(1, 2)
    assert frames(editor) == [0, 2] and two is not None and two.digest == LEFT.digest


def test_an_anchor_changed_during_a_run_makes_its_masks_stale(editor: Editor) -> None:
    paint(editor, 0)
    token = editor.begin_run("Propagate")
    editor.amend_run(token, [change(1, LEFT)])
    paint(editor, 0, RIGHT)
    editor.amend_run(token, [change(2, LEFT)])
    cells = editor.document.object(1).cells
    assert cells[1].stale and cells[2].stale
    editor.undo()
    assert not editor.document.object(1).cells[1].stale
    editor.end_run(token)


def test_an_object_added_during_a_run_stays_when_the_run_is_undone(editor: Editor) -> None:
    paint(editor, 0)
    token = editor.begin_run("Propagate")
    editor.amend_run(token, [change(1, LEFT)])
    made, two = edits.add_object(editor.document)
    editor.apply("Add object", edits.stroke(made, editor.store, two, 4, RIGHT))
    editor.apply("Remove object", edits.remove_object(editor.document, 1))
    editor.amend_run(token, [change(2, LEFT)])
    editor.undo()
    assert frames(editor) == [0, 1]
    editor.end_run(token)
    editor.undo()
    assert frames(editor) == [0]
    assert list(editor.document.object(two).cells) == [4]


def test_the_oldest_steps_are_forgotten_beyond_the_limit() -> None:
    made, _ = edits.add_object(document())
    editor = Editor(made, history_limit_bytes=10_000)
    for frame in range(20):
        paint(editor, frame)
    assert editor.history.forgotten > 10
    assert editor.history.size_bytes <= 10_000
    while editor.can_undo:
        editor.undo()
    assert len(frames(editor)) == editor.history.forgotten


def test_a_frame_declared_present_during_a_run_shows_what_the_run_has_for_it(editor: Editor) -> None:
    editor.apply("Absent", edits.declare_absent(editor.document, 1, FrameRange(1, 1)))
    token = editor.begin_run("Propagate")
    editor.amend_run(token, [change(f, LEFT) for f in (1, 2)])
    assert frames(editor) == [2]
    editor.apply("Present", edits.declare_present(editor.document, 1, FrameRange(1, 1)))
    assert frames(editor) == [1, 2]
    editor.undo()
    assert frames(editor) == [2]
    editor.end_run(token)
