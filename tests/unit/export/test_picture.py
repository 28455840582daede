"""The picture beside the alpha keeps its depth and its colour, as far as ProRes can say it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.clips import make_clip
from vosapp.core.document import Document
from vosapp.core.edits import add_object, set_mask
from vosapp.core.mask import Mask
from vosapp.core.store import MemoryMaskStore
from vosapp.engine.job import Job
from vosapp.export.export_job import ExportReport, ExportTask, export_body
from vosapp.export.formats import ExportFormat
from vosapp.export.recipe import Recipe
from vosapp.export.targets.picture import picture_to_export
from vosapp.video.clip_ref import clip_ref
from vosapp.video.colour import (
    MATRIX_BT601,
    MATRIX_BT709,
    MATRIX_BT2020,
    PRIMARIES_BT709,
    PRIMARIES_BT2020,
    TRANSFER_CINEON,
    TRANSFER_HLG,
    TRANSFER_LINEAR,
    TRANSFER_PQ,
    UNSPECIFIED,
    ColourTags,
    rgb_to_ycbcr,
    to_display,
)
from vosapp.video.movie_colour import can_carry, movie_colour
from vosapp.video.open import open_video
from vosapp.video.source import RgbImage, VideoSource
from vosapp.video.stills.images import write_png

HEIGHT, WIDTH = 64, 1752  # two columns for each level of 10 bits in limited range
FRAMES = 2


def export(clip: Path, folder: Path) -> Path:
    """Exports a clip with an object in its lower half, and returns the movie."""
    source = open_video(clip)
    info = source.info
    document, store = Document(clip=clip_ref(info)), MemoryMaskStore()
    source.close()
    document, object_id = add_object(document)
    inside = np.zeros((info.height, info.width), np.bool_)
    inside[info.height // 2 :] = True
    for frame in range(info.frame_count):
        document = set_mask(document, store, object_id, frame, Mask.from_array(inside))
    recipe = Recipe(ExportFormat.PRORES_4444, folder / "out.mov")
    result = Job[ExportReport](export_body(ExportTask(document, store, recipe))).run()
    if result.error is not None:
        raise result.error
    return recipe.path


def ramp_clip(path: Path, **tags: int) -> Path:
    """A lossless 10-bit clip whose luma goes through all levels from left to right."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream("ffv1", rate=Fraction(24))
        stream.height, stream.width, stream.pix_fmt = HEIGHT, WIDTH, "yuv444p10le"
        for name, value in tags.items():
            setattr(stream.codec_context, name, value)
        for index in range(FRAMES):
            frame = av.VideoFrame(WIDTH, HEIGHT, "yuv444p10le")
            for plane, row in zip(frame.planes, (luma(), np.full(WIDTH, 512), np.full(WIDTH, 512)), strict=True):
                rows = np.zeros((HEIGHT, plane.line_size // 2), "<u2")
                rows[:, :WIDTH] = row
                plane.update(rows)
            frame.pts, frame.time_base = index, Fraction(1, 24)
            for name, value in tags.items():
                if hasattr(frame, name):
                    setattr(frame, name, value)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def luma() -> NDArray[np.intp]:
    return 64 + np.arange(WIDTH) // 2


def stored_luma(path: Path) -> NDArray[np.intp]:
    """The first frame's luma codes (height, width) as they are in a file, in units of 10 bits."""
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0))
        codes = np.frombuffer(frame.planes[0], "<u2").reshape(HEIGHT, -1)[:, :WIDTH]
        return np.round(codes / (1 << frame.format.components[0].bits - 10)).astype(np.intp)


def stored_tags(path: Path) -> tuple[int, ...]:
    with av.open(str(path)) as container:
        context = container.streams.video[0].codec_context
        names = ("color_range", "colorspace", "color_primaries", "color_trc")
        return tuple(int(getattr(context, name)) for name in names)


def test_a_ramp_of_ten_bits_keeps_its_levels(tmp_path: Path) -> None:
    clip = ramp_clip(tmp_path / "ramp.mkv", color_range=1, colorspace=1, color_primaries=1, color_trc=1)
    codes = stored_luma(export(clip, tmp_path))[HEIGHT // 4]
    assert len(np.unique(codes)) > 800, "of 876, and 8 bits have 220"
    assert np.abs(codes - luma()).max() <= 2


@pytest.mark.parametrize(
    ("tags", "said"),
    [
        ({"colorspace": 9, "color_primaries": 9, "color_trc": 16}, (9, 9, 16)),
        ({"colorspace": 9, "color_primaries": 9, "color_trc": 18}, (9, 9, 18)),
        ({"colorspace": 5, "color_primaries": 5, "color_trc": 6}, (6, 5, 1)),
        ({"colorspace": 1, "color_primaries": 12, "color_trc": 1}, (1, 12, 1)),
    ],
)
def test_what_the_clip_says_of_its_colour_is_carried_on(
    tmp_path: Path, tags: dict[str, int], said: tuple[int, ...]
) -> None:
    clip = ramp_clip(tmp_path / "ramp.mkv", color_range=1, **tags)
    movie = export(clip, tmp_path)
    assert stored_tags(movie) == (1, *said)
    before, after = open_video(clip), open_video(movie)
    difference = np.abs(before.native(1).astype(int) - after.native(1)[..., :3].astype(int))
    assert difference.max() <= 3 * 64, "three of 10 bits: nothing is brought to another curve or gamut"
    assert np.abs(before.frame(1).astype(int) - after.frame(1).astype(int)).max() <= 4, "and it looks the same"
    before.close()
    after.close()


def test_eight_bits_of_full_range_keep_their_values(tmp_path: Path) -> None:
    colours = np.zeros((64, 96, 3), np.uint8)
    colours[:, :32], colours[:, 32:64], colours[:, 64:] = (200, 40, 90), (12, 180, 240), (128, 128, 128)
    clip = make_clip(
        tmp_path / "full.mp4",
        frames=2,
        size=(64, 96),
        pixel_format="yuvj420p",
        content=lambda _: colours,
        indexed=False,
        colour={"color_range": 2},
        options={"crf": "1"},
    )
    before, after = open_video(clip), open_video(export(clip, tmp_path))
    expected, found = before.native(0).astype(int), after.native(0)[..., :3].astype(int) // 257
    for left in (10, 42, 74):
        assert np.abs(expected[20:40, left : left + 12] - found[20:40, left : left + 12]).max() <= 2
    before.close()
    after.close()


def test_images_of_sixteen_bits_keep_more_than_eight(tmp_path: Path) -> None:
    folder = tmp_path / "render"
    folder.mkdir()
    ramp = np.repeat(np.linspace(0, 65535, WIDTH).astype(np.uint16)[None, :, None], 3, axis=2).repeat(HEIGHT, axis=0)
    for index in range(FRAMES):
        write_png(folder / f"r.{index:04}.png", ramp)
    movie = export(folder, tmp_path)
    assert len(np.unique(stored_luma(movie)[HEIGHT // 4])) > 800
    assert stored_tags(movie) == (1, 1, 1, 1)


class _Light:
    """One frame of scene light, of numbers beyond white too."""

    def __init__(self, inner: VideoSource, transfer: int, samples: NDArray[np.generic]) -> None:
        self.info = replace(inner.info, colour=ColourTags(full_range=True, transfer=transfer))
        self.samples = samples

    def frame(self, index: int) -> RgbImage:
        return to_display(self.samples, self.info.colour)

    def native(self, index: int) -> NDArray[np.generic]:
        return self.samples

    def is_damaged(self, index: int) -> bool:
        return False

    def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize(
    ("transfer", "kind"), [(TRANSFER_LINEAR, np.float32), (TRANSFER_CINEON, np.uint16), (UNSPECIFIED, np.float32)]
)
def test_what_a_movie_cannot_name_becomes_the_display_picture_in_sixteen_bits(
    tmp_path: Path, transfer: int, kind: type
) -> None:
    clip = open_video(ramp_clip(tmp_path / "ramp.mkv"))
    top = 2.0 if kind is np.float32 else 65535
    samples = np.repeat(np.linspace(0, top, 4096)[None, :, None], 3, axis=2).astype(kind)
    source = _Light(clip, transfer, samples)
    found: list[int] = []
    picture = picture_to_export(source, 0, found.append, (clip.info.height, clip.info.width))
    assert picture.dtype == np.uint16
    assert len(np.unique(picture)) > 1000
    assert np.abs(picture.astype(float) / 257 - source.frame(0)).max() <= 0.51
    assert found == []
    clip.close()


def test_what_can_be_said() -> None:
    assert can_carry(ColourTags())
    assert not can_carry(ColourTags(transfer=TRANSFER_LINEAR))
    assert not can_carry(ColourTags(primaries=10))
    usual = movie_colour(ColourTags())
    assert (usual.matrix, usual.primaries, usual.transfer) == (MATRIX_BT709, PRIMARIES_BT709, 1)
    wide = movie_colour(ColourTags(matrix=MATRIX_BT2020, transfer=TRANSFER_PQ))
    assert (wide.matrix, wide.primaries, wide.transfer) == (MATRIX_BT2020, PRIMARIES_BT2020, TRANSFER_PQ)
    old = movie_colour(ColourTags(matrix=MATRIX_BT601, transfer=TRANSFER_HLG))
    assert (old.codes, old.matrix, old.primaries) == (MATRIX_BT601, 6, UNSPECIFIED)
    assert movie_colour(ColourTags(matrix=7)).codes == MATRIX_BT709, "an old matrix, which ProRes has no number for"
    with pytest.raises(ValueError, match="no name"):
        movie_colour(ColourTags(transfer=TRANSFER_LINEAR))


@pytest.mark.parametrize("matrix", [MATRIX_BT709, MATRIX_BT601, MATRIX_BT2020, 4, 7])
def test_grey_has_no_chroma_in_any_matrix(matrix: int) -> None:
    to_ycbcr = rgb_to_ycbcr(matrix)
    assert np.allclose(to_ycbcr @ np.ones(3), [1, 0, 0])
    assert np.allclose((to_ycbcr @ np.array([0, 0, 1.0]))[1], 0.5)
    assert np.allclose((to_ycbcr @ np.array([1.0, 0, 0]))[2], 0.5)
