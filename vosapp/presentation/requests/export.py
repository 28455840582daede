"""Turns the export dialog's fields into a recipe and checks it before anything is written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from vosapp.core.document import Document
from vosapp.core.errors import ExportError
from vosapp.core.timeline import FrameRange
from vosapp.export.formats import ExportFormat
from vosapp.export.preflight import Preflight, preflight
from vosapp.export.recipe import MissingMasks, Recipe
from vosapp.matte.settings_facts import is_neutral, is_soft
from vosapp.presentation.requests.run import active_object
from vosapp.presentation.status import NoticeKind, WorkStatus
from vosapp.presentation.text.formatting import rate_text
from vosapp.presentation.view_state import ViewState

_SUFFIXES = {
    ExportFormat.PNG: " masks",
    ExportFormat.PNG_INDEXED: " indexed masks",
    ExportFormat.PRORES_4444: " matte.mov",
}


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """What the dialog is set to.

    Attributes:
        format: what the files are.
        in_out: only from in to out; else the whole clip.
        all_objects: all objects; else the active one.
        missing: what happens to frames without a mask.
        folder: where the result goes; "" stands for the clip's own folder.
    """

    format: ExportFormat = ExportFormat.PNG
    in_out: bool = True
    all_objects: bool = True
    missing: MissingMasks = MissingMasks.EMPTY
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the list of what will be written."""

    kind: NoticeKind
    text: str


@dataclass(frozen=True, slots=True)
class LookedOver:
    """The outcome of a pre-flight.

    Attributes:
        findings: what will be written, and what will be missing.
        possible: whether there is something to write.
    """

    findings: tuple[Finding, ...]
    possible: bool


LOOKING = LookedOver((Finding(NoticeKind.INFO, "Looking over the frames…"),), possible=False)


@dataclass(frozen=True, slots=True)
class ExportDisplay:
    """The export dialog.

    Attributes:
        choice: its fields.
        has_in_out, many_objects: whether those choices mean anything.
        target: the file or folder that will be written.
        findings: the pre-flight list.
        possible: whether the export can start.
        run: progress, or None.
        result: what the last export left, or None.
        result_path: what "Show in folder" shows.
    """

    choice: ExportChoice
    has_in_out: bool
    many_objects: bool
    target: str
    findings: tuple[Finding, ...]
    possible: bool
    run: WorkStatus | None
    result: Finding | None = None
    result_path: str = ""


def recipe(document: Document, state: ViewState, choice: ExportChoice) -> Recipe:
    """The recipe of a choice."""
    active = active_object(document, state)
    last = document.clip.frame_count - 1 if document.clip else 0
    return Recipe(
        choice.format,
        target(document, state, choice),
        frames=None if choice.in_out else FrameRange(0, last),
        object_ids=None if choice.all_objects or active is None else (active.id,),
        missing=choice.missing,
    )


def target(document: Document, state: ViewState, choice: ExportChoice) -> Path:
    """The file or folder to write, named after the project or clip."""
    clip = Path(document.clip.path) if document.clip else Path()
    folder = Path(choice.folder) if choice.folder else clip.parent
    name = Path(state.shot.project.name).stem or clip.stem or "vosapp"
    active = active_object(document, state)
    if not choice.all_objects and active is not None and len(document.objects) > 1:
        name = f"{name} {active.name.replace('/', '-')}"
    return folder / f"{name}{_SUFFIXES[choice.format]}"


def look_export_over(document: Document, wanted: Recipe) -> LookedOver:
    """What the pre-flight says. Takes long for many objects on many frames; any thread may do it."""
    try:
        return LookedOver(_findings(preflight(document, wanted), wanted), possible=True)
    except ExportError as error:
        return LookedOver((Finding(NoticeKind.ERROR, str(error)),), possible=False)


def resolve_export(document: Document, state: ViewState, choice: ExportChoice, looked: LookedOver) -> ExportDisplay:
    """The dialog for a document, a choice, and what was found when its recipe was looked over."""
    return ExportDisplay(
        choice,
        has_in_out=document.in_out is not None,
        many_objects=len(document.objects) > 1,
        target=str(target(document, state, choice)),
        findings=looked.findings,
        possible=looked.possible and state.shot.export is None,
        run=state.shot.export,
    )


def _findings(found: Preflight, wanted: Recipe) -> tuple[Finding, ...]:
    clip, frames, objects = found.clip, len(found.frames), len(found.objects)
    first, last = found.frames[0] + clip.first_number, found.frames[-1] + clip.first_number
    what = f"{frames} frame{'s' * (frames != 1)} ({first} to {last}), {objects} object{'s' * (objects != 1)}"
    facts = f"{what}, {clip.width} × {clip.height}, {rate_text(clip.rate)} fps"
    lines = [Finding(NoticeKind.GOOD, facts)]
    lines += _edge_findings(found, wanted.format)
    lines += [Finding(NoticeKind.WARNING, sentence) for sentence in found.warnings()]
    if found.missing and wanted.missing is MissingMasks.EMPTY:
        lines.append(Finding(NoticeKind.INFO, "Frames without a mask are written empty, so the count stays."))
    elif found.missing:
        lines.append(Finding(NoticeKind.INFO, "Frames on which no object has a mask are left out."))
    return tuple(lines)


def _edge_findings(found: Preflight, file_format: ExportFormat) -> list[Finding]:
    """What becomes of matte edges that were set: most formats take them, an image of numbers cannot."""
    edged = [item for item in found.objects if not is_neutral(item.matte)]
    names = ", ".join(item.name for item in edged)
    if not edged:
        return []
    if file_format is ExportFormat.PNG_INDEXED:
        return [Finding(NoticeKind.WARNING, f"Indexed PNG leaves the matte edge out that is set for {names}.")]
    soft = any(is_soft(item.matte) for item in edged)
    greys = ", so the masks have greys" if soft and file_format is ExportFormat.PNG else ""
    return [Finding(NoticeKind.INFO, f"With the matte edge that is set for {names}{greys}.")]
