"""Values that are of the right type and still make no sense."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.core.shapes import box, document
from vosapp.core import edits
from vosapp.core.document import Cell
from vosapp.core.editor import Editor
from vosapp.core.limits import MAX_CLIP_FRAMES
from vosapp.core.pen_shape import FARTHEST_PX, MAX_POINTS, Combine, DrawnShape, PenShape
from vosapp.core.project import Project
from vosapp.core.storage.cell_columns import decode_cells, encode_cells
from vosapp.core.storage.codec import decode_head, decode_traits, encode_head, encode_traits
from vosapp.core.storage.drawn_shapes import encode_shape
from vosapp.core.storage.json_checks import DamageError, pack, unpack

HUGE = 10**400
SURROGATE = "\ud800"


def traits(**changed: object) -> dict[str, object]:
    one = edits.add_object(document())[0].objects[0]
    return {**encode_traits(one), **changed}


def clip(**changed: object) -> dict[str, object]:
    head = encode_head(document())
    return {**head, "clip": {**dict(head["clip"]), **changed}}  # type: ignore[call-overload]


@pytest.mark.parametrize(
    "content",
    [
        traits(name=SURROGATE),
        traits(id=HUGE),
        traits(colour=[HUGE, 0, 0]),
        *(traits(matte={name: HUGE}) for name in dict(traits()["matte"])),  # type: ignore[call-overload]
        *(traits(matte={name: SURROGATE}) for name in dict(traits()["matte"])),  # type: ignore[call-overload]
    ],
)
def test_an_object_of_impossible_values_is_refused(content: dict[str, object]) -> None:
    stored, _ = unpack(pack(content))
    with pytest.raises(DamageError):
        decode_traits(stored)


@pytest.mark.parametrize("content", [clip(path=SURROGATE), clip(frame_count=2**31 - 1), clip(rate=[HUGE, 1])])
def test_a_clip_of_impossible_values_is_refused(content: dict[str, object]) -> None:
    stored, _ = unpack(pack(content))
    with pytest.raises(DamageError):
        decode_head(stored, ())


def test_an_input_space_is_stored_when_there_is_one() -> None:
    """Earlier versions know no such name, so a file without one has none."""
    plain = document()
    assert "input_space" not in dict(encode_head(plain)["clip"])  # type: ignore[call-overload]
    chosen = replace(plain, clip=replace(plain.clip, input_space="logc4"))
    for one in (plain, chosen):
        stored, _ = unpack(pack(encode_head(one)))
        assert decode_head(stored, ()).clip == one.clip


def test_a_clip_of_many_frames_or_with_a_name_of_other_letters_is_not() -> None:
    stored, _ = unpack(pack(clip(frame_count=MAX_CLIP_FRAMES, path="/caf\udce9.mov")))
    assert decode_head(stored, ()).clip is not None


@pytest.mark.parametrize("column", [{"doubt": [HUGE]}, {"engine": [SURROGATE]}, {"engine": [5]}, {"sources": [[HUGE]]}])
def test_a_cell_of_impossible_values_is_refused(column: dict[str, object]) -> None:
    columns = {"frames": [0], "base": ["0" * 32], "origin": ["predicted"], **column}
    with pytest.raises(DamageError):
        decode_cells(columns, 0, 63)


def test_masks_outside_the_clip_are_told_of_and_the_file_is_left_alone(tmp_path: Path) -> None:
    editor = Editor(edits.add_object(document(200))[0])
    for frame in (0, 4, 5, 150):
        editor.apply("Paint", edits.stroke(editor.document, editor.store, 1, frame, box(0, 0, 2, 2)))
    known = editor.document.clip
    assert known is not None
    editor.apply("Cut", replace(editor.document, clip=replace(known, frame_count=5)))
    Project.create(tmp_path / "p.vosapp", editor).close()
    before = (tmp_path / "p.vosapp").read_bytes()
    project = Project.open(tmp_path / "p.vosapp")
    assert "frames 5, 150 are outside the clip" in project.read_only_reason
    assert set(project.editor.document.object(1).cells) == {0, 4}
    project.abandon()
    assert (tmp_path / "p.vosapp").read_bytes() == before


def test_a_name_that_cannot_be_stored_does_not_spoil_the_project(tmp_path: Path) -> None:
    editor = Editor(edits.add_object(document(), "fi\0sh \ud800" + "x" * 5000)[0])
    Project.create(tmp_path / "p.vosapp", editor).close()
    project = Project.open(tmp_path / "p.vosapp")
    assert project.editor.document.object(1).name.startswith("fish ?x") and not project.read_only
    project.close()


SHAPE = DrawnShape(PenShape(((0.0, 1.5), (9.0, 1.0), (4.0, 7.125)), (0, 2)), Combine.SUBTRACT, "a" * 32)
STORED = encode_shape(SHAPE)


def test_a_shape_comes_back_with_its_mask() -> None:
    content, _ = unpack(pack(encode_cells({3: Cell("b" * 32, shape=SHAPE), 4: Cell("b" * 32)})))
    assert decode_cells(content, 0, 63) == {3: Cell("b" * 32, shape=SHAPE), 4: Cell("b" * 32)}
    assert "shape" not in encode_cells({4: Cell("b" * 32)})


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (0, "divide"),
        (0, 3),
        (1, [0, 1]),
        (1, [0, 1, 2, 3, 4]),
        (1, [0, 1, 2, 3, 4, HUGE]),
        (1, [0, 1, 2, 3, 4, 2 * FARTHEST_PX]),
        (1, [0.0] * (2 * MAX_POINTS + 2)),
        (2, [0, 3]),
        (2, [2, 0]),
        (2, []),
        (2, 5),
        (3, 1),
        (4, "no digest"),
        (6, 5),
    ],
)
def test_an_impossible_shape_is_refused(place: int, value: object) -> None:
    content = dict(encode_cells({3: Cell("b" * 32, shape=SHAPE)}))
    content["shape"] = [[*STORED[:place], value, *STORED[place + 1 :]]]
    with pytest.raises(DamageError):
        decode_cells(unpack(pack(content))[0], 0, 63)
