"""Exports through their job: what is written reads back, and what is missing is said."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.unit.engine.fakes import ArraySource
from vosapp.core.document import ClipRef, Document, MatteSettings
from vosapp.core.edits import add_object, declare_absent, set_mask, set_matte
from vosapp.core.errors import ExportError, MaskError, MediaError
from vosapp.core.mask import Mask
from vosapp.core.store import MemoryMaskStore
from vosapp.core.timeline import FrameRange
from vosapp.engine.job import Job, JobContext, Outcome, Stage
from vosapp.export.export_job import ExportReport, ExportTask, export_body
from vosapp.export.formats import ExportFormat
from vosapp.export.preflight import preflight
from vosapp.export.recipe import MissingMasks, Recipe
from vosapp.export.targets import png_family
from vosapp.export.targets.image_target import ImageTarget
from vosapp.matte.alpha import alpha_of
from vosapp.video.av.file_source import FileSource
from vosapp.video.stills.images import read_image, write_png

SIZE = (36, 50)
FRAMES = 6


def disc(x: float, y: float = 18.0, radius: float = 9.0) -> Mask:
    rows, columns = np.mgrid[: SIZE[0], : SIZE[1]]
    return Mask.from_array((columns - x) ** 2 + (rows - y) ** 2 < radius**2)


def shot(*, objects: int = 1, frames: range = range(FRAMES), first_number: int = 0) -> tuple[Document, MemoryMaskStore]:
    store = MemoryMaskStore()
    clip = ClipRef("memory", *SIZE, FRAMES, Fraction(24000, 1001), first_number)
    document = Document(clip=clip)
    for number in range(objects):
        document, object_id = add_object(document)
        for frame in frames:
            document = set_mask(document, store, object_id, frame, disc(12 + 3 * frame + 8 * number))
    return document, store


def pictures() -> list[NDArray[np.uint8]]:
    rows, columns = np.mgrid[: SIZE[0], : SIZE[1]]
    return [np.stack([columns * 4, rows * 5, np.full(SIZE, 30 * i)], axis=-1).astype(np.uint8) for i in range(FRAMES)]


def run(document: Document, store: MemoryMaskStore, recipe: Recipe) -> ExportReport:
    result = Job(export_body(ExportTask(document, store, recipe), open_source=lambda: ArraySource(pictures()))).run()
    if result.error is not None:
        raise result.error
    assert result.value is not None
    return result.value


def numbers(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.png"))


def test_one_object_becomes_black_and_white_files(tmp_path: Path) -> None:
    document, store = shot()
    report = run(document, store, Recipe(ExportFormat.PNG, tmp_path / "out"))
    assert numbers(tmp_path / "out") == [f"{i:05}.png" for i in range(FRAMES)]
    assert report.frames == tuple(range(FRAMES))
    assert report.warnings == ()
    for frame in range(FRAMES):
        image = read_image(tmp_path / "out" / f"{frame:05}.png")
        assert np.array_equal(image, np.where(disc(12 + 3 * frame).array(), 255, 0))


def test_several_objects_get_a_folder_each_with_names_every_system_takes(tmp_path: Path) -> None:
    document, store = shot(objects=3)
    names = ["Höhle: a/b", "CON", "höhle: a/b"]
    objects = tuple(replace(o, name=name) for o, name in zip(document.objects, names, strict=True))
    run(replace(document, objects=objects), store, Recipe(ExportFormat.PNG, tmp_path))
    folders = sorted(path.name for path in tmp_path.iterdir() if path.is_dir())
    assert folders == ["Höhle_ a_b_1", "höhle_ a_b_3", "object_2"]
    assert all(len(numbers(tmp_path / folder)) == FRAMES for folder in folders)


def test_indexed_files_hold_ids_with_the_front_object_above(tmp_path: Path) -> None:
    document, store = shot(objects=2)
    run(document, store, Recipe(ExportFormat.PNG_INDEXED, tmp_path))
    labels = read_image(tmp_path / "00002.png")
    front, back = disc(18).array(), disc(26).array()
    assert labels.dtype == np.uint8
    assert np.array_equal(labels == 1, front)
    assert np.array_equal(labels == 2, back & ~front)


def test_matte_settings_shape_binary_files_but_never_ids(tmp_path: Path) -> None:
    document, store = shot()
    document = set_matte(document, 1, MatteSettings(feather_px=6))
    run(document, store, Recipe(ExportFormat.PNG, tmp_path / "alpha"))
    run(document, store, Recipe(ExportFormat.PNG_INDEXED, tmp_path / "ids"))
    assert len(np.unique(read_image(tmp_path / "alpha" / "00000.png"))) > 4
    assert set(np.unique(read_image(tmp_path / "ids" / "00000.png"))) == {0, 1}


@pytest.mark.parametrize("target", ["png", "prores"])
def test_a_refined_edge_comes_from_the_picture_of_each_frame(tmp_path: Path, target: str) -> None:
    document, store = shot()
    settings = MatteSettings(edge="fast", smooth_px=1, grow_px=-0.5)
    document = set_matte(document, 1, settings)
    expected = [alpha_of(disc(12 + 3 * f).array(), settings, picture) for f, picture in enumerate(pictures())]
    assert not np.array_equal(expected[0], alpha_of(disc(12).array(), replace(settings, edge="drawn")))
    if target == "png":
        run(document, store, Recipe(ExportFormat.PNG, tmp_path))
        for frame, alpha in enumerate(expected):
            assert np.array_equal(read_image(tmp_path / f"{frame:05}.png"), alpha)
        return
    run(document, store, Recipe(ExportFormat.PRORES_4444, tmp_path / "matte.mov"))
    source = FileSource(tmp_path / "matte.mov")
    for frame, alpha in enumerate(expected):
        assert np.abs(source.native(frame)[..., 3] / 257 - alpha.astype(float)).max() < 1
    source.close()


def test_files_are_named_by_the_source_numbering(tmp_path: Path) -> None:
    document, store = shot(first_number=1001)
    run(document, store, Recipe(ExportFormat.PNG, tmp_path, frames=FrameRange(2, 3)))
    assert numbers(tmp_path) == ["01003.png", "01004.png"]


def test_prores_has_straight_alpha_and_as_many_frames(tmp_path: Path) -> None:
    document, store = shot()
    path = tmp_path / "matte.mov"
    run(document, store, Recipe(ExportFormat.PRORES_4444, path))
    source = FileSource(path)
    assert source.info.frame_count == FRAMES
    assert source.info.rate == Fraction(24000, 1001)
    for frame, picture in enumerate(pictures()):
        rgba = source.native(frame).astype(float) / 257
        assert np.abs(rgba[..., 3] - 255 * disc(12 + 3 * frame).array()).max() < 1
        assert np.abs(rgba[..., :3] - picture).mean() < 4  # also outside the matte: alpha is straight
    source.close()
    assert [p.name for p in tmp_path.iterdir() if "part" in p.name] == []


def test_damaged_pictures_beside_an_export_are_not_said(tmp_path: Path) -> None:
    document, store = shot()
    document = set_matte(document, 1, MatteSettings(feather_px=4, steady=1))
    source = ArraySource(pictures())
    source.damaged = {4}
    recipe = Recipe(ExportFormat.PNG, tmp_path, frames=FrameRange(0, 3))
    result = Job(export_body(ExportTask(document, store, recipe), open_source=lambda: source)).run()
    assert result.value is not None
    assert not any("damaged" in sentence for sentence in result.value.warnings)
    assert json.loads(result.value.manifest.read_text(encoding="utf-8"))["damaged_frames"] == []


def test_damaged_pictures_in_an_export_are_said(tmp_path: Path) -> None:
    document, store = shot(first_number=101)
    source = ArraySource(pictures())
    source.damaged = {1}
    recipe = Recipe(ExportFormat.PRORES_4444, tmp_path / "shot.mov")
    result = Job(export_body(ExportTask(document, store, recipe), open_source=lambda: source)).run()
    assert result.value is not None
    assert any("damaged on frame 102" in sentence for sentence in result.value.warnings)
    assert json.loads(result.value.manifest.read_text(encoding="utf-8"))["damaged_frames"] == [102]


def test_the_manifest_tells_what_is_there(tmp_path: Path) -> None:
    document, store = shot(frames=range(2, 5))
    report = run(document, store, Recipe(ExportFormat.PNG, tmp_path))
    note = json.loads(report.manifest.read_text())
    assert note["complete"] is True
    assert note["frame_count"] == FRAMES == len(note["files"])
    assert note["rate"] == "24000/1001"
    assert note["frames_without_mask"] == {"1": [[0, 1], [5, 5]]}
    assert len(note["files"]["00000.png"]) == 64


def test_frames_without_a_mask_are_named_and_written_empty(tmp_path: Path) -> None:
    document, store = shot(frames=range(2, 5))
    report = run(document, store, Recipe(ExportFormat.PNG, tmp_path))
    assert report.warnings == ('"Object 1" has no mask on 3 frames: 0 to 1, 5.',)
    assert not read_image(tmp_path / "00000.png").any()


def test_declared_absence_is_no_missing_mask() -> None:
    document, _ = shot(frames=range(2, 5))
    document = declare_absent(document, 1, FrameRange(0, 1))
    found = preflight(document, Recipe(ExportFormat.PNG, Path("out")))
    assert found.missing == {1: (FrameRange(5, 5),)}


def test_missing_masks_can_be_skipped_or_refused(tmp_path: Path) -> None:
    document, store = shot(frames=range(2, 5))
    run(document, store, Recipe(ExportFormat.PNG, tmp_path, missing=MissingMasks.SKIP))
    assert numbers(tmp_path) == ["00002.png", "00003.png", "00004.png"]
    with pytest.raises(ExportError, match="no mask on 3 frames"):
        run(document, store, Recipe(ExportFormat.PNG, tmp_path / "other", missing=MissingMasks.REFUSE))
    assert not (tmp_path / "other").exists()


def test_stale_masks_are_said() -> None:
    document, _ = shot()
    item = document.object(1)
    stale = item.with_cells({3: replace(item.cells[3], stale=True)})
    found = preflight(document.with_object(stale), Recipe(ExportFormat.PNG, Path("out")))
    assert found.warnings() == ['"Object 1" has 1 mask from before a change to their anchor.']


@pytest.mark.parametrize("document", [Document(), shot(frames=range(0))[0]])
def test_nothing_to_export_is_refused(document: Document, tmp_path: Path) -> None:
    with pytest.raises(ExportError):
        run(document, MemoryMaskStore(), Recipe(ExportFormat.PNG, tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_a_second_export_leaves_no_frame_of_the_first(tmp_path: Path) -> None:
    document, store = shot(objects=2)
    run(document, store, Recipe(ExportFormat.PNG, tmp_path))
    run(document, store, Recipe(ExportFormat.PNG, tmp_path, frames=FrameRange(0, 1), object_ids=(2,)))
    assert sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.png")) == ["00000.png", "00001.png"]


def test_files_of_others_are_not_replaced_unless_allowed(tmp_path: Path) -> None:
    document, store = shot()
    stranger = tmp_path / "keep.png"
    write_png(stranger, np.zeros((2, 2), np.uint8))
    with pytest.raises(ExportError, match="other files"):
        run(document, store, Recipe(ExportFormat.PNG, tmp_path))
    movie = tmp_path / "out.mov"
    movie.write_bytes(b"mine")
    with pytest.raises(ExportError, match="other files"):
        run(document, store, Recipe(ExportFormat.PRORES_4444, movie))
    assert movie.read_bytes() == b"mine"
    run(document, store, Recipe(ExportFormat.PNG, tmp_path, overwrite=True))
    assert stranger.exists()


def test_a_manifest_cannot_name_files_outside_its_folder(tmp_path: Path) -> None:
    document, store = shot()
    outside = tmp_path / "precious.png"
    outside.write_bytes(b"x")
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "manifest.json").write_text(json.dumps({"kind": "vosapp export", "files": {"../precious.png": ""}}))
    run(document, store, Recipe(ExportFormat.PNG, folder))
    assert outside.exists()


@pytest.mark.parametrize("name", ["out.mp4", "out"])
def test_prores_needs_a_mov_name(tmp_path: Path, name: str) -> None:
    document, store = shot()
    with pytest.raises(ExportError, match=r"\.mov"):
        run(document, store, Recipe(ExportFormat.PRORES_4444, tmp_path / name))


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    document, store = shot()
    (tmp_path / "out").write_text("no folder")
    with pytest.raises(ExportError, match="is a file"):
        run(document, store, Recipe(ExportFormat.PNG, tmp_path / "out"))


class Stopping(MemoryMaskStore):
    """A store that stops the job, or breaks, when a mask is asked for the nth time."""

    def __init__(self, masks: MemoryMaskStore, job: list[Job[ExportReport]], stop_at: int, *, break_it: bool) -> None:
        super().__init__()
        self._masks = masks._masks
        self._job, self._left, self._break_it = job, stop_at, break_it

    def get(self, digest: str) -> Mask:
        self._left -= 1
        if self._left == 0 and self._break_it:
            raise MaskError("A mask of this project is missing.")
        if self._left == 0:
            self._job[0].cancel()
        return super().get(digest)


@pytest.mark.parametrize("break_it", [False, True])
@pytest.mark.parametrize("kind", [ExportFormat.PNG, ExportFormat.PRORES_4444])
def test_cancel_or_failure_leaves_nothing(tmp_path: Path, kind: ExportFormat, break_it: bool) -> None:
    document, masks = shot()
    jobs: list[Job[ExportReport]] = []
    recipe = Recipe(kind, tmp_path / ("out" if kind.is_folder else "out.mov"))
    task = ExportTask(document, Stopping(masks, jobs, 4, break_it=break_it), recipe)
    jobs.append(Job(export_body(task, open_source=lambda: ArraySource(pictures()))))
    result = jobs[0].run()
    assert result.outcome is (Outcome.FAILED if break_it else Outcome.CANCELLED)
    assert list(tmp_path.iterdir()) == []


def test_cancel_while_checking_leaves_no_movie(tmp_path: Path) -> None:
    document, masks = shot()
    jobs: list[Job[ExportReport]] = []
    recipe = Recipe(ExportFormat.PRORES_4444, tmp_path / "out.mov")
    task = ExportTask(document, Stopping(masks, jobs, FRAMES + 2, break_it=False), recipe)
    jobs.append(Job(export_body(task, open_source=lambda: ArraySource(pictures()))))
    assert jobs[0].run().outcome is Outcome.CANCELLED
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_changes_behind_our_back_fails_the_export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document, store = shot()
    finish = ImageTarget.finish

    def spoil(target: ImageTarget) -> None:
        write_png(target._folder / target.files()[2], np.zeros(SIZE, np.uint8))
        finish(target)

    monkeypatch.setattr(ImageTarget, "finish", spoil)
    with pytest.raises(ExportError, match=r"00002\.png does not read back"):
        run(document, store, Recipe(ExportFormat.PNG, tmp_path))


def test_a_failed_export_leaves_no_image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document, store = shot()
    whole = png_family.write_png

    def half(path: Path, *rest: NDArray[np.uint8], pixel_aspect: Fraction) -> None:
        whole(path, *rest, pixel_aspect=pixel_aspect)
        if path.stem == "00002":
            path.write_bytes(path.read_bytes()[:40])
            raise MediaError(f"{path} cannot be written (No space left on device).")

    monkeypatch.setattr(png_family, "write_png", half)
    with pytest.raises(MediaError, match="No space"):
        run(document, store, Recipe(ExportFormat.PNG, tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_progress_counts_writing_and_checking(tmp_path: Path) -> None:
    document, store = shot()
    seen: list[tuple[int, int, str]] = []

    class Context(JobContext):
        def progress(self, done: int, total: int, message: str | None = None) -> None:
            seen.append((done, total, message or ""))

    import threading

    export_body(ExportTask(document, store, Recipe(ExportFormat.PNG, tmp_path)))(
        Context(threading.Event(), lambda _: None)
    )
    assert seen[0] == (1, 2 * FRAMES, Stage.WRITING)
    assert seen[-1] == (2 * FRAMES, 2 * FRAMES, Stage.CHECKING)
