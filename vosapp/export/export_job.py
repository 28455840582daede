"""The body of an export, the same for the window and the command line: look over, write, read back, note down."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from vosapp.core.document import Document, MaskStore
from vosapp.core.frame_words import frame_words
from vosapp.core.timecode import timecode
from vosapp.engine.job import JobContext, Stage
from vosapp.export.layers import layers_at
from vosapp.export.manifest import Written, clear_earlier_export, forget_manifest, write_manifest
from vosapp.export.picture import carried_colour, picture_to_export
from vosapp.export.png_target import PngTarget
from vosapp.export.preflight import Preflight, preflight
from vosapp.export.recipe import ExportFormat, Recipe
from vosapp.export.target import FrameToWrite, Target
from vosapp.matte.alpha import needs_picture
from vosapp.video.colour import SCREEN
from vosapp.video.open import open_video
from vosapp.video.source import RgbImage, VideoSource


@dataclass(frozen=True, slots=True)
class ExportTask:
    """Everything that an export needs, frozen when it starts."""

    document: Document
    store: MaskStore
    recipe: Recipe


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What an export left behind.

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
    """A body for `Job`. When it is cancelled or fails, images written so far stay and their manifest says that they
    are not all; an unfinished movie goes. If the program dies, what is left says the same: the manifest is there from
    the beginning and says that the export is not complete, and no unfinished file bears its own name.

    Args:
        task: what to export.
        open_source: opens the clip in place of the document's own path.
    """

    def body(context: JobContext) -> ExportReport:
        found = preflight(task.document, task.recipe)
        source = (open_source or (lambda: open_video(found.clip.path)))() if _needs_clip(task.recipe, found) else None
        try:
            return _Export(task, found, source, context).run()
        finally:
            if source is not None:
                source.close()

    return body


def _needs_clip(recipe: Recipe, found: Preflight) -> bool:
    return recipe.format is ExportFormat.PRORES_4444 or _is_refined(recipe, found)


def _is_refined(recipe: Recipe, found: Preflight) -> bool:
    """Whether a matte comes from the picture; an image of object ids holds none."""
    return recipe.format is not ExportFormat.PNG_INDEXED and any(needs_picture(one.matte) for one in found.objects)


class _Export:
    def __init__(self, task: ExportTask, found: Preflight, source: VideoSource | None, context: JobContext) -> None:
        self._task = task
        self._found = found
        self._source = source
        self._context = context
        self._written: list[int] = []
        self._damaged: set[int] = set()

    def run(self) -> ExportReport:
        """Writes everything, or leaves what `export_body` promises."""
        recipe, found = self._task.recipe, self._found
        clear_earlier_export(recipe)
        target = self._make_target()
        try:
            self._note([], complete=False)  # stands if the program ends in the middle
            self._write(target)
            target.finish()
            self._check(target)
            target.publish()
        except BaseException:
            if target.abandon():
                self._note(target.files(), complete=False)
            else:
                forget_manifest(recipe)
            raise
        note = self._note(target.files(), complete=True)
        warnings = found.warnings()
        if self._damaged:
            where = frame_words(self._damaged, found.clip.first_number)
            warnings.append(f"The clip is damaged on {where}; the exported picture there is the one before it, marked.")
        return ExportReport(tuple(self._written), tuple(target.files()), note, tuple(warnings))

    def _note(self, files: Sequence[Path], *, complete: bool) -> Path:
        written = Written(self._written, files, tuple(sorted(self._damaged)), complete)
        return write_manifest(self._task.recipe, self._found, written)

    def _make_target(self) -> Target:
        recipe, found = self._task.recipe, self._found
        if recipe.format is not ExportFormat.PRORES_4444:
            return PngTarget(recipe.path, found.objects, indexed=recipe.format is ExportFormat.PNG_INDEXED)
        from vosapp.export.prores_target import ProResTarget  # loads PyAV

        clip = found.clip
        rate = clip.rate if clip.rate > 0 else Fraction(24)
        start = self._source.info.start_timecode if self._source is not None else ""
        code = timecode(found.frames[0], rate, start) if start else ""
        colour = carried_colour(self._source.info.colour) if self._source is not None else SCREEN
        shape = (clip.height, clip.width)
        return ProResTarget(recipe.path, shape=shape, rate=rate, start_timecode=code, colour=colour)

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
        clip, source = self._found.clip, self._source
        shape, refined = (clip.height, clip.width), _is_refined(self._task.recipe, self._found)
        for frame_index in self._found.frames:
            picture = seen = None
            if source is not None and self._task.recipe.format is ExportFormat.PRORES_4444:
                picture = picture_to_export(source, frame_index, self._damaged.add)
            if source is not None and refined:
                seen = self._seen(source, frame_index)
            layers = layers_at(self._found.objects, self._task.store, frame_index, shape, seen)
            yield FrameToWrite(frame_index, frame_index + clip.first_number, layers, picture)

    def _seen(self, source: VideoSource, frame_index: int) -> RgbImage:
        """The picture as it is seen, that mattes are refined from."""
        if source.is_damaged(frame_index):
            self._damaged.add(frame_index)
        return source.frame(frame_index)
