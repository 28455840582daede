"""Every format of the table: as many frames as went in, read back by programs that are not ours."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import OpenEXR
import pytest
import tifffile
from PIL import Image

from tests.unit.engine.fakes import ArraySource
from tests.unit.export.test_export import FRAMES, SIZE, disc, pictures, run, shot
from vosapp.core.document import MatteSettings
from vosapp.core.edits import set_mask, set_matte
from vosapp.core.errors import ExportError
from vosapp.core.timeline import FrameRange
from vosapp.engine.job import Job
from vosapp.export.export_job import ExportTask, export_body
from vosapp.export.formats import FORMATS, ExportFormat, Family
from vosapp.export.recipe import ExrOptions, Recipe
from vosapp.export.targets.cryptomatte import id_of, murmur3
from vosapp.video.stills.images import read_image

ALL = [
    kind for kind in ExportFormat if kind is not ExportFormat.CINEFORM
]  # that takes other sizes, see test_clip_facts
MOVIES = [kind for kind in ALL if kind.facts.family is Family.MOVIE]


def path_of(kind: ExportFormat, folder: Path) -> Path:
    return folder / ("out" if kind.is_folder else f"out{kind.facts.suffix}")


def test_every_format_has_its_row() -> None:
    assert set(FORMATS) == set(ExportFormat)
    assert len({facts.title for facts in FORMATS.values()}) == len(FORMATS)


@pytest.mark.parametrize("kind", ALL)
def test_as_many_frames_come_out_as_went_in(tmp_path: Path, kind: ExportFormat) -> None:
    document, store = shot(objects=2)
    document = set_matte(document, 1, MatteSettings(feather_px=5))
    report = run(document, store, Recipe(kind, path_of(kind, tmp_path)))
    assert len(report.frames) == FRAMES
    each = 2 if kind.is_folder and kind.facts.content.name == "MATTE" else 1
    assert len(report.files) == (FRAMES * each if kind.is_folder else 1)
    note = json.loads(report.manifest.read_text())
    assert note["alpha"] == kind.facts.alphas[0].value


@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="needs ffprobe")
@pytest.mark.parametrize("kind", MOVIES)
def test_ffprobe_counts_the_frames_and_finds_the_rate(tmp_path: Path, kind: ExportFormat) -> None:
    document, store = shot()
    path = path_of(kind, tmp_path)
    run(document, store, Recipe(kind, path))
    asked = "-count_frames -select_streams v -show_entries stream=nb_read_frames,avg_frame_rate,width,height -of json"
    told = subprocess.run(["ffprobe", "-v", "error", *asked.split(), str(path)], capture_output=True, check=True)
    (stream,) = json.loads(told.stdout)["streams"]
    assert int(stream["nb_read_frames"]) == FRAMES
    assert Fraction(stream["avg_frame_rate"]) == pytest.approx(Fraction(24000, 1001), rel=1e-3)
    assert (stream["height"], stream["width"]) == SIZE


@pytest.mark.parametrize("still", [range(6), range(3), range(2, 6), (1, 2)])
def test_an_animation_may_stand_still(tmp_path: Path, still: Sequence[int]) -> None:
    document, store = shot(frames=range(0))
    for frame in range(FRAMES):
        document = set_mask(document, store, 1, frame, disc(12 if frame in still else 30))
    shown = [pictures()[0 if frame in still else frame] for frame in range(FRAMES)]
    task = ExportTask(document, store, Recipe(ExportFormat.WEBP, tmp_path / "out.webp"))
    result = Job(export_body(task, open_source=lambda: ArraySource(shown))).run()
    assert result.error is None
    with Image.open(tmp_path / "out.webp") as image:
        assert image.n_frames == FRAMES + 1 - len(still)


def test_another_reader_counts_the_frames_of_an_animation(tmp_path: Path) -> None:
    document, store = shot()
    run(document, store, Recipe(ExportFormat.WEBP, tmp_path / "out.webp"))
    shown_ms = 0
    with Image.open(tmp_path / "out.webp") as image:
        assert (image.n_frames, image.size) == (FRAMES, SIZE[::-1])
        for frame in range(FRAMES):
            image.seek(frame)
            image.load()
            assert shown_ms == pytest.approx(frame * 1001 / 24, abs=1.01)
            shown_ms += image.info["duration"]


def test_sixteen_bits_hold_finer_edges_than_eight(tmp_path: Path) -> None:
    document, store = shot()
    document = set_matte(document, 1, MatteSettings(feather_px=9))
    for kind in (ExportFormat.PNG, ExportFormat.PNG_16, ExportFormat.TIFF_16):
        run(document, store, Recipe(kind, tmp_path / kind.value))
    eight = read_image(tmp_path / "png" / "00000.png")
    deep = read_image(tmp_path / "png16" / "00000.png")
    assert deep.dtype == np.uint16
    assert np.array_equal(deep, tifffile.imread(tmp_path / "tiff16" / "00000.tif"))
    assert np.abs(deep / 257 - eight).max() <= 0.51
    assert len(np.unique(deep)) >= len(np.unique(eight))


def test_straight_and_premultiplied_give_the_same_composite(tmp_path: Path) -> None:
    document, store = shot()
    document = set_matte(document, 1, MatteSettings(feather_px=6))
    run(document, store, Recipe(ExportFormat.TIFF_RGBA, tmp_path / "s"))
    run(document, store, Recipe(ExportFormat.TIFF_RGBA, tmp_path / "p", premultiplied=True))
    run(document, store, Recipe(ExportFormat.EXR_RGBA, tmp_path / "e", exr=ExrOptions(is_float=True)))
    run(document, store, Recipe(ExportFormat.PNG_RGBA, tmp_path / "n"))
    straight = tifffile.imread(tmp_path / "s" / "00002.tif") / 65535
    multiplied = tifffile.imread(tmp_path / "p" / "00002.tif") / 65535
    light = OpenEXR.File(str(tmp_path / "e" / "00002.exr")).channels()["RGBA"].pixels
    shallow = read_image(tmp_path / "n" / "00002.png") / 255
    behind = np.array([0.1, 0.7, 0.4])
    alpha = straight[..., 3:]
    reference = pictures()[2] / 255 * alpha + behind * (1 - alpha)
    assert np.abs(straight[..., :3] * alpha + behind * (1 - alpha) - reference).max() < 1e-4
    assert np.abs(multiplied[..., :3] + behind * (1 - alpha) - reference).max() < 1e-4
    assert np.abs(light[..., :3] + behind * (1 - light[..., 3:]) - reference).max() < 1e-4
    assert np.abs(shallow[..., :3] * shallow[..., 3:] + behind * (1 - shallow[..., 3:]) - reference).max() < 0.005


@pytest.mark.parametrize("multipart", [False, True])
def test_each_object_is_a_layer_under_its_name(tmp_path: Path, multipart: bool) -> None:
    document, store = shot(objects=2)
    objects = tuple(replace(o, name=n) for o, n in zip(document.objects, ("Hero", "Dog"), strict=True))
    recipe = Recipe(ExportFormat.EXR_LAYERS, tmp_path, exr=ExrOptions(multipart=multipart))
    run(replace(document, objects=objects), store, recipe)
    parts = OpenEXR.File(str(tmp_path / "00001.exr"), separate_channels=True).parts
    assert len(parts) == (2 if multipart else 1)
    channels = {name: channel.pixels for part in parts for name, channel in part.channels.items()}
    assert np.array_equal(channels["Hero.A"] == 1, disc(15).array())
    assert np.array_equal(channels["Dog.A"] == 1, disc(23).array())


def test_the_hash_of_names_is_murmur3() -> None:
    assert [murmur3(data) for data in (b"", b"hello", b"hello, world")] == [0, 0x248BFA47, 0x149BBB7F]
    assert 0 < (id_of("bunny") >> 23 & 255) < 255


def test_an_independent_decoder_finds_the_objects(tmp_path: Path) -> None:
    decoder = pytest.importorskip("cryptomatte_api", reason="needs the package cryptomatte-api")
    document, store = shot(objects=3)
    objects = tuple(replace(o, name=n) for o, n in zip(document.objects, ("Hero", "Höhle", "x"), strict=True))
    run(replace(document, objects=objects), store, Recipe(ExportFormat.CRYPTOMATTE, tmp_path))
    (matte,) = decoder.Cryptomatte.load(str(tmp_path / "00001.exr"))
    front = np.zeros(SIZE, bool)
    for number, name in enumerate(("Hero", "Höhle", "x")):
        expected = disc(15 + 8 * number).array() & ~front
        assert np.array_equal(matte.mask(name) > 0.5, expected)
        front |= expected


def test_start_number_and_padding_to_the_source(tmp_path: Path) -> None:
    document, store = shot()
    recipe = Recipe(ExportFormat.PNG, tmp_path, frames=FrameRange(2, 3), start_number=1001, pad_to_source=True)
    run(document, store, recipe)
    assert sorted(p.name for p in tmp_path.glob("*.png")) == [f"{1001 + i:05}.png" for i in range(FRAMES)]
    assert [bool(read_image(tmp_path / f"{1001 + i:05}.png").any()) for i in range(FRAMES)] == [0, 0, 1, 1, 0, 0]


def test_premultiplied_is_refused_where_it_cannot_be(tmp_path: Path) -> None:
    document, store = shot()
    with pytest.raises(ExportError, match="premultiplied"):
        run(document, store, Recipe(ExportFormat.PNG_16, tmp_path / "out", premultiplied=True))
    assert list(tmp_path.iterdir()) == []


def test_the_page_of_exports_has_the_table() -> None:
    page = (Path(__file__).parents[3] / "docs" / "exports.md").read_text(encoding="utf-8")
    for kind, facts in FORMATS.items():
        alphas = ", ".join(alpha.value for alpha in facts.alphas)
        told = (facts.title, facts.suffix, facts.content.value, facts.depth, alphas, facts.value_range)
        row = f"| `{kind.value}` | {' | '.join(told)} | {facts.exactness} | {facts.opened_in} |"
        assert row in page


@pytest.mark.parametrize("kind", [ExportFormat.PNG_16, ExportFormat.TIFF_16, ExportFormat.EXR_LAYERS])
def test_a_file_that_a_kill_cut_off_is_written_anew(tmp_path: Path, kind: ExportFormat) -> None:
    document, store = shot()
    document = set_matte(document, 1, MatteSettings(feather_px=5))
    run(document, store, Recipe(kind, tmp_path / "whole"))
    whole = sorted((tmp_path / "whole").glob(f"*{kind.facts.suffix}"))
    root = tmp_path / ".vosapp-export-0123456789ab"
    (root / "new").mkdir(parents=True)
    (root / "for").write_text("out")
    for part, file in enumerate(whole):
        content = file.read_bytes()
        (root / "new" / file.name).write_bytes(content[: len(content) * part // len(whole)])
    run(document, store, Recipe(kind, tmp_path / "out", resume=True))
    assert [file.read_bytes() for file in sorted((tmp_path / "out").glob(f"*{kind.facts.suffix}"))] == [
        file.read_bytes() for file in whole
    ]
