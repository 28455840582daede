"""Files of shapes for other programs, read back by what each format's description says."""

from __future__ import annotations

import ast
import json
import re
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from vosapp.core.document import ClipRef, Document
from vosapp.core.edits import add_object, set_mask
from vosapp.core.errors import ExportError
from vosapp.core.mask import Mask
from vosapp.core.store import MemoryMaskStore
from vosapp.engine.job import Job, Outcome
from vosapp.export.shapes.formats import SHAPE_FORMATS, shape_format, texts_of
from vosapp.export.shapes.job import ShapeReport, ShapeTask, shape_body
from vosapp.shapes.animated import AnimatedShape, ObjectShapes, ShapeClip

SQUARE = np.array([[[10.0, 20], [10, 10], [20, 10]], [[40, 10], [50, 10], [50, 20]], [[30, 50], [30, 50], [30, 50]]])
NAMES = [one.name for one in SHAPE_FORMATS]


def clip_of(**changes: object) -> ShapeClip:
    shape = AnimatedShape({2: SQUARE, 7: SQUARE + 5}, 2, 7)
    hole = AnimatedShape({0: SQUARE / 2}, 0, 9, is_hole=True)
    facts: dict[str, object] = {
        "name": 'a "shot" \\ ü',
        "height": 100,
        "width": 200,
        "pixel_aspect": Fraction(1),
        "rate": Fraction(24000, 1001),
        "first_number": 1001,
        "frame_count": 10,
        "objects": [ObjectShapes('He said "hi" <&>\'', (255, 0, 128), [shape, hole], 4.0)],
    }
    return ShapeClip(**(facts | changes))  # type: ignore[arg-type]


def script_data(text: str, name: str) -> object:
    """What `name = json.loads('...')` of a Python script holds."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == name:
            assert isinstance(node.value, ast.Call)
            return json.loads(ast.literal_eval(node.value.args[0]))
    raise AssertionError(name)


def test_mlt_has_a_filter_for_each_shape_with_points_in_shares_of_the_frame() -> None:
    root = ElementTree.fromstring(texts_of(shape_format("mlt"), clip_of())[None])
    filters = [{p.get("name"): p.text for p in f.iter("property")} | dict(f.attrib) for f in root.iter("filter")]
    _, shape, hole = filters
    assert (shape["in"], shape["out"], shape["alpha_operation"], hole["alpha_operation"]) == ("0", "9", "max", "sub")
    spline = json.loads(shape["spline"] or "")
    assert list(spline) == ["1", "2", "7", "8"]
    assert spline["1"][0][1] == pytest.approx([-9.95, -9.9])
    assert spline["2"][0] == [[0.05, 0.2], [0.05, 0.1], [0.1, 0.1]]


def test_mlt_is_shown_as_wide_as_the_clip() -> None:
    wide = clip_of(height=1080, width=1440, pixel_aspect=Fraction(4, 3))
    profile = ElementTree.fromstring(texts_of(shape_format("mlt"), wide)[None]).find("profile")
    assert profile is not None
    assert (profile.get("display_aspect_num"), profile.get("display_aspect_den")) == ("16", "9")


def test_after_effects_has_relative_tangents_and_times_from_the_layer() -> None:
    text = texts_of(shape_format("after-effects"), clip_of())[None]
    masks = json.loads(next(line for line in text.splitlines() if "var masks" in line).split("=", 1)[1].rstrip(";"))
    first, hole = masks
    assert first["keys"][0] == [
        2,
        [[10, 10], [50, 10], [30, 50]],
        [[0, 10], [-10, 0], [0, 0]],
        [[10, 0], [0, 10], [0, 0]],
    ]
    assert first["opacity"] == [[0, 0], [2, 100], [8, 0]]
    assert (hole["hole"], hole["opacity"]) == (True, [])
    assert "24000 / 1001" in text


def test_nuke_counts_from_below_and_in_the_clips_own_numbers() -> None:
    (item,) = script_data(texts_of(shape_format("nuke"), clip_of())[None], "OBJECTS")  # type: ignore[misc]
    frame, points = item["shapes"][0]["keys"][0]
    assert frame == 1003
    assert points[0] == [[0, -10], [10, 90], [10, 0]]
    assert item["shapes"][0]["opacity"] == [[1001, 0], [1002, 0], [1003, 100], [1008, 100], [1009, 0]]


def test_blender_counts_along_the_longer_side_from_below() -> None:
    mask = script_data(texts_of(shape_format("blender"), clip_of())[None], "MASK")
    assert mask["shapes"][0]["keys"][0][1][0][1] == [0.05, 0.7]  # type: ignore[call-overload, index]


def test_fusion_counts_from_the_centre() -> None:
    text = texts_of(shape_format("fusion"), clip_of())[None]
    assert re.search(r"\[1003\] = \{ 0, .*X = -0\.450000, Y = 0\.400000, LX = 0\.000000, LY = -0\.100000", text)
    assert text.count("{") == text.count("}")
    assert "Subtract" in text and 'SourceOp = "Object1Mask1"' in text


def test_silhouette_counts_in_heights_from_the_centre() -> None:
    root = ElementTree.fromstring(texts_of(shape_format("silhouette"), clip_of())[None])
    point = next(iter(root.iter("Point"))).text
    assert point == "(-0.900000,-0.400000),(0.100000,0.000000),(0.000000,0.100000)"
    assert root.get("sessionStartFrame") == "1001"


def test_svg_has_what_is_there_on_each_frame() -> None:
    texts = texts_of(shape_format("svg"), clip_of())
    assert len(texts) == 10
    first, third = (ElementTree.fromstring(texts[i]) for i in (0, 3))
    paths = [next(iter(root.iter("{http://www.w3.org/2000/svg}path"))).get("d") or "" for root in (first, third)]
    assert [data.count("M") for data in paths] == [1, 2]


def document_with_masks(store: MemoryMaskStore) -> Document:
    clip = ClipRef(
        path="/x/shot.mp4",
        frame_count=6,
        height=90,
        width=160,
        rate=Fraction(25),
        first_number=1,
        size_bytes=1,
        sample_digest="",
    )
    document = add_object(Document(clip=clip), "Ball")[0]
    for frame in range(5):
        pixels = np.zeros((90, 160), np.bool_)
        pixels[20:60, 30 + 4 * frame : 80 + 4 * frame] = True
        document = set_mask(document, store, document.objects[0].id, frame, Mask.from_array(pixels))
    return document


@pytest.mark.parametrize("name", NAMES)
def test_every_format_is_written_whole_and_says_how_well_it_fits(name: str, tmp_path: Path) -> None:
    store = MemoryMaskStore()
    document = document_with_masks(store)
    wanted = shape_format(name)
    path = tmp_path / ("svgs" if wanted.write is None else f"shot{wanted.suffix}")
    result = Job(shape_body(ShapeTask(document, store, wanted, path)), "x").run()
    assert result.value is not None
    report: ShapeReport = result.value
    assert all(file.stat().st_size for file in report.files)
    assert len(report.files) == (6 if wanted.write is None else 1)
    (fit,) = report.objects
    assert (fit.frames, fit.shapes) == (5, 1)
    assert fit.jaccard > 0.95
    assert fit.share_within > 0.95
    if wanted.suffix == ".py":
        compile(report.files[0].read_text(), str(path), "exec")
    again = Job(shape_body(ShapeTask(document, store, wanted, path)), "x").run()
    assert isinstance(again.error, ExportError)
    assert "there already" in str(again.error)


def test_a_cancelled_export_leaves_nothing(tmp_path: Path) -> None:
    store = MemoryMaskStore()
    task = ShapeTask(document_with_masks(store), store, shape_format("mlt"), tmp_path / "shot.mlt")
    job = Job(shape_body(task), "x")
    job.cancel()
    assert job.run().outcome is Outcome.CANCELLED
    assert not list(tmp_path.iterdir())
