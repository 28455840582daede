"""`vosapp import`: what was exported, in any format, comes back as the masks that it was made of."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.clips import make_clip
from vosapp.cli.app import main
from vosapp.core.document import Document, Origin
from vosapp.core.editor import Editor
from vosapp.core.edits import add_object, rename_object, set_locked, set_mask
from vosapp.core.errors import MaskError
from vosapp.core.mask import Mask
from vosapp.core.mask_import import ImportRequest, ImportRole, with_imported
from vosapp.core.project import Project
from vosapp.core.store import MemoryMaskStore
from vosapp.engine.given_masks import with_masks
from vosapp.engine.job import Job
from vosapp.export.export_job import ExportTask, export_body
from vosapp.export.formats import Content, ExportFormat
from vosapp.export.recipe import ExrOptions, Recipe
from vosapp.video.clip_ref import clip_ref
from vosapp.video.open import exact_info, open_video
from vosapp.video.stills.images import write_png

FRAMES, SIZE = 5, (48, 64)


def disc(x: float, y: float = 24) -> np.ndarray:
    rows, columns = np.mgrid[: SIZE[0], : SIZE[1]]
    return np.asarray((columns - x) ** 2 + (rows - y) ** 2 < 10**2)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("clip") / "shot.mp4", frames=FRAMES, size=SIZE)


def empty_document(clip: Path) -> Document:
    source = open_video(clip)
    document = Document(clip=clip_ref(exact_info(source)))
    source.close()
    return document


def masked(clip: Path) -> tuple[Document, MemoryMaskStore]:
    """Two objects that do not overlap; the second one is missing on frame 3."""
    document, store = empty_document(clip), MemoryMaskStore()
    for name, x in (("Hero", 14), ("Dog", 46)):
        document, object_id = add_object(document, name)
        for frame in range(FRAMES):
            if (name, frame) != ("Dog", 3):
                mask = Mask.from_array(disc(x + frame))
                document = set_mask(document, store, object_id, frame, mask)
    return document, store


def exported(clip: Path, kind: ExportFormat, folder: Path, **more: object) -> Path:
    document, store = masked(clip)
    out = folder / ("out" if kind.is_folder else f"out{kind.facts.suffix}")
    result = Job(export_body(ExportTask(document, store, replace(Recipe(kind, out), **more)))).run()
    assert result.error is None, result.error
    return out


def fresh_project(clip: Path, folder: Path, names: tuple[str, ...] = ()) -> Path:
    path = folder / "fresh.vosapp"
    document = empty_document(clip)
    for name in names:
        document, _ = add_object(document, name)
    Project.create(path, Editor(document)).close()
    return path


def masks_of(path: Path) -> dict[str, dict[int, np.ndarray]]:
    project = Project.open(path, read_only=True)
    try:
        editor = project.editor
        found = {}
        for item in editor.document.objects:
            masks = {frame: editor.mask(item.id, frame) for frame in item.cells}
            found[item.name] = {frame: mask.array() for frame, mask in masks.items() if mask is not None}
        return found
    finally:
        project.abandon()


APART = [ExportFormat.PNG, ExportFormat.PNG_16, ExportFormat.TIFF_16]
TOGETHER = [
    ExportFormat.PNG_RGBA,
    ExportFormat.TIFF_RGBA,
    ExportFormat.EXR_RGBA,
    ExportFormat.PRORES_4444,
    ExportFormat.PRORES_422_HQ,
    ExportFormat.FFV1,
    ExportFormat.CINEFORM,
    ExportFormat.VP9,
    ExportFormat.H264,
    ExportFormat.H265,
]


def test_every_format_that_holds_masks_is_tried() -> None:
    tried = {*APART, *TOGETHER, ExportFormat.PNG_INDEXED, ExportFormat.EXR_LAYERS, ExportFormat.CRYPTOMATTE}
    assert tried == {kind for kind in ExportFormat if kind.facts.content is not Content.OVERLAY}


@pytest.mark.parametrize("kind", [*APART, ExportFormat.PNG_INDEXED, ExportFormat.EXR_LAYERS, ExportFormat.CRYPTOMATTE])
def test_objects_come_back_apart(clip: Path, tmp_path: Path, kind: ExportFormat) -> None:
    project = fresh_project(clip, tmp_path, ("Hero", "Dog") if kind is ExportFormat.PNG_INDEXED else ())
    assert main(["import", str(project), str(exported(clip, kind, tmp_path))]) == 0
    found = masks_of(project)
    assert {name: sorted(masks) for name, masks in found.items()} == {"Hero": [0, 1, 2, 3, 4], "Dog": [0, 1, 2, 4]}
    for frame in (0, 4):
        assert np.array_equal(found["Hero"][frame], disc(14 + frame))
        assert np.array_equal(found["Dog"][frame], disc(46 + frame))


def test_a_multi_part_exr_too(clip: Path, tmp_path: Path) -> None:
    project = fresh_project(clip, tmp_path)
    out = exported(clip, ExportFormat.EXR_LAYERS, tmp_path, exr=ExrOptions(multipart=True))
    assert main(["import", str(project), str(out)]) == 0
    assert sorted(masks_of(project)) == ["Dog", "Hero"]


@pytest.mark.parametrize("kind", TOGETHER)
def test_one_matte_comes_back_as_one_object(clip: Path, tmp_path: Path, kind: ExportFormat) -> None:
    project = fresh_project(clip, tmp_path)
    assert main(["import", str(project), str(exported(clip, kind, tmp_path)), "--as", "approved"]) == 0
    ((name, found),) = masks_of(project).items()
    assert name == "Object 1" and sorted(found) == [0, 1, 2, 3, 4]
    for frame in range(FRAMES):
        wanted = disc(14 + frame) | (disc(46 + frame) if frame != 3 else np.zeros(SIZE, bool))
        differ = (found[frame] != wanted).mean()
        assert differ == 0 if kind.facts.exactness == "exact" else differ < 0.01


def test_what_was_drawn_stays_unless_it_may_go(clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, drawn = tmp_path / "p.vosapp", np.zeros(SIZE, bool)
    drawn[5:9, 5:9] = True
    project = Project.create(path, Editor(empty_document(clip)))
    document, hero = add_object(project.editor.document, "Hero")
    document = set_mask(document, project.editor.store, hero, 2, Mask.from_array(drawn))
    project.editor.apply("draw", document)
    project.close()
    out = exported(clip, ExportFormat.PNG, tmp_path)
    assert main(["import", str(path), str(out), "--json"]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert told[-1]["kept"] == 1 and "keeps what was drawn" in " ".join(t.get("message", "") for t in told)
    found = masks_of(path)["Hero"]
    assert np.array_equal(found[2], drawn) and np.array_equal(found[1], disc(15))
    assert main(["import", str(path), str(out), "--replace"]) == 0
    assert np.array_equal(masks_of(path)["Hero"][2], disc(16))


def test_roles(clip: Path) -> None:
    document, store = masked(clip)
    masks = [(0, {None: Mask.from_array(disc(30))}), (1, {None: Mask.from_array(disc(31))})]
    for role, origin, locked in (
        (ImportRole.ANCHORS, Origin.IMPORTED, False),
        (ImportRole.APPROVED, Origin.PREDICTED, True),
        (ImportRole.HOLD_OUT, Origin.PREDICTED, True),
    ):
        made, outcome = with_imported(document, store, masks, ImportRequest(role))
        (object_id,) = outcome.frames
        cell = made.cell(object_id, 1)
        assert cell is not None and (cell.origin, cell.locked, cell.is_barrier) == (origin, locked, True)
        place = [item.id for item in made.objects].index(object_id)
        assert place == (0 if role is ImportRole.HOLD_OUT else 2)
    again, outcome = with_imported(made, store, masks, ImportRequest(ImportRole.HOLD_OUT))
    assert len(again.objects) == len(made.objects) and not outcome.kept, "the same hold-out is renewed"


def test_masks_begin_where_it_is_said(clip: Path, tmp_path: Path) -> None:
    out = exported(clip, ExportFormat.PNG_16, tmp_path, object_ids=(1,), start_number=1001)
    project = fresh_project(clip, tmp_path)
    assert main(["import", str(project), str(out)]) == 1
    assert main(["import", str(project), str(out), "--at", "0"]) == 0
    assert sorted(masks_of(project)["Object 1"]) == [0, 1, 2, 3, 4]
    assert main(["import", str(project), str(out / "01003.png"), "--at", "4", "--object", "1", "--replace"]) == 0
    assert np.array_equal(masks_of(project)["Object 1"][4], disc(16))


def test_masks_of_an_anamorphic_clip_in_its_own_pixels(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "wide.mov", frames=3, size=(48, 64), pixel_aspect=Fraction(2))
    document, store = empty_document(clip), MemoryMaskStore()
    assert document.clip is not None and document.clip.width == 128
    document, object_id = add_object(document)
    half = np.zeros((48, 128), bool)
    half[10:40, 40:90] = True
    for frame in range(3):
        document = set_mask(document, store, object_id, frame, Mask.from_array(half))
    for kind in (ExportFormat.PNG, ExportFormat.PRORES_422_HQ):
        out = tmp_path / (f"o{kind.facts.suffix}" if not kind.is_folder else "o")
        assert Job(export_body(ExportTask(document, store, Recipe(kind, out)))).run().error is None
        (tmp_path / kind.value).mkdir()
        project = fresh_project(clip, tmp_path / kind.value)
        assert main(["import", str(project), str(out)]) == 0
        assert (masks_of(project)["Object 1"][1] != half).mean() < 0.02


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda folder: folder / "nothing.mov", "nothing.mov"),
        (lambda folder: write(folder, np.zeros((FRAMES, *SIZE), np.uint8)), "all empty"),
        (lambda folder: write(folder, np.full((FRAMES, 20, 20), 255, np.uint8)), "20x20"),
        (lambda folder: write(folder, np.full((FRAMES + 3, *SIZE), 255, np.uint8)), "for frames 0 to 7"),
        (lambda folder: folder, "holds no images"),
    ],
)
def test_what_cannot_be_taken_is_one_sentence_and_changes_nothing(
    clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], make: object, said: str
) -> None:
    project = fresh_project(clip, tmp_path)
    folder = tmp_path / "masks"
    folder.mkdir()
    assert main(["import", str(project), str(make(folder))]) == 1  # type: ignore[operator]
    assert said in capsys.readouterr().err
    assert masks_of(project) == {}


def write(folder: Path, pictures: np.ndarray) -> Path:
    for number, picture in enumerate(pictures):
        write_png(folder / f"m.{number:04}.png", picture)
    return folder


def test_a_colour_movie_is_no_matte(clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = fresh_project(clip, tmp_path)
    assert main(["import", str(project), str(clip)]) == 1
    assert "is a colour picture" in capsys.readouterr().err


def test_a_removed_number_is_refused(clip: Path) -> None:
    from vosapp.core.edits import remove_object

    document, store = masked(clip)
    document = remove_object(rename_object(document, 2, "gone"), 2)
    with pytest.raises(MaskError, match="was removed"):
        with_imported(document, store, [(0, {2: Mask.from_array(disc(9))})], ImportRequest())


def test_a_locked_object_stays_as_it_is(clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = fresh_project(clip, tmp_path)
    project = Project.open(path)
    document, hero = add_object(project.editor.document, "Hero")
    drawn = disc(60)
    document = set_mask(document, project.editor.store, hero, 2, Mask.from_array(drawn))
    project.editor.apply("draw", set_locked(document, hero, True))
    project.close()
    out = exported(clip, ExportFormat.PNG, tmp_path)
    assert main(["import", str(path), str(out), "--replace"]) == 0
    assert "Hero is locked and stays as it is." in capsys.readouterr().err
    found = masks_of(path)
    assert list(found["Hero"]) == [2] and np.array_equal(found["Hero"][2], drawn) and len(found) > 1
    with pytest.raises(MaskError, match="is locked in this project"):
        with_masks(set_locked(document, hero, True), MemoryMaskStore(), [(1, {hero: Mask.from_array(disc(9))})])


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="needs ffmpeg")
def test_a_matte_that_ffmpeg_wrote(clip: Path, tmp_path: Path) -> None:
    out = exported(clip, ExportFormat.PNG, tmp_path, object_ids=(1,))
    movie = tmp_path / "matte.mov"
    words = ["ffmpeg", "-v", "error", "-i", str(out / "%05d.png"), "-c:v", "qtrle", str(movie)]
    subprocess.run(words, check=True)
    project = fresh_project(clip, tmp_path)
    assert main(["import", str(project), str(movie)]) == 0
    assert np.array_equal(masks_of(project)["Object 1"][2], disc(16))
