"""`vosapp export`: writes masks or mattes of a project."""

from __future__ import annotations

import argparse
from pathlib import Path

from vosapp.cli.frame_numbers import frame_ends, frame_range
from vosapp.cli.running import Reporter, run_job
from vosapp.core.errors import ExportError
from vosapp.export.recipe import ExportFormat, MissingMasks, Recipe


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of the command."""
    parser.add_argument("project", metavar="PROJECT", type=Path, help="project file")
    parser.add_argument("--format", required=True, choices=[f.value for f in ExportFormat], help="kind of file")
    parser.add_argument("--out", required=True, metavar="PATH", type=Path, help="folder, or .mov file for ProRes")
    parser.add_argument("--range", metavar="A:B", type=frame_ends, help="frames to write, both ends included")
    parser.add_argument("--object", metavar="ID", type=int, action="append", help="only this object; may be repeated")
    parser.add_argument(
        "--missing",
        choices=[m.value for m in MissingMasks],
        default=MissingMasks.EMPTY.value,
        help="frames without a mask: write them empty, leave them out, or write nothing (default: %(default)s)",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace files that are not an earlier export")
    parser.add_argument("--json", action="store_true", help="JSON lines instead of text")


def run(arguments: argparse.Namespace) -> int:
    """Exports and tells what was written."""
    from vosapp.core.project import Project
    from vosapp.engine.job import Job
    from vosapp.export.export_job import ExportTask, export_body

    reporter = Reporter(arguments.json)
    project = Project.open(arguments.project)
    try:
        document = project.editor.document
        for sentence in project.report:
            reporter.warning(sentence)
        if document.clip is None:
            raise ExportError(f"{arguments.project} has no clip yet.", "Open one in the window first.")
        frames = None
        if arguments.range is not None:
            facts = {"first_number": document.clip.first_number, "frame_count": document.clip.frame_count}
            frames = frame_range(arguments.range, **facts)
        if arguments.object:
            for object_id in arguments.object:
                document.object(object_id)
        recipe = Recipe(
            format=ExportFormat(arguments.format),
            path=arguments.out,
            frames=frames,
            object_ids=tuple(arguments.object) if arguments.object else None,
            missing=MissingMasks(arguments.missing),
            overwrite=arguments.overwrite,
        )
        job = Job(export_body(ExportTask(document, project.editor.store, recipe)), "The export")
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
