"""The project of a shot: begun from a survey, read for planning, written. The driver alone does this, one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from vosapp.batch.piece_file import RunFound, piece_id
from vosapp.batch.settings import ShotSettings
from vosapp.batch.tasks import Surveyed
from vosapp.core.document import ClipRef, Document, ObjectId
from vosapp.core.editor import Editor
from vosapp.core.errors import EngineError, MediaError, ProjectError
from vosapp.core.project import Project
from vosapp.core.relink import locate
from vosapp.core.timeline import FrameRange
from vosapp.engine.given_masks import frame_of, with_masks
from vosapp.engine.run.pieces import Piece, needed_by, pieces
from vosapp.engine.run.plan import RunPlan, by_engine


@dataclass(frozen=True, slots=True)
class PlannedPiece:
    """A piece of the objects of one engine, what it needs of the document, and what identifies its result."""

    piece_id: str
    plan: RunPlan
    piece: Piece
    document: Document


@dataclass(frozen=True, slots=True)
class Planned:
    """What is to be done for a shot.

    Attributes:
        clip: of the shot, with the path where it is found.
        plan: the run.
        pieces: in the order in which one process does them.
    """

    clip: ClipRef
    plan: RunPlan
    pieces: tuple[PlannedPiece, ...]

    @property
    def engines(self) -> dict[ObjectId, str]:
        """The engine of each object."""
        return {object_id: one.plan.engine for one in self.pieces for object_id in one.plan.object_ids}

    @property
    def frames(self) -> int:
        """Frames that all pieces visit together."""
        return sum(len(one.piece.frames) for one in self.pieces)


def begin_project(path: Path, surveyed: Surveyed) -> None:
    """Makes the project of a clip with masks; it is there whole or not at all.

    Raises:
        ProjectError, MaskError: it cannot be made.
    """
    editor = Editor(Document(clip=surveyed.clip))
    editor.apply("import masks", with_masks(editor.document, editor.store, surveyed.masks))
    path.parent.mkdir(parents=True, exist_ok=True)
    Project.create(path, editor).close()


@contextmanager
def reading(path: Path) -> Iterator[Project]:
    """A project to read, which others may have open. Nothing is written beside it."""
    project = Project.open(path, read_only=True)
    try:
        yield project
    finally:
        project.abandon()


@contextmanager
def writing(path: Path) -> Iterator[Project]:
    """A project to write. What was done is committed at the end, also when it ends in an error.

    Raises:
        ProjectError: another window has it open, or it cannot be written.
    """
    project = Project.open(path)
    if project.read_only:
        reason = project.read_only_reason
        project.abandon()
        raise ProjectError(
            f"{path} cannot be written: {reason}", "Close it elsewhere, then vosapp batch resume; no work is lost."
        )
    try:
        yield project
    finally:
        try:
            project.close()
        except ProjectError:
            project.abandon()
            raise


def planned(document: Document, path: Path, settings: ShotSettings, *, made_with: Callable[[str], str]) -> Planned:
    """What is to be done for a shot.

    Args:
        document: of its project.
        path: of its project, beside which the clip may lie.
        settings: how it is worked on.
        made_with: see `piece_id`, for the name of an engine.

    Raises:
        MediaError: the clip is gone, or has not the frames of the range.
        EngineError: there is no mask to start from.
    """
    clip = document.clip
    if clip is None:
        raise EngineError(f"{path} has no clip.", "Open the project and give it one.")
    found = locate(clip, path)
    clip = replace(clip, path=str(found)) if found is not None else clip
    document = replace(document, clip=clip)
    anchored = tuple(item.id for item in document.objects if item.barriers() and not item.locked)
    if not anchored:
        raise EngineError(f"{path} has no mask to start from.", "Draw the object on one frame, or unlock one.")
    plan = RunPlan(anchored, _within(document, settings), settings.direction, settings.engine)
    made = []
    for part in by_engine(document, plan):
        for piece in pieces(document, part):
            own = needed_by(document, part, piece)
            made.append(PlannedPiece(piece_id(own, part, piece, made_with=made_with(part.engine)), part, piece, own))
    return Planned(clip, plan, tuple(made))


def _within(document: Document, settings: ShotSettings) -> FrameRange:
    """The frames to write: the range of the job, else the document's in to out."""
    clip, (first, last) = document.clip, settings.ends
    if clip is None:
        raise MediaError("There is no clip.")
    whole = document.working_range()
    if first is None and last is None:
        return whole
    return FrameRange(
        0 if first is None else frame_of(first, clip),
        clip.frame_count - 1 if last is None else frame_of(last, clip),
    )


def write_run(editor: Editor, found: RunFound, settings: ShotSettings, *, within: FrameRange) -> None:
    """Enters the masks of a run as one undo step, and the matte settings of the job as another."""
    if settings.matte is not None:
        objects = tuple(replace(item, matte=settings.matte, curves=()) for item in editor.document.objects)
        if objects != editor.document.objects:
            editor.apply("matte settings of the batch", replace(editor.document, objects=objects))
    token = editor.begin_run(f"propagate ({settings.engine}, batch)", within=within)
    try:
        # All at once: a project that is read after a kill has the whole run or nothing of it.
        editor.amend_run(token, found.changes)
    finally:
        editor.end_run(token)
