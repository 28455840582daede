"""`vosapp export`: writes masks or mattes of a project."""

from __future__ import annotations

import argparse
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from vosapp.cli.clip_source import add_rate, at_rate
from vosapp.cli.frame_numbers import frame_ends, frame_range
from vosapp.cli.input_space import add_input_space
from vosapp.cli.job_runner import Reporter, run_job
from vosapp.cli.shapes import pixels
from vosapp.cli.trimaps import add_trimap, with_trimaps
from vosapp.core.errors import ExportError, MediaError
from vosapp.export.formats import FORMATS, ExportFormat
from vosapp.export.raster import RasterChoice
from vosapp.export.recipe import ExrOptions, MissingMasks, Recipe, Timing
from vosapp.export.shapes.formats import SHAPE_FORMATS
from vosapp.export.shapes.job import DEFAULT_TOLERANCE_PX
from vosapp.presentation.text.formatting import bytes_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from vosapp.core.document import ClipRef
    from vosapp.export.export_job import ExportTask
    from vosapp.video.source import VideoSource


_SHAPES = "shapes-"


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of the command."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = "formats:\n" + "\n".join(f"  {kind.value:13} {f.title}: {f.summary}" for kind, f in FORMATS.items())
    parser.add_argument("project", metavar="PROJECT", type=Path, help="project file")
    shapes = [f"{_SHAPES}{one.name}" for one in SHAPE_FORMATS]
    parser.epilog += "\n" + "\n".join(f"  {_SHAPES + one.name:13} shapes for {one.title}" for one in SHAPE_FORMATS)
    names = [*(f.value for f in ExportFormat), *shapes]
    parser.add_argument("--format", required=True, choices=names, metavar="NAME", help="kind of file, see below")
    parser.add_argument("--out", required=True, metavar="PATH", type=Path, help="folder of images, or movie file")
    parser.add_argument("--range", metavar="A:B", type=frame_ends, help="frames to write, both ends included")
    parser.add_argument("--object", metavar="ID", type=int, action="append", help="only this object; may be repeated")
    parser.add_argument(
        "--missing",
        choices=[m.value for m in MissingMasks],
        default=MissingMasks.EMPTY.value,
        help="frames without a mask: write them empty, leave them out, or write nothing (default: %(default)s)",
    )
    naming = parser.add_argument_group("names and length")
    naming.add_argument("--name", default="", metavar="PATTERN", help="of images, such as {clip}_{object}_{frame:04}")
    naming.add_argument("--start-number", type=int, metavar="N", help="of the first image (default: the clip's)")
    naming.add_argument("--pad-to-source", action="store_true", help="as long as the clip, empty beyond --range")
    naming.add_argument("--start-timecode", default="", metavar="HH:MM:SS:FF", help="of a movie (default: the clip's)")
    naming.add_argument(
        "--timing",
        choices=[t.value for t in Timing],
        default=Timing.CONFORM.value,
        help="frames of a movie from a clip of variable rate: of one length, or as in the clip (default: %(default)s)",
    )
    naming.add_argument("--sound", action="store_true", help="a movie gets the clip's sound")
    samples = parser.add_argument_group("samples")
    samples.add_argument(
        "--premultiplied", action="store_true", help="colour multiplied by alpha, where there is a choice"
    )
    samples.add_argument(
        "--raster",
        choices=[r.value for r in RasterChoice],
        default=RasterChoice.SOURCE.value,
        help="pixels of an anamorphic clip: its own, or square ones (default: %(default)s)",
    )
    samples.add_argument("--exr-depth", choices=("half", "float"), default="half", help="(default: %(default)s)")
    samples.add_argument("--exr-compression", choices=("zip", "dwaa"), default="zip", help="(default: %(default)s)")
    samples.add_argument("--exr-multipart", action="store_true", help="a part of its own for each layer")
    parser.add_argument(
        "--tolerance",
        metavar="PIXELS",
        type=pixels,
        default=DEFAULT_TOLERANCE_PX,
        help="of shapes: how far outlines may be from the masks (default: %(default)s)",
    )
    add_trimap(parser)
    parser.add_argument("--overwrite", action="store_true", help="replace files that are not an earlier export")
    parser.add_argument(
        "--resume",
        action="store_true",
        help="go on with the images that a stopped export left; leave them when stopped",
    )
    add_rate(parser)
    add_input_space(parser)
    parser.add_argument("--json", action="store_true", help="JSON lines instead of text")


def run(arguments: argparse.Namespace) -> int:
    """Exports and tells what was written."""
    if arguments.format.startswith(_SHAPES):
        from vosapp.cli import shapes

        if arguments.trimap is not None:
            raise ExportError("Shapes follow masks, not mattes: a trimap does nothing there.", "Leave --trimap out.")
        if arguments.range is not None:
            raise ExportError("Shapes are made of the whole clip, not of a range.", "Leave --range out.")
        arguments.format, arguments.pixel_aspect = arguments.format.removeprefix(_SHAPES), Fraction(1)
        return shapes.run(arguments)
    from vosapp.core.project import Project
    from vosapp.engine.job import Job
    from vosapp.export.export_job import ExportTask, export_body

    reporter = Reporter(arguments.json)
    project = Project.open(arguments.project, read_only=True)
    try:
        document = at_rate(project.editor.document, arguments.rate)
        for sentence in project.report:
            reporter.warning(sentence)
        clip = document.clip
        if clip is None:
            raise ExportError(f"{arguments.project} has no clip yet.", "Open one in the window first.")
        if arguments.input_space is not None:
            clip = replace(clip, input_space=arguments.input_space)
            document = replace(document, clip=clip)
        frames = None
        if arguments.range is not None:
            frames = frame_range(arguments.range, first_number=clip.first_number, frame_count=clip.frame_count)
        if arguments.object:
            for object_id in arguments.object:
                document.object(object_id)
        if arguments.trimap is not None:
            ids = arguments.object or [item.id for item in document.objects]
            document = with_trimaps(document, project.editor.store, arguments.trimap, ids, reporter)
        recipe = Recipe(
            format=ExportFormat(arguments.format),
            path=arguments.out,
            frames=frames,
            object_ids=tuple(arguments.object) if arguments.object else None,
            missing=MissingMasks(arguments.missing),
            overwrite=arguments.overwrite,
            name=arguments.name,
            start_number=arguments.start_number,
            pad_to_source=arguments.pad_to_source,
            start_timecode=arguments.start_timecode,
            premultiplied=arguments.premultiplied,
            exr=ExrOptions(
                is_float=arguments.exr_depth == "float",
                compression=arguments.exr_compression,
                multipart=arguments.exr_multipart,
            ),
            raster=RasterChoice(arguments.raster),
            timing=Timing(arguments.timing),
            sound=arguments.sound,
            resume=arguments.resume,
        )
        task = ExportTask(document, project.editor.store, recipe)
        open_clip = partial(_open_clip, clip, arguments.project)
        _warn_of_little_room(task, open_clip, reporter)
        job = Job(export_body(task, open_source=open_clip), "The export")
        report = run_job(job, reporter)
    finally:
        project.abandon()
    for sentence in report.warnings:
        reporter.warning(sentence)
    reporter.result(
        f"{len(report.frames)} frames in {arguments.out}",
        frames=len(report.frames),
        out=str(arguments.out),
        manifest=str(report.manifest),
    )
    return 0


def _warn_of_little_room(task: ExportTask, open_clip: Callable[[], VideoSource], reporter: Reporter) -> None:
    """Writes one frame for a try, and says when that many will not fit on the drive."""
    from vosapp.engine.job import Job
    from vosapp.export.preflight import preflight
    from vosapp.export.sample import sample_body

    frames = preflight(task.document, task.recipe).frames
    one = Job(sample_body(task, frames[len(frames) // 2], 1, open_source=open_clip)).run().value
    if one is None or one.free_bytes is None or one.bytes_a_frame * len(frames) <= one.free_bytes:
        return  # what went wrong will go wrong again, and be said then
    needed = bytes_text(one.bytes_a_frame * len(frames))
    word = "at most" if task.recipe.format.facts.between_frames else "about"
    reporter.warning(f"This takes {word} {needed}, and {bytes_text(one.free_bytes)} are free there.")


def _open_clip(clip: ClipRef, project: Path) -> VideoSource:
    """The clip where the project says, or beside it."""
    from vosapp.core.relink import locate
    from vosapp.video.open import open_video

    path = locate(clip, project)
    if path is None:
        raise MediaError(
            f"The clip of {project} is not at {clip.path}.",
            "Put it beside the project, or say in the window where it is: File > Relink media.",
        )
    return open_video(path, input_space=clip.input_space)
