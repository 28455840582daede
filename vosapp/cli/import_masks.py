"""`vosapp import`: takes masks that other programs made into a project."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from vosapp.cli.frame_numbers import frame_index
from vosapp.cli.job_runner import Reporter, run_job
from vosapp.cli.mask_as import add_mask_as
from vosapp.core.errors import ExportError, ProjectError
from vosapp.core.frame_words import frame_words
from vosapp.core.locked_words import locked_words
from vosapp.core.mask_import import ImportRequest, ImportRole, with_imported

if TYPE_CHECKING:
    from vosapp.core.mask_import import ImportOutcome
    from vosapp.core.project import Project


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of the command."""
    parser.add_argument("project", metavar="PROJECT", type=Path, help="project file")
    parser.add_argument(
        "masks",
        metavar="MASKS",
        type=Path,
        help="a folder of images, one with a folder for each object, a pattern such as m.%%04d.exr, one image, or a "
        "movie with alpha or in black and white",
    )
    parser.add_argument(
        "--as",
        dest="role",
        choices=[role.value for role in ImportRole],
        default=ImportRole.ANCHORS.value,
        help="what they become; a hold-out is an object in front of all others (default: %(default)s)",
    )
    parser.add_argument("--object", metavar="ID", type=int, help="where masks without number or name go (default: new)")
    parser.add_argument("--at", metavar="N", type=int, help="frame of the first mask, as the clip numbers its frames")
    add_mask_as(parser)
    parser.add_argument("--replace", action="store_true", help="replace what was drawn, painted or approved, too")
    parser.add_argument("--json", action="store_true", help="JSON lines instead of text")


def run(arguments: argparse.Namespace) -> int:
    """Reads the masks, puts them into the project as one step, and tells what became of them."""
    from vosapp.core.project import Project

    reporter = Reporter(arguments.json)
    project = Project.open(arguments.project)
    try:
        if project.read_only:
            raise ProjectError(f"{project.path} cannot be written: {project.read_only_reason}")
        outcome, empty = _imported(project, arguments, reporter)
    except BaseException:
        project.abandon()
        raise
    project.close()
    _tell(project, outcome, empty, reporter)
    return 0


def _imported(
    project: Project, arguments: argparse.Namespace, reporter: Reporter
) -> tuple[ImportOutcome, tuple[int, ...]]:
    from vosapp.core.mask_import import MaskMeaning
    from vosapp.engine.job import Job
    from vosapp.engine.run.import_job import import_body

    editor, clip = project.editor, project.editor.document.clip
    if clip is None:
        raise ExportError(f"{arguments.project} has no clip yet.", "Open one in the window first.")
    reporter.first_number = clip.first_number
    if arguments.object is not None:
        editor.document.object(arguments.object)
    at = None
    if arguments.at is not None:
        at = frame_index(arguments.at, first_number=clip.first_number, frame_count=clip.frame_count)
    body = import_body(arguments.masks, clip, at=at, meaning=MaskMeaning(arguments.mask_as))
    found = run_job(Job(body, "The import"), reporter)
    reporter.note(f"{arguments.masks.name}: {found.understood}")
    request = ImportRequest(ImportRole(arguments.role), arguments.object, arguments.replace)
    document, outcome = with_imported(editor.document, editor.store, found.masks.items(), request)
    editor.apply("import masks", document)
    return outcome, found.empty


def _tell(project: Project, outcome: ImportOutcome, empty: tuple[int, ...], reporter: Reporter) -> None:
    document = project.editor.document
    first = document.clip.first_number if document.clip is not None else 0
    if outcome.locked:
        reporter.warning(f"{locked_words(document, outcome.locked)} Unlock it in the window first.")
    for object_id, frames in outcome.kept.items():
        name = document.object(object_id).name
        reporter.warning(f'"{name}" keeps what was drawn or approved on {frame_words(frames, first)} (--replace).')
    if empty:
        reporter.warning(f"Nothing is inside on {frame_words(empty, first)}; no mask was made there.")
    names = ", ".join(document.object(object_id).name for object_id in outcome.frames)
    count = sum(len(frames) for frames in outcome.frames.values())
    reporter.result(
        f"{count} masks of {names} in {project.path}",
        masks=count,
        objects=[
            {"id": object_id, "name": document.object(object_id).name, "frames": [f + first for f in frames]}
            for object_id, frames in outcome.frames.items()
        ],
        kept=sum(len(frames) for frames in outcome.kept.values()),
    )
