"""Exports: how fast the write phase is beside a bare encoder that gets its samples ready made, 1080p.

The write phase decodes the clip where the format holds its picture, reads the masks, makes mattes and samples, and
encodes. Speeds are by the process's own time, which other work on the machine does not sway, encoder threads included.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from tests.clips import make_clip
from vosapp.core.document import Document
from vosapp.core.edits import add_object, set_mask
from vosapp.core.mask import Mask
from vosapp.core.store import MemoryMaskStore
from vosapp.export.export_job import ExportTask, frames_of
from vosapp.export.formats import ExportFormat
from vosapp.export.preflight import preflight
from vosapp.export.raster import raster_for
from vosapp.export.recipe import Recipe
from vosapp.export.targets.make import make_target, names_of
from vosapp.export.targets.movie_target import MovieTarget
from vosapp.export.targets.target import FrameToWrite
from vosapp.video.av.movie_planes import planes_of
from vosapp.video.av.writer import _fill
from vosapp.video.clip_ref import clip_ref
from vosapp.video.open import exact_info, open_video

FRAMES, SIZE = 12, (1080, 1920)
MOVIES = (ExportFormat.PRORES_4444, ExportFormat.PRORES_422_HQ, ExportFormat.H264, ExportFormat.FFV1)
AIM = "aim 0.8 or more"


def run() -> list[tuple[str, str]]:
    """Speeds relative to a bare encode."""
    with tempfile.TemporaryDirectory() as folder:
        return list(_rows(Path(folder)))


def _rows(folder: Path) -> Iterator[tuple[str, str]]:
    clip = make_clip(folder / "clip.mp4", frames=FRAMES, size=SIZE)
    document, store = _masked(clip)
    for kind in (*MOVIES, ExportFormat.PNG):
        recipe = Recipe(kind, folder / (kind.value if kind.is_folder else f"{kind.value}{kind.facts.suffix}"))
        task = ExportTask(document, store, recipe)
        found = preflight(document, recipe)
        source = open_video(clip)
        raster = raster_for(recipe.raster, SIZE, source)
        recipe.path.mkdir() if kind.is_folder else None
        place = recipe.path if kind.is_folder else folder
        target = make_target(recipe, found, folder=place, names=names_of(recipe, found), source=source, raster=raster)
        began = time.process_time()
        for frame in frames_of(task, found, source, raster):
            target.write(frame)
        target.finish()
        ours = time.process_time() - began
        frames = list(frames_of(task, found, source, raster))
        source.close()
        bare = _bare_movie(target, frames, folder) if isinstance(target, MovieTarget) else _bare_png(frames, folder)
        yield f"{kind.facts.title}, write phase relative to a bare encode ({AIM})", f"{bare / ours:.2f}"


def _masked(clip: Path) -> tuple[Document, MemoryMaskStore]:
    source = open_video(clip)
    document, store = Document(clip=clip_ref(exact_info(source))), MemoryMaskStore()
    source.close()
    document, object_id = add_object(document)
    rows, columns = np.mgrid[: SIZE[0], : SIZE[1]]
    for frame in range(FRAMES):
        disc = (columns - 700 - 20 * frame) ** 2 + (rows - 540) ** 2 < 300**2
        document = set_mask(document, store, object_id, frame, Mask.from_array(disc))
    return document, store


def _bare_movie(target: MovieTarget, frames: list[FrameToWrite], folder: Path) -> float:
    """Seconds for the same encoder, given pictures ready in its own format."""
    codec = target._codec
    ready = []
    for number, frame in enumerate(frames):
        picture: Any = av.VideoFrame(SIZE[1], SIZE[0], codec.pixel_format)
        for plane, values in zip(
            picture.planes, planes_of(target._samples(frame), codec, target._to_ycbcr), strict=True
        ):
            _fill(plane, values)
        picture.pts, picture.time_base = number, Fraction(1, 24)
        ready.append(picture)
    with av.open(str(folder / f"bare.{codec.container}"), "w", format=codec.container) as out:
        stream: Any = out.add_stream(codec.encoder, rate=24, options=dict(codec.options))
        stream.height, stream.width, stream.pix_fmt = *SIZE, codec.pixel_format
        began = time.process_time()
        for picture in ready:
            out.mux(stream.encode(picture))
        out.mux(stream.encode(None))
        return time.process_time() - began


def _bare_png(frames: list[FrameToWrite], folder: Path) -> float:
    """Seconds for OpenCV to write the same grey pictures."""
    pictures = [frame.layers[0].alpha for frame in frames]
    began = time.process_time()
    for number, picture in enumerate(pictures):
        cv2.imwrite(str(folder / f"bare{number}.png"), picture)
    return time.process_time() - began
