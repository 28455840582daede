"""`vosapp shapes`: writes editable Bezier shapes of a project's masks for other programs."""

from __future__ import annotations

import argparse
from fractions import Fraction
from pathlib import Path

from vosapp.cli.clip_source import add_rate, at_rate
from vosapp.cli.job_runner import Reporter, run_job
from vosapp.core.errors import ExportError
from vosapp.export.shapes.formats import SHAPE_FORMATS, shape_format
from vosapp.export.shapes.job import DEFAULT_TOLERANCE_PX, ShapeTask, shape_body


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of the command."""
    names = "; ".join(f"{one.name}: {one.title}" for one in SHAPE_FORMATS)
    parser.add_argument("project", metavar="PROJECT", type=Path, help="project file")
    parser.add_argument("--format", required=True, choices=[one.name for one in SHAPE_FORMATS], help=names)
    parser.add_argument("--out", required=True, metavar="PATH", type=Path, help="file, or folder for svg")
    parser.add_argument(
        "--tolerance",
        metavar="PIXELS",
        type=pixels,
        default=DEFAULT_TOLERANCE_PX,
        help="how far outlines may be from the masks; larger gives fewer keyframes and points (default: %(default)s)",
    )
    parser.add_argument("--object", metavar="ID", type=int, action="append", help="only this object; may be repeated")
    parser.add_argument("--pixel-aspect", metavar="W:H", type=_aspect, default=Fraction(1), help="of the clip")
    add_rate(parser)
    parser.add_argument("--overwrite", action="store_true", help="replace files that are there")
    parser.add_argument("--json", action="store_true", help="JSON lines instead of text")


def run(arguments: argparse.Namespace) -> int:
    """Writes the shapes and tells how well they meet the masks."""
    from vosapp.core.project import Project
    from vosapp.engine.job import Job

    reporter = Reporter(arguments.json)
    project = Project.open(arguments.project, read_only=True)
    try:
        document = at_rate(project.editor.document, arguments.rate)
        for sentence in project.report:
            reporter.warning(sentence)
        for object_id in arguments.object or ():
            document.object(object_id)
        if document.clip is None:
            raise ExportError(f"{arguments.project} has no clip yet.", "Open one in the window first.")
        task = ShapeTask(
            document,
            project.editor.store,
            shape_format(arguments.format),
            arguments.out,
            tolerance_px=arguments.tolerance,
            object_ids=tuple(arguments.object) if arguments.object else None,
            pixel_aspect=arguments.pixel_aspect,
            overwrite=arguments.overwrite,
        )
        report = run_job(Job(shape_body(task), "The export"), reporter)
    finally:
        project.abandon()
    for fit in report.objects:
        reporter.result(
            f"{fit.name}: {fit.frames} frames, {fit.shapes} shapes; the largest has {fit.points} points and "
            f"{fit.keyframes} keyframes. J {fit.jaccard:.3f}; {fit.share_within:.1%} of the outline within "
            f"{arguments.tolerance:g} + 0.5 pixels.",
            object=fit.name,
            frames=fit.frames,
            shapes=fit.shapes,
            points=fit.points,
            keyframes=fit.keyframes,
            jaccard=fit.jaccard,
            share_within=fit.share_within,
        )
    reporter.result(f"{len(report.files)} files: {arguments.out}", files=[str(path) for path in report.files])
    return 0


def pixels(text: str) -> float:
    """The argument of a tolerance. For argparse."""
    value = float(text)
    if not 0.25 <= value <= 50:
        raise argparse.ArgumentTypeError("between 0.25 and 50 pixels")
    return value


def _aspect(text: str) -> Fraction:
    width, _, height = text.partition(":")
    try:
        aspect = Fraction(int(width), int(height or "1"))
    except (ValueError, ZeroDivisionError):
        raise argparse.ArgumentTypeError(f"{text!r} is not like 4:3") from None
    if aspect <= 0:
        raise argparse.ArgumentTypeError("above 0")
    return aspect
