"""What users paint over the edge of a matte: kept by kind, undone, stored, named when damaged, left alone by runs."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.unit.core.shapes import box, change, document
from vosapp.core import edits
from vosapp.core.changed_frames import changed_frames
from vosapp.core.document import Document
from vosapp.core.editor import Editor
from vosapp.core.errors import MaskError
from vosapp.core.project import Project
from vosapp.core.storage.checking import check_masks
from vosapp.core.store import MemoryMaskStore
from vosapp.core.trimap import Trimap, TrimapKind
from vosapp.core.trimap_edits import clear_trimap, paint_trimap, trimap_image

IN, UNKNOWN, OUT = TrimapKind.INSIDE, TrimapKind.UNKNOWN, TrimapKind.OUTSIDE


@pytest.fixture
def editor() -> Editor:
    """An object with a mask on frame 0."""
    editor = Editor(edits.add_object(document(), "fish")[0])
    editor.apply("Draw", edits.stroke(editor.document, editor.store, 1, 0, box(0, 0, 4, 6)))
    return editor


def painted(editor: Editor, kind: TrimapKind | None, left: int, right: int) -> Document:
    return paint_trimap(editor.document, editor.store, 1, 0, area=box(left, 0, right, 6), kind=kind)


def row(editor: Editor) -> list[int]:
    """The trimap along a row of frame 0."""
    image = trimap_image(editor.store, editor.document.object(1).trimap_at(0), (6, 8))
    return [] if image is None else image[2].tolist()


def test_a_pixel_is_of_the_kind_that_was_painted_last(editor: Editor) -> None:
    for kind, left, right in ((IN, 0, 4), (UNKNOWN, 3, 6), (OUT, 5, 8), (None, 0, 1)):
        editor.apply("paint edge", painted(editor, kind, left, right))
    assert row(editor) == [0, IN, IN, UNKNOWN, UNKNOWN, OUT, OUT, OUT]
    assert painted(editor, IN, 1, 3) is editor.document, "nothing new is no step"
    editor.undo()
    assert row(editor)[0] == IN
    assert changed_frames(editor.document, clear_trimap(editor.document, 1, 0)) == {0}
    editor.apply("clear", clear_trimap(editor.document, 1, 0))
    assert row(editor) == [] and editor.document.object(1).trimaps == ()
    assert painted(editor, None, 0, 8) is editor.document


def test_it_needs_a_mask_and_the_size_of_the_clip(editor: Editor) -> None:
    with pytest.raises(MaskError, match="no mask on this frame"):
        paint_trimap(editor.document, editor.store, 1, 1, area=box(0, 0, 2, 2), kind=IN)
    store = MemoryMaskStore()
    digest = store.put(box(0, 0, 2, 2))
    with pytest.raises(MaskError, match="8x6"):
        trimap_image(store, Trimap(digest), (60, 80))


def test_a_run_leaves_it_as_it_is(editor: Editor) -> None:
    token = editor.begin_run("Propagate")
    editor.amend_run(token, [change(1, box(0, 0, 3, 6))])
    editor.apply("paint edge", painted(editor, IN, 4, 6))
    editor.amend_run(token, [change(2, box(0, 0, 2, 6))])
    editor.end_run(token)
    assert row(editor) == [0, 0, 0, 0, IN, IN, 0, 0] and set(editor.document.object(1).cells) == {0, 1, 2}
    document = edits.predict(
        editor.document, editor.store, 1, 1, box(0, 0, 1, 6), engine="flow", sources=(0,), doubt=0.5
    )
    assert document.object(1).trimaps == editor.document.object(1).trimaps


def test_it_is_stored_with_its_history_and_opens_again(editor: Editor, quick_path: Path) -> None:
    project = Project.create(quick_path / "a.vosapp", editor)
    editor.apply("paint edge", painted(editor, UNKNOWN, 2, 7))
    editor.apply("paint edge", painted(editor, OUT, 6, 7))
    project.close()
    again = Project.open(project.path)
    assert again.editor.document == editor.document and row(again.editor) == [0, 0, 2, 2, 2, 2, 3, 0]
    again.editor.undo()
    assert row(again.editor) == [0, 0, 2, 2, 2, 2, 2, 0]
    again.editor.redo()
    again.save_as(quick_path / "b.vosapp")
    again.close()
    copy = Project.open(quick_path / "b.vosapp")
    assert row(copy.editor) == [0, 0, 2, 2, 2, 2, 3, 0] and not copy.report
    copy.close()


@pytest.mark.parametrize("damage", ["DELETE FROM masks", "UPDATE masks SET data = zeroblob(9)"])
def test_what_is_lost_of_it_is_named(editor: Editor, quick_path: Path, damage: str) -> None:
    editor.apply("clip", replace(editor.document, clip=replace(document().clip, first_number=1001)))  # type: ignore[type-var]
    editor.apply("paint edge", painted(editor, UNKNOWN, 2, 7))
    project = Project.create(quick_path / "a.vosapp", editor)
    project.close()
    connection = sqlite3.connect(project.path)
    connection.execute(f"{damage} WHERE digest = ?", (bytes.fromhex(box(2, 0, 7, 6).digest),))
    connection.commit()
    connection.close()
    again = Project.open(project.path)
    said = (*again.report, *check_masks(again.path, lambda *_: None).sentences(again.editor.document))
    lost = "is missing" if damage.startswith("DELETE") else "is damaged"
    assert said == (f"What was painted over the edge of fish on frames 1001 {lost}.",)
    assert np.array_equal(again.editor.mask(1, 0).array(), box(0, 0, 4, 6).array())  # type: ignore[union-attr]
    again.close()
