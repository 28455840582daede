"""What a clip is like comes out as it went in: the shape of its pixels, its times, timecode, sound and windows."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import OpenEXR
import pytest
import tifffile
from PIL import Image

from tests.clips import make_clip
from tests.unit.export.test_export import run, shot
from vosapp.core.document import Document, MatteSettings
from vosapp.core.edits import add_object, set_mask, set_matte
from vosapp.core.errors import ExportError, MediaError
from vosapp.core.mask import Mask
from vosapp.core.store import MemoryMaskStore
from vosapp.core.timeline import FrameRange
from vosapp.engine.job import Job, JobContext, Outcome
from vosapp.export.export_job import ExportReport, ExportTask, export_body
from vosapp.export.formats import ExportFormat
from vosapp.export.raster import RasterChoice
from vosapp.export.recipe import ExrOptions, Recipe, Timing
from vosapp.video.av.sound import SoundCopy
from vosapp.video.clip_ref import clip_ref
from vosapp.video.open import exact_info, open_video
from vosapp.video.stills.images import read_image, write_png

needs_ffprobe = pytest.mark.skipif(shutil.which("ffprobe") is None, reason="needs ffprobe")


def masked(clip: Path) -> tuple[Document, MemoryMaskStore]:
    """A document with a rectangle that fills the right half of every frame."""
    source = open_video(clip)
    info = exact_info(source)
    document, store = Document(clip=clip_ref(info)), MemoryMaskStore()
    source.close()
    document, object_id = add_object(document)
    half = np.zeros((info.height, info.width), bool)
    half[:, info.width // 2 :] = True
    for frame in range(info.frame_count):
        document = set_mask(document, store, object_id, frame, Mask.from_array(half))
    return document, store


def export(document: Document, store: MemoryMaskStore, recipe: Recipe) -> ExportReport:
    result = Job(export_body(ExportTask(document, store, recipe))).run()
    if result.error is not None:
        raise result.error
    assert result.value is not None
    return result.value


def probed(path: Path, entries: str, kind: str = "v") -> list[dict[str, Any]]:
    asked = ["ffprobe", "-v", "error", "-select_streams", kind, "-show_entries", entries, "-of", "json", str(path)]
    told = json.loads(subprocess.run(asked, capture_output=True, check=True).stdout)
    return list(told["streams" if entries.startswith("stream") else "frames"])


@pytest.fixture(scope="module")
def anamorphic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    clip = tmp_path_factory.mktemp("clips") / "wide.mov"
    return make_clip(clip, frames=4, size=(48, 64), pixel_aspect=Fraction(4, 3), timecode="10:00:00:00")


@needs_ffprobe
@pytest.mark.parametrize("kind", [ExportFormat.PRORES_4444, ExportFormat.H264])
def test_movies_have_the_pixels_of_the_source_and_say_so(tmp_path: Path, anamorphic: Path, kind: ExportFormat) -> None:
    document, store = masked(anamorphic)
    assert document.clip is not None and (document.clip.height, document.clip.width) == (48, 85)
    out = tmp_path / f"out{kind.facts.suffix}"
    export(document, store, Recipe(kind, out))
    (stream,) = probed(out, "stream=width,height,sample_aspect_ratio:stream_tags=timecode")
    assert (stream["height"], stream["width"]) == (48, 64)
    across, down = map(int, stream["sample_aspect_ratio"].split(":"))
    assert Fraction(across, down) == pytest.approx(Fraction(85, 64), abs=0.01)
    assert stream["tags"]["timecode"] == "10:00:00:00"
    export(document, store, Recipe(kind, tmp_path / f"sq{kind.facts.suffix}", raster=RasterChoice.SQUARE))
    (stream,) = probed(tmp_path / f"sq{kind.facts.suffix}", "stream=width,height")
    assert stream["width"] in (85, 86)


def test_images_have_the_pixels_of_the_source(tmp_path: Path, anamorphic: Path) -> None:
    document, store = masked(anamorphic)
    for kind in (ExportFormat.PNG, ExportFormat.PNG_INDEXED, ExportFormat.TIFF_RGBA, ExportFormat.EXR_RGBA):
        export(document, store, Recipe(kind, tmp_path / kind.value))
    for folder in ("png", "png-indexed"):
        with Image.open(tmp_path / folder / "00001.png") as image:
            across, down = image.info["aspect"]  # pixels a unit: fewer of those that are wider
        assert Fraction(down, across) == pytest.approx(Fraction(85, 64), abs=0.01)
    png = np.asarray(Image.open(tmp_path / "png" / "00001.png"))
    assert png.shape == (48, 64) and set(np.unique(png)) == {0, 255}
    assert np.array_equal(png > 0, np.asarray(Image.open(tmp_path / "png-indexed" / "00001.png")) == 1)
    assert not png[:, :31].any() and png[:, 33:].all()
    with av.open(str(anamorphic)) as container:
        stored = list(container.decode(video=0))[1].to_ndarray(format="rgb24")
    tiff = tifffile.imread(tmp_path / "tiff-rgba" / "00001.tif")
    assert (
        tiff.shape == (48, 64, 4) and np.abs(tiff[..., :3] / 257 - stored).mean() < 4
    )  # FFmpeg guesses another matrix
    light = OpenEXR.File(str(tmp_path / "exr" / "00001.exr"))
    assert light.header()["pixelAspectRatio"] == pytest.approx(85 / 64, abs=0.01)
    assert light.channels()["RGBA"].pixels.shape == (48, 64, 4)
    assert light.header()["timeCode"].frame == 1


@pytest.mark.parametrize("given", ["01:00:00:00", "01:00:00;00"])  # drop frame is not counted at this rate
def test_a_start_timecode_is_that_of_the_first_frame_written(tmp_path: Path, given: str) -> None:
    document, store = shot()
    for kind in (ExportFormat.EXR_LAYERS, ExportFormat.PRORES_422_HQ):
        out = tmp_path / ("out" if kind.is_folder else "out.mov")
        run(document, store, Recipe(kind, out, start_timecode=given, frames=FrameRange(2, 4)))
    codes = [OpenEXR.File(str(tmp_path / "out" / f"0000{n}.exr")).header()["timeCode"] for n in (2, 4)]
    assert [(code.hours, code.seconds, code.frame) for code in codes] == [(1, 0, 0), (1, 0, 2)]
    with av.open(str(tmp_path / "out.mov")) as movie:
        assert movie.streams.video[0].metadata["timecode"] == "01:00:00:00"


def test_a_resumed_export_has_one_timecode_throughout(tmp_path: Path) -> None:
    document, store = shot()
    recipe = Recipe(ExportFormat.EXR_LAYERS, tmp_path / "out", start_timecode="02:00:00:00", resume=True)
    run(document, store, replace(recipe, path=tmp_path / "first", start_timecode="01:00:00:00"))
    root = tmp_path / ".vosapp-export-0123456789ab"
    root.mkdir()
    (root / "for").write_text("out")
    (tmp_path / "first").rename(root / "new")  # as the same export left it, stopped with another timecode
    (root / "new" / "00005.exr").unlink()
    run(document, store, recipe)
    files = sorted((tmp_path / "out").glob("*.exr"))
    assert [OpenEXR.File(str(file)).header()["timeCode"].hours for file in files] == [2] * 6


def test_an_exr_of_a_fast_clip_is_written_without_the_timecode_that_it_cannot_hold(tmp_path: Path) -> None:
    document, store = shot()
    assert document.clip is not None
    document = replace(document, clip=replace(document.clip, rate=Fraction(120)))
    run(document, store, Recipe(ExportFormat.EXR_LAYERS, tmp_path / "out", start_timecode="01:00:00:70"))
    assert "timeCode" not in OpenEXR.File(str(tmp_path / "out" / "00000.exr")).header()


@needs_ffprobe
@pytest.mark.parametrize("kind", [ExportFormat.PRORES_422_HQ, ExportFormat.H264, ExportFormat.VP9])
def test_a_variable_rate_is_kept_or_conformed(tmp_path: Path, kind: ExportFormat) -> None:
    times = [0, 1, 2, 5, 6, 10, 11, 12]
    clip = make_clip(tmp_path / "v.mp4", frames=8, size=(32, 48), times=times, time_base=Fraction(1, 30), b_frames=0)
    document, store = masked(clip)
    suffix = kind.facts.suffix
    kept = export(document, store, Recipe(kind, tmp_path / f"kept{suffix}", timing=Timing.KEEP))
    even = export(document, store, Recipe(kind, tmp_path / f"even{suffix}"))
    assert kept.warnings == () and "conformed" in even.warnings[0]
    found = [float(f["pts_time"]) for f in probed(tmp_path / f"kept{suffix}", "frame=pts_time")]
    assert found == pytest.approx([t / 30 for t in times], abs=0.002)
    steps = np.diff([float(f["pts_time"]) for f in probed(tmp_path / f"even{suffix}", "frame=pts_time")])
    assert len(steps) == 7 and np.ptp(steps) < 0.002
    part = Recipe(kind, tmp_path / f"part{suffix}", timing=Timing.KEEP, frames=FrameRange(3, 5))
    export(document, store, part)
    found = [float(f["pts_time"]) for f in probed(part.path, "frame=pts_time")]
    assert found == pytest.approx([0, 1 / 30, 5 / 30], abs=0.002)


@needs_ffprobe
@pytest.mark.parametrize("kind", [ExportFormat.PRORES_4444, ExportFormat.PREVIEW, ExportFormat.VP9, ExportFormat.FFV1])
def test_sound_of_the_range_goes_along(tmp_path: Path, kind: ExportFormat) -> None:
    clip = make_clip(tmp_path / "s.mp4", frames=48, size=(32, 48), audio=True)
    document, store = masked(clip)
    out = tmp_path / f"out{kind.facts.suffix}"
    export(document, store, Recipe(kind, out, sound=True, frames=FrameRange(12, 35)))
    with av.open(str(out)) as container:
        pieces = list(container.decode(audio=0))
    assert sum(f.samples for f in pieces) / pieces[0].sample_rate == pytest.approx(1, abs=0.05)
    assert max(float(np.abs(f.to_ndarray().astype(np.float64)).max()) for f in pieces) > 0
    assert len(probed(out, "frame=pts_time")) == 24


def test_a_cancelled_movie_waits_for_none_of_its_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document, store = masked(make_clip(tmp_path / "s.mp4", frames=48, size=(32, 48), audio=True))
    wanted: list[Fraction] = []
    pump = SoundCopy.pump

    def pumped(sound: SoundCopy, until: Fraction) -> None:
        wanted.append(until)
        pump(sound, until)
        if len(wanted) == 3:
            job.cancel()

    monkeypatch.setattr(SoundCopy, "pump", pumped)
    recipe = Recipe(ExportFormat.H264, tmp_path / "out.mp4", sound=True)
    job = Job(export_body(ExportTask(document, store, recipe)))
    assert job.run().outcome is Outcome.CANCELLED
    assert len(wanted) == 3
    assert [path.name for path in tmp_path.iterdir()] == ["s.mp4"]


def test_a_clip_without_sound_is_one_sentence(tmp_path: Path) -> None:
    document, store = masked(make_clip(tmp_path / "s.mp4", frames=4, size=(32, 48)))
    with pytest.raises(ExportError, match="has no sound"):
        export(document, store, Recipe(ExportFormat.PREVIEW, tmp_path / "out.mp4", sound=True))
    with pytest.raises(ExportError, match="no room for sound"):
        export(document, store, Recipe(ExportFormat.PNG, tmp_path / "out", sound=True))


def test_an_animation_is_small_has_square_pixels_and_keeps_frames_that_stand_still(
    tmp_path: Path, anamorphic: Path
) -> None:
    document, store = masked(anamorphic)
    export(document, store, Recipe(ExportFormat.WEBP, tmp_path / "out.webp"))
    with Image.open(tmp_path / "out.webp") as image:
        assert image.size == (85, 48) and image.info["loop"] == 0
    grey = np.full((360, 1280, 3), 90, np.uint8)
    document, store = masked(make_clip(tmp_path / "long.mp4", frames=3, size=(360, 1280), content=lambda _: grey))
    export(document, store, Recipe(ExportFormat.WEBP, tmp_path / "still.webp"))
    with Image.open(tmp_path / "still.webp") as image:
        assert image.size == (640, 180) and image.n_frames == 3


@needs_ffprobe
def test_cineform_keeps_alpha(tmp_path: Path) -> None:
    document, store = masked(make_clip(tmp_path / "s.mp4", frames=4, size=(48, 64)))
    export(document, store, Recipe(ExportFormat.CINEFORM, tmp_path / "out.mov"))
    (stream,) = probed(tmp_path / "out.mov", "stream=codec_name,width,nb_frames")
    assert stream == {"codec_name": "cfhd", "width": 64, "nb_frames": "4"}
    with av.open(str(tmp_path / "out.mov")) as container:
        alpha = next(container.decode(video=0)).to_ndarray(format="rgba")[..., 3]
    assert (alpha[:, :30] < 8).all() and (alpha[:, 34:] > 247).all()
    document, store = masked(make_clip(tmp_path / "odd.mp4", frames=4, size=(48, 50)))
    with pytest.raises(ExportError, match="whole 16 pixels"):
        export(document, store, Recipe(ExportFormat.CINEFORM, tmp_path / "odd.mov"))


def exr_clip(folder: Path, data: tuple[int, int, int, int], display: tuple[int, int, int, int]) -> Path:
    folder.mkdir()
    left, top, right, bottom = data
    plane = np.full((bottom - top + 1, right - left + 1), 0.5, np.float16)
    header = {"type": OpenEXR.scanlineimage, "compression": OpenEXR.ZIP_COMPRESSION}
    for name, (x0, y0, x1, y1) in (("dataWindow", data), ("displayWindow", display)):
        header[name] = (np.array([x0, y0], np.int32), np.array([x1, y1], np.int32))
    for frame in (1001, 1002):
        OpenEXR.File(header, {"R": plane, "G": plane, "B": plane}).write(str(folder / f"x.{frame}.exr"))
    return folder


def test_times_are_not_kept_of_a_clip_that_is_gone(tmp_path: Path) -> None:
    document, store = shot()
    with pytest.raises(MediaError, match="memory"):
        export(document, store, Recipe(ExportFormat.H264, tmp_path / "out.mp4", timing=Timing.KEEP))
    told = export(document, store, Recipe(ExportFormat.H264, tmp_path / "out.mp4"))
    assert "not there" in told.warnings[0]


@pytest.mark.parametrize("kind", [ExportFormat.EXR_RGBA, ExportFormat.EXR_LAYERS, ExportFormat.CRYPTOMATTE])
def test_exr_keeps_overscan_and_windows(tmp_path: Path, kind: ExportFormat) -> None:
    document, store = masked(exr_clip(tmp_path / "clip", (-4, -2, 43, 33), (0, 0, 39, 31)))
    export(document, store, Recipe(kind, tmp_path / "out"))
    file = OpenEXR.File(str(tmp_path / "out" / "01001.exr"), separate_channels=True)
    corners = [[c.tolist() for c in file.header()[name]] for name in ("dataWindow", "displayWindow")]
    assert corners == [[[-4, -2], [43, 33]], [[0, 0], [39, 31]]]
    name = {ExportFormat.EXR_RGBA: "A", ExportFormat.EXR_LAYERS: "Object 1.A"}.get(kind, "vosapp_object00.G")
    alpha = np.asarray(file.channels()[name].pixels)
    assert alpha.shape == (36, 48)
    assert alpha[2:34, 24:44].min() == 1 and alpha.sum() == 32 * 20


def test_a_clip_is_never_replaced_by_what_is_exported_from_it(tmp_path: Path) -> None:
    folder = tmp_path / "clip"
    folder.mkdir()
    for frame in range(2):
        write_png(folder / f"{frame:05}.png", np.full((32, 48, 3), 60 * frame, np.uint8))
    movie = make_clip(tmp_path / "clip.mov", frames=2, size=(32, 48))
    (tmp_path / "link").symlink_to(tmp_path, target_is_directory=True)
    for clip, kind, out in (
        (folder, ExportFormat.PNG, tmp_path / "link" / "clip"),
        (folder / "00001.png", ExportFormat.PNG_RGBA, folder),
        (movie, ExportFormat.PRORES_4444, tmp_path / "link" / "clip.mov"),
    ):
        document, store = masked(clip)
        before = [file.read_bytes() for file in (movie, *sorted(folder.iterdir()))]
        with pytest.raises(ExportError, match="part of the clip itself"):
            export(document, store, Recipe(kind, out, overwrite=True))
        assert [file.read_bytes() for file in (movie, *sorted(folder.iterdir()))] == before
        assert sorted(path.name for path in tmp_path.iterdir()) == ["clip", "clip.mov", "link"]
    document, store = masked(folder)
    export(document, store, Recipe(ExportFormat.PNG, folder, name="matte.{frame:04}", overwrite=True))


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize("matte", [MatteSettings(), MatteSettings(feather_px=8, decontaminate=1)])
def test_infinite_lights_end_where_the_matte_ends(tmp_path: Path, matte: MatteSettings) -> None:
    clip = exr_clip(tmp_path / "clip", (0, 0, 39, 31), (0, 0, 39, 31))
    for file in clip.iterdir():
        plane = np.full((32, 40), 0.5, np.float16)
        plane[4:8, 4:8] = plane[20:24, 30:34] = np.inf  # beyond the matte, and within it
        header = {"type": OpenEXR.scanlineimage, "compression": OpenEXR.ZIP_COMPRESSION}
        OpenEXR.File(header, {"R": plane, "G": plane, "B": plane}).write(str(file))
    document, store = masked(clip)
    document = set_matte(document, 1, matte)
    export(document, store, Recipe(ExportFormat.EXR_RGBA, tmp_path / "out"))
    channels = OpenEXR.File(str(tmp_path / "out" / "01001.exr"), separate_channels=True).channels()
    red, alpha = (np.asarray(channels[name].pixels) for name in "RA")
    assert not np.isnan(red).any() and not red[alpha == 0].any()
    assert np.isinf(red).sum() == 16, "what is as bright within stays so"


def test_a_stopped_sequence_goes_on_where_it_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document, store = shot()
    recipe = Recipe(ExportFormat.PNG, tmp_path / "out", resume=True)
    job: list[Job[ExportReport]] = []
    checks = [0]

    def check(context: JobContext) -> None:
        checks[0] += 1
        if checks[0] == 5:
            job[0].cancel()
        real(context)

    real = JobContext.check
    from tests.unit.engine.fakes import ArraySource
    from tests.unit.export.test_export import pictures

    with monkeypatch.context() as patch:
        patch.setattr(JobContext, "check", check)
        body = export_body(ExportTask(document, store, recipe), open_source=lambda: ArraySource(pictures()))
        job.append(Job(body))
        assert job[0].run().outcome is Outcome.CANCELLED
    (left,) = [p for p in tmp_path.iterdir() if p.name.startswith(".vosapp-export-")]
    there = sorted((left / "new").glob("*.png"))
    assert 0 < len(there) < 6 and not (tmp_path / "out").exists()
    stamps = {p.name: p.stat().st_mtime_ns for p in there[:-1]}
    there[-1].write_bytes(b"cut off")
    (left / "new" / "stranger.png").write_bytes(b"of another try")
    run(document, store, recipe)
    files = sorted((tmp_path / "out").glob("*.png"))
    assert [p.name for p in files] == [f"{i:05}.png" for i in range(6)]
    assert {p.name: p.stat().st_mtime_ns for p in files if p.name in stamps} == stamps, (
        "whole ones are not written anew"
    )
    assert read_image(files[len(there) - 1]).any()
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_float_exr_layers_have_names_that_programs_take(tmp_path: Path) -> None:
    document, store = shot(objects=2)
    document = replace(document, objects=tuple(replace(o, name=f"a.b {o.id}") for o in document.objects))
    run(document, store, Recipe(ExportFormat.EXR_LAYERS, tmp_path / "out", exr=ExrOptions(is_float=True)))
    names = OpenEXR.File(str(tmp_path / "out" / "00000.exr"), separate_channels=True).channels()
    assert sorted(names) == ["a_b 1.A", "a_b 2.A"]


def test_objects_whose_names_differ_by_a_dot_have_a_layer_each(tmp_path: Path) -> None:
    document, store = shot(objects=2)
    objects = tuple(replace(o, name=name) for o, name in zip(document.objects, ("car.left", "car_left"), strict=True))
    run(replace(document, objects=objects), store, Recipe(ExportFormat.EXR_LAYERS, tmp_path / "out"))
    names = OpenEXR.File(str(tmp_path / "out" / "00000.exr"), separate_channels=True).channels()
    assert sorted(names) == ["car_left_1.A", "car_left_2.A"]
