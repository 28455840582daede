"""The body of an export, the same for the window and the command line: look over, write, read back, publish."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from vosapp.core.document import Document, MaskStore
from vosapp.core.errors import ExportError, MediaError
from vosapp.core.frame_words import frame_words
from vosapp.core.matte_joins import with_joined
from vosapp.core.relink import is_same_media
from vosapp.engine.job import JobContext, Stage
from vosapp.export.formats import Family
from vosapp.export.layers import LayerReader
from vosapp.export.manifest import manifest_of
from vosapp.export.place.earlier import Earlier, look_over
from vosapp.export.place.names import FileNames
from vosapp.export.place.staging import Staging
from vosapp.export.place_check import require_not_clip
from vosapp.export.preflight import Preflight, preflight
from vosapp.export.raster import Raster, raster_for
from vosapp.export.recipe import Recipe, Timing
from vosapp.export.targets.make import make_target, names_of
from vosapp.export.targets.picture import native_picture, picture_to_export
from vosapp.export.targets.target import DeepRgb, FrameToWrite, Target
from vosapp.export.timing import clip_warnings
from vosapp.matte.settings_facts import needs_picture
from vosapp.video.open import exact_info, open_clip_of, open_video
from vosapp.video.source import RgbImage, VideoSource


@dataclass(frozen=True, slots=True)
class ExportTask:
    """Input of an export, frozen when it starts."""

    document: Document
    store: MaskStore
    recipe: Recipe


@dataclass(frozen=True, slots=True)
class ExportReport:
    """Result of an export.

    Attributes:
        frames: indices of the frames written.
        files: the files written, the manifest left out.
        manifest: the note beside them.
        warnings: sentences for the user: frames without a mask, stale masks, damaged pictures.
    """

    frames: tuple[int, ...]
    files: tuple[Path, ...]
    manifest: Path
    warnings: tuple[str, ...]


def export_body(
    task: ExportTask, *, open_source: Callable[[], VideoSource] | None = None
) -> Callable[[JobContext], ExportReport]:
    """A body for `Job`. When it is cancelled or fails, nothing of it stays and an earlier export is as it was.

    If the program dies, what lies in the export's place is as it was too, and the same export can be done again.

    Args:
        task: what to export.
        open_source: opens the clip in place of the document's own path.
    """

    def body(context: JobContext) -> ExportReport:
        found = preflight(task.document, task.recipe)
        source = opened_source(task, found, open_source)
        try:
            return _Export(task, found, source, context).run()
        finally:
            if source is not None:
                source.close()

    return body


def opened_source(
    task: ExportTask, found: Preflight, open_source: Callable[[], VideoSource] | None = None
) -> VideoSource | None:
    """The clip of a task; None where it cannot be had and is not needed.

    Masks alone can be exported without it, though then nothing is known of its pixels and its timecode.

    Raises:
        MediaError: it is needed and cannot be read.
        ExportError: it is needed, and another clip lies there.
    """
    recipe = task.recipe
    own_times = recipe.timing is Timing.KEEP and not recipe.format.is_folder
    is_needed = recipe.format.facts.needs_picture or recipe.sound or own_times or _is_refined(task, found)
    source = None
    try:
        source = open_source() if open_source is not None else open_clip_of(found.clip)
        _require_same_clip(found, source)
    except (MediaError, ExportError):
        if source is not None:
            source.close()
        if is_needed:
            raise
        return None
    return source


def _is_refined(task: ExportTask, found: Preflight) -> bool:
    """Whether a matte comes from the picture; an image of object ids holds none."""
    return task.recipe.format.facts.takes_edges and any(
        needs_picture(one.matte) or one.matte.steady > 0 for one in with_joined(found.objects, task.document)
    )


def _require_same_clip(found: Preflight, source: VideoSource) -> None:
    """Makes sure that the masks belong to these pictures. Raises ExportError."""
    clip, info = found.clip, exact_info(source)
    if (info.height, info.width) != (clip.height, clip.width):
        raise ExportError(
            f"{info.path} has {info.width}x{info.height} pixels, the project's masks {clip.width}x{clip.height}.",
            "It is other footage: say in the window where the right clip is, with File > Relink media.",
        )
    if clip.sample_digest and not is_same_media(clip, info.path):
        raise ExportError(
            f"{info.path} is not the clip that this project's masks were made on: its content differs.",
            "Put the right clip there, or take this one over in the window with File > Relink media.",
        )


class _Export:
    def __init__(self, task: ExportTask, found: Preflight, source: VideoSource | None, context: JobContext) -> None:
        self._task = task
        self._found = found
        self._source = source
        self._context = context
        self._written: list[int] = []
        self._damaged: set[int] = set()
        self._raster = raster_for(task.recipe.raster, (found.clip.height, found.clip.width), source)

    def run(self) -> ExportReport:
        """Writes everything, or leaves what `export_body` promises."""
        recipe, found = self._task.recipe, self._found
        names = names_of(recipe, found)
        planned = self._planned(names)
        if self._source is not None:
            require_not_clip(recipe.place, planned, self._source.info.path)
        earlier = look_over(recipe.place, planned, overwrite=recipe.overwrite)
        staging = Staging(recipe.place, resume=recipe.resume)
        try:
            files, note = self._fill(staging, names, earlier)
        finally:
            staging.discard(unless_resumable=True)
        warnings = found.warnings() + clip_warnings(recipe, found, self._source)
        if self._damaged:
            where = frame_words(self._damaged, found.clip.first_number)
            warnings.append(f"The clip is damaged on {where}; the exported picture there is the one before it, marked.")
        paths = tuple(recipe.place.folder / name for name in files)
        return ExportReport(tuple(self._written), paths, note, tuple(warnings))

    def _planned(self, names: FileNames | None) -> list[str]:
        if names is None:
            return [self._task.recipe.path.name]
        return names.planned(_number(self._task.recipe, self._found, frame) for frame in self._found.frames)

    def _fill(self, staging: Staging, names: FileNames | None, earlier: Earlier) -> tuple[list[str], Path]:
        """Writes, reads back and publishes; returns the names of the files and the manifest."""
        recipe = self._task.recipe
        target = make_target(
            recipe, self._found, folder=staging.files, names=names, source=self._source, raster=self._raster
        )
        try:
            self._write(target)
            target.finish()
            self._check(target)
            target.end_check()
        except BaseException:
            target.abandon()
            raise
        files = target.files()
        said = manifest_of(
            recipe, self._found, written=self._written, damaged=sorted(self._damaged), raster=self._raster
        )
        return files, staging.publish(files, said, earlier, overwrite=recipe.overwrite)

    def _write(self, target: Target) -> None:
        total = 2 * len(self._found.frames)
        with closing(self._frames()) as frames:
            for frame in frames:
                self._context.check()
                target.write(frame)
                self._written.append(frame.frame_index)
                self._context.progress(len(self._written), total, Stage.WRITING)

    def _check(self, target: Target) -> None:
        total = 2 * len(self._found.frames)
        with closing(self._frames()) as frames:
            for done, frame in enumerate(frames, start=len(self._written) + 1):
                self._context.check()
                target.check(frame)
                self._context.progress(done, total, Stage.CHECKING)

    def _frames(self) -> Generator[FrameToWrite]:
        return frames_of(self._task, self._found, self._source, self._raster, self._found_damaged)

    def _found_damaged(self, frame_index: int) -> None:
        if frame_index in self._found.frames:  # and not only looked at, to make others steady
            self._damaged.add(frame_index)


def frames_of(
    task: ExportTask,
    found: Preflight,
    source: VideoSource | None,
    raster: Raster,
    found_damaged: Callable[[int], object] = lambda _: None,
) -> Generator[FrameToWrite]:
    """The frames of a task as they are written.

    Args:
        task: what to export.
        found: what there is of it.
        source: the clip, None where it is not there and not needed.
        raster: the grid of the files.
        found_damaged: called with the index of a frame whose picture is damaged in the clip.
    """
    recipe = task.recipe
    seen, own = source if _is_refined(task, found) else None, None
    if seen is not None and recipe.format.facts.needs_picture and _looks_ahead(task, found):
        seen = own = open_video(seen.info.path, input_space=found.clip.input_space)  # each decoder goes straight on

    def read_seen(frame_index: int) -> RgbImage:
        if seen is None:
            raise MediaError("The clip is needed for its mattes.", "Say where it is: File > Relink media.")
        if seen.is_damaged(frame_index):
            found_damaged(frame_index)
        return seen.frame(frame_index)

    reader = LayerReader(task.document, task.store, read_picture=None if seen is None else read_seen, size=raster.size)
    try:
        for frame_index in found.frames:
            picture = None
            if source is not None and recipe.format.facts.needs_picture:
                picture = _picture(recipe, source, frame_index, raster, found_damaged)
            layers = reader.layers_at(found.objects_on(frame_index), frame_index)
            yield FrameToWrite(frame_index, _number(recipe, found, frame_index), layers, picture)
    finally:
        if own is not None:
            own.close()


def _looks_ahead(task: ExportTask, found: Preflight) -> bool:
    """Whether frames around make mattes steady."""
    return any(one.matte.steady > 0 for one in with_joined(found.objects, task.document))


def _picture(
    recipe: Recipe, source: VideoSource, frame_index: int, raster: Raster, found_damaged: Callable[[int], object]
) -> DeepRgb:
    if recipe.format.facts.family is Family.EXR and not source.is_damaged(frame_index):
        return native_picture(source, frame_index, raster.size)  # EXR holds light of any amount
    return picture_to_export(source, frame_index, found_damaged, raster.size)


def _number(recipe: Recipe, found: Preflight, frame_index: int) -> int:
    start, frames = recipe.start_number, found.frames
    return frame_index + (found.clip.first_number if start is None else start - frames[0])
