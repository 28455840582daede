"""`vosapp propagate`: carries masks through a clip and writes one for every frame."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from vosapp.cli.clip_source import add_rate, open_source
from vosapp.cli.engine_help import engine_help
from vosapp.cli.frame_batch import FrameBatch
from vosapp.cli.frame_numbers import frame_ends, frame_range
from vosapp.cli.input_space import add_input_space
from vosapp.cli.job_runner import Reporter, run_job
from vosapp.cli.mask_as import add_mask_as
from vosapp.cli.outputs import require_writable_folder
from vosapp.core.document import Document
from vosapp.core.edits import set_rate
from vosapp.core.errors import Cancelled, EngineError, ProjectError
from vosapp.core.relink import relink
from vosapp.core.timeline import Direction, FrameRange
from vosapp.engine.engines import DEFAULT_ENGINE
from vosapp.engine.given_masks import GivenMasks, frame_of, read_masks, with_masks
from vosapp.export.formats import ExportFormat
from vosapp.export.place_check import require_place
from vosapp.export.recipe import MissingMasks, Recipe

if TYPE_CHECKING:
    from vosapp.core.document import ClipRef
    from vosapp.core.editor import Editor
    from vosapp.core.project import Project

_BATCH = 32  # frames that enter the document at once ...
_BATCH_SECONDS = 2.0  # ... and the longest that a finished frame waits: a kill loses no more


@dataclass(frozen=True, slots=True)
class _Given:
    """A mask image and the frame that it belongs to, None for the first."""

    path: Path
    number: int | None


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of the command."""
    parser.formatter_class, parser.epilog = argparse.RawDescriptionHelpFormatter, engine_help()
    parser.add_argument("clip", metavar="CLIP", type=Path, help="video file, folder of images or pattern")
    add_rate(parser)
    parser.add_argument(
        "--mask",
        metavar="MASK.png",
        type=Path,
        action="append",
        default=[],
        help="image of object ids or of one soft mask (see --mask-as). May be repeated",
    )
    add_mask_as(parser)
    parser.add_argument(
        "--at",
        metavar="N",
        type=int,
        action="append",
        default=[],
        help="frame of the mask, one for each --mask, in the clip's own numbering (default: the first frame)",
    )
    parser.add_argument("--engine", metavar="NAME", default=DEFAULT_ENGINE, help="see below (default: %(default)s)")
    parser.add_argument("--range", metavar="A:B", type=frame_ends, help="frames to write, both ends included")
    parser.add_argument("--direction", choices=[d.value for d in Direction], default=Direction.BOTH.value)
    parser.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), default="auto")
    parser.add_argument(
        "--project", metavar="FILE.vosapp", type=Path, help="keep the work in a project, or go on in it"
    )
    parser.add_argument("--out", metavar="DIR", type=Path, required=True, help="folder for indexed PNGs")
    parser.add_argument("--overwrite", action="store_true", help="replace files that are not an earlier export")
    add_input_space(parser)
    parser.add_argument("--json", action="store_true", help="JSON lines instead of text")
    parser.set_defaults(complain=parser.error)


def run(arguments: argparse.Namespace) -> int:
    """Propagates, exports, and keeps the project."""
    from vosapp.engine.engines import engine

    given = _given(arguments)
    chosen = engine(arguments.engine)
    if not chosen.is_ready:
        raise EngineError(f"The engine {chosen.title} cannot run: {chosen.missing}")
    reporter = Reporter(arguments.json)
    clip = _clip(arguments.clip, arguments.rate, arguments.input_space)
    within = frame_range(arguments.range, first_number=clip.first_number, frame_count=clip.frame_count)
    recipe = Recipe(
        ExportFormat.PNG_INDEXED,
        arguments.out,
        frames=within,
        missing=MissingMasks.SKIP,
        overwrite=arguments.overwrite,
    )
    # before the long run, not after it
    require_place(recipe, (frame + clip.first_number for frame in within), Path(clip.path))
    require_writable_folder(arguments.out)
    read = _read(given, clip, arguments.mask_as, reporter)
    project, editor = _open(arguments.project, clip)
    if project is not None:
        project.on_problem = partial(_warn_of_problem, reporter)
    try:
        _choose_space(editor, arguments.input_space)
        if arguments.rate is not None:
            editor.apply("frame rate", set_rate(editor.document, arguments.rate))
        editor.apply("import masks", with_masks(editor.document, editor.store, read))
        _propagate(editor, arguments, within, reporter)
        _export(editor, arguments, recipe, reporter)
    finally:
        if project is not None:
            _close(project)
    return 0


def _choose_space(editor: Editor, name: str | None) -> None:
    """Keeps an input space that was given in the project; without one the project's own stands."""
    clip = editor.document.clip
    if name is not None and clip is not None and clip.input_space != name:
        editor.apply("choose input space", replace(editor.document, clip=replace(clip, input_space=name)))


def _warn_of_problem(reporter: Reporter, problem: ProjectError | None) -> None:
    """Tells at once that the project cannot be saved: its user may free space while the run goes on."""
    if problem is not None:
        reporter.warning(f"{problem.message} The run goes on. {problem.hint}")


def _close(project: Project) -> None:
    try:
        project.close()
    except ProjectError:
        project.abandon()
        raise


def _given(arguments: argparse.Namespace) -> list[_Given]:
    masks, numbers = arguments.mask, arguments.at
    if not masks and not (arguments.project and arguments.project.exists()):
        arguments.complain("give at least one --mask, or a --project that has anchors")
    if len(masks) == 1 and not numbers:
        return [_Given(masks[0], None)]
    if len(masks) != len(numbers):
        arguments.complain(f"{len(masks)} masks need as many frames: give one --at for each --mask")
    return [_Given(path, number) for path, number in zip(masks, numbers, strict=True)]


def _clip(path: Path, rate: Fraction | None, input_space: str | None) -> ClipRef:
    from vosapp.video.clip_ref import clip_ref
    from vosapp.video.open import exact_info

    source = open_source(path, rate, input_space)
    try:
        return clip_ref(exact_info(source))
    finally:
        source.close()


def _open(path: Path | None, clip: ClipRef) -> tuple[Project | None, Editor]:
    from vosapp.core.editor import Editor

    if path is None:
        return None, Editor(Document(clip=clip))
    from vosapp.core.project import Project

    if not path.exists():
        project = Project.create(path, Editor(Document(clip=clip)))
        return project, project.editor
    project = Project.open(path)
    problem = _unfit(project, clip)
    if problem is not None:
        project.abandon()
        raise problem
    editor = project.editor
    here = relink(editor.document, Path(clip.path), size_bytes=clip.size_bytes, sample_digest=clip.sample_digest)
    editor.apply("relink media", here)  # the clip may have moved since
    return project, editor


def _unfit(project: Project, clip: ClipRef) -> ProjectError | None:
    if project.read_only:
        return ProjectError(f"{project.path} cannot be written: {project.read_only_reason}")
    known = project.editor.document.clip
    if known is None or known.sample_digest != clip.sample_digest:
        return ProjectError(
            f"{project.path} is about another clip than {clip.path}.", "Give the clip that it is about."
        )
    return None


def _read(given: Sequence[_Given], clip: ClipRef, meaning: str, reporter: Reporter) -> list[GivenMasks]:
    """The masks by frame index; says what each image was taken for."""
    return [(frame_of(one.number, clip), read_masks(one.path, clip, meaning, reporter.note)) for one in given]


def _propagate(editor: Editor, arguments: argparse.Namespace, within: FrameRange, reporter: Reporter) -> None:
    """Runs the engine; what it finished stays in the editor however it ends."""
    from vosapp.engine.job import Job
    from vosapp.engine.run.damage_notes import damage_notes
    from vosapp.engine.run.frame_result import FrameResult
    from vosapp.engine.run.plan import RunPlan
    from vosapp.engine.run.propagation_job import PropagationTask, propagation_body

    anchored = tuple(item.id for item in editor.document.objects if item.anchors() and not item.locked)
    plan = RunPlan(anchored, within, Direction(arguments.direction), arguments.engine)
    task = PropagationTask(editor.document, editor.store, plan, arguments.device)
    reporter.first_number = editor.document.clip.first_number if editor.document.clip else 0
    token = editor.begin_run("propagate", within=within)
    batch = FrameBatch(_BATCH, _BATCH_SECONDS)
    damaged: set[int] = set()

    def keep() -> None:
        editor.amend_run(token, [change for result in batch.take() for change in result.changes()])

    def deliver(result: FrameResult) -> None:
        damaged.update(result.damaged)
        if batch.add(result):
            keep()

    try:
        run_job(Job(propagation_body(task, deliver), f"The engine {arguments.engine}"), reporter)
    except Cancelled:
        if arguments.project is not None:
            reporter.warning(f"The frames finished so far are kept in {arguments.project}; no files were written.")
        raise
    finally:
        keep()
        editor.end_run(token)
        for note in damage_notes(task.document, damaged):
            reporter.warning(note)


def _export(editor: Editor, arguments: argparse.Namespace, recipe: Recipe, reporter: Reporter) -> None:
    from vosapp.engine.job import Job
    from vosapp.export.export_job import ExportTask, export_body

    job = Job(export_body(ExportTask(editor.document, editor.store, recipe)), "The export")
    report = run_job(job, reporter)
    for sentence in report.warnings:
        reporter.warning(sentence)
    reporter.result(
        f"{len(report.frames)} masks in {arguments.out}",
        frames=len(report.frames),
        out=str(arguments.out),
        engine=arguments.engine,
        project=str(arguments.project) if arguments.project else None,
    )
