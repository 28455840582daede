"""One frame of an export, written and thrown away: what it looks like, and how large the whole will be."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vosapp.core.timeline import FrameRange
from vosapp.engine.job import JobContext
from vosapp.export.export_job import ExportTask, frames_of, opened_source
from vosapp.export.formats import Content
from vosapp.export.place.free_space import free_bytes
from vosapp.export.preflight import preflight
from vosapp.export.raster import raster_for
from vosapp.export.recipe import MissingMasks
from vosapp.export.targets.make import make_target, names_of
from vosapp.export.targets.overlay_picture import overlay_picture
from vosapp.export.targets.rgba import rgba_of
from vosapp.export.targets.target import FrameToWrite
from vosapp.matte.layers import joined_coverage
from vosapp.video.resampling import resampled
from vosapp.video.source import VideoSource

_SQUARE = 12  # of the pattern behind what is transparent
_LIGHT, _DARK = 112, 80


@dataclass(frozen=True, slots=True)
class Sample:
    """One frame of an export.

    Attributes:
        picture: (height, width, 3) uint8, small: what the files of the frame show, over a pattern where transparent.
        bytes_a_frame: of the files of this frame; for codecs that look at the frames around, most of them are smaller.
        free_bytes: on the drive that the export goes to; None where that cannot be said.
    """

    picture: NDArray[np.uint8]
    bytes_a_frame: int
    free_bytes: int | None


def sample_body(
    task: ExportTask, frame_index: int, longest_px: int, *, open_source: Callable[[], VideoSource] | None = None
) -> Callable[[JobContext], Sample]:
    """A body for `Job` that writes one frame of a task into a temporary folder.

    Args:
        task: the export.
        frame_index: the frame.
        longest_px: longest side of the picture.
        open_source: opens the clip in place of the document's own path.
    """

    def body(context: JobContext) -> Sample:
        alone = FrameRange(frame_index, frame_index)
        shown = {"frames": alone, "missing": MissingMasks.EMPTY, "pad_to_source": False, "sound": False}
        recipe = replace(task.recipe, resume=False, **shown)  # type: ignore[arg-type]
        task_of_one = replace(task, recipe=recipe)
        found = preflight(task.document, recipe)
        source = opened_source(task_of_one, found, open_source)
        try:
            raster = raster_for(recipe.raster, (found.clip.height, found.clip.width), source)
            with tempfile.TemporaryDirectory(prefix="vosapp-sample-") as folder:
                names = names_of(recipe, found)
                target = make_target(recipe, found, folder=Path(folder), names=names, source=source, raster=raster)
                try:
                    (frame,) = list(frames_of(task_of_one, found, source, raster))
                    context.check()
                    target.write(frame)
                    target.finish()
                except BaseException:
                    target.abandon()
                    raise
                size = sum((Path(folder) / name).stat().st_size for name in target.files())
            picture = _small(_shown(recipe.format.facts.content, frame), longest_px)
            return Sample(picture, size, free_bytes(recipe.path))
        finally:
            if source is not None:
                source.close()

    return body


def _shown(content: Content, frame: FrameToWrite) -> NDArray[np.uint8]:
    if content is Content.OVERLAY:
        return overlay_picture(frame)
    if content is Content.PICTURE:
        return _over_pattern(frame)
    if content is Content.MATTE:
        return np.repeat(np.round(255 * joined_coverage(frame.layers))[..., None], 3, axis=2).astype(np.uint8)
    height, width = frame.layers[0].mask.shape
    shown: NDArray[np.float32] = np.zeros((height, width, 3), np.float32)
    for layer in reversed(frame.layers):
        shown += (np.array(layer.colour, np.float32) - shown) * layer.coverage[..., None]
    return np.round(shown).astype(np.uint8)


def _over_pattern(frame: FrameToWrite) -> NDArray[np.uint8]:
    if frame.picture is not None and frame.picture.dtype.kind == "f":
        light: NDArray[np.float32] = np.clip(frame.picture, 0, 1).astype(np.float32) ** np.float32(1 / 2.2)
        frame = replace(frame, picture=np.round(255 * light).astype(np.uint8))
    rgba = rgba_of(frame, np.uint8, premultiplied=False).astype(np.float32)
    rows, columns = np.mgrid[: rgba.shape[0], : rgba.shape[1]]
    pattern = np.where((rows // _SQUARE + columns // _SQUARE) % 2, _LIGHT, _DARK)[..., None]
    alpha = rgba[..., 3:] / 255
    return np.round(rgba[..., :3] * alpha + pattern * (1 - alpha)).astype(np.uint8)


def _small(picture: NDArray[np.uint8], longest_px: int) -> NDArray[np.uint8]:
    height, width = picture.shape[:2]
    scale = min(1.0, longest_px / max(height, width))
    size = max(1, round(height * scale)), max(1, round(width * scale))
    return np.ascontiguousarray(resampled(picture, size), np.uint8)
