"""Turns the export dialog's fields into requests and checks them before anything is written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from vosapp.core.document import Document, RotoObject
from vosapp.core.timeline import FrameRange
from vosapp.export.formats import FORMATS, AlphaKind, Content, ExportFormat, Family, Purpose
from vosapp.export.place.names import name_of_clip, plain_name
from vosapp.export.recipe import Recipe, Timing
from vosapp.export.shapes.formats import SHAPE_FORMATS, ShapeFormat, shape_format
from vosapp.presentation.requests.export_choice import ExportChoice, Option, Scope
from vosapp.presentation.requests.export_findings import Finding, LookedOver
from vosapp.presentation.requests.run import active_object
from vosapp.presentation.status import WorkStatus
from vosapp.presentation.view_state import ViewState

_OLD_NAMES = {
    ExportFormat.PNG: "masks",
    ExportFormat.PNG_INDEXED: "indexed masks",
    ExportFormat.PRORES_4444: "matte",
}
SHAPES_TITLE = "Shapes to edit"


@dataclass(frozen=True, slots=True)
class Product:
    """One line of the list of formats.

    Attributes:
        choice: the format, or the name of a kind of shapes.
        title, facts: for people.
    """

    choice: ExportFormat | str
    title: str
    facts: str


@dataclass(frozen=True, slots=True)
class ShapeRequest:
    """Shapes to export.

    Attributes:
        format: for which program.
        path: the file, or the folder of SVG.
        object_ids: None takes all.
        tolerance_px: how near they keep to the masks.
        overwrite: whether what is there may be replaced.
    """

    format: ShapeFormat
    path: Path
    object_ids: tuple[int, ...] | None
    tolerance_px: float
    overwrite: bool = False


Request = Recipe | ShapeRequest


@dataclass(frozen=True, slots=True)
class ExportDisplay:
    """The export dialog.

    Attributes:
        choice: its fields.
        facts: what there is to know of the format, in half a sentence.
        options: the fields that the format has.
        has_in_out, many_objects: whether those choices mean anything.
        target: the file or folder that will be written.
        findings: the pre-flight list.
        possible: whether the export can start, or wait for its turn.
        run: progress, or None.
        result: what the last export left, or None.
        result_path: what "Show in folder" shows.
        waiting: what is to be exported after the one that runs, in its order.
    """

    choice: ExportChoice
    facts: str
    options: frozenset[Option]
    has_in_out: bool
    many_objects: bool
    target: str
    findings: tuple[Finding, ...]
    possible: bool
    run: WorkStatus | None
    result: Finding | None = None
    result_path: str = ""
    waiting: tuple[str, ...] = ()


def products() -> tuple[tuple[str, tuple[Product, ...]], ...]:
    """The list of formats by what somebody exports for."""
    groups = []
    for purpose in Purpose:
        inside = [(kind, facts) for kind, facts in FORMATS.items() if facts.purpose is purpose]
        groups.append((purpose.value, tuple(Product(kind, f.title, f.summary) for kind, f in inside)))
    shapes = tuple(Product(one.name, one.title, "Bezier shapes that keep their points") for one in SHAPE_FORMATS)
    return (*groups, (SHAPES_TITLE, shapes))


def requests(document: Document, state: ViewState, choice: ExportChoice) -> tuple[Request, ...]:
    """What is to be exported: one request, or one for each object."""
    if choice.scope is not Scope.EACH or len(document.objects) < 2:
        return (_request(document, state, choice, _chosen(document, state, choice)),)
    return tuple(_request(document, state, choice, item) for item in document.objects if item.cells)


def recipe(document: Document, state: ViewState, choice: ExportChoice) -> Recipe:
    """The recipe of a choice of files, for the first object where each has its own."""
    return _recipe(document, state, choice, _chosen(document, state, choice))


def _chosen(document: Document, state: ViewState, choice: ExportChoice) -> RotoObject | None:
    """The one object that an export is of; None for all."""
    if choice.scope is Scope.ACTIVE:
        return active_object(document, state)
    if choice.scope is Scope.EACH and len(document.objects) > 1:
        return next((item for item in document.objects if item.cells), None)
    return None


def _request(document: Document, state: ViewState, choice: ExportChoice, item: RotoObject | None) -> Request:
    if choice.shapes:
        kind = shape_format(choice.shapes)
        ids = None if item is None else (item.id,)
        return ShapeRequest(kind, target(document, state, choice, item), ids, choice.tolerance_px)
    return _recipe(document, state, choice, item)


def _recipe(document: Document, state: ViewState, choice: ExportChoice, item: RotoObject | None) -> Recipe:
    options = options_of(document, state, choice)
    last = document.clip.frame_count - 1 if document.clip else 0
    is_folder = choice.format.is_folder
    return Recipe(
        choice.format,
        target(document, state, choice, item),
        frames=None if choice.in_out else FrameRange(0, last),
        object_ids=None if item is None else (item.id,),
        missing=choice.missing,
        name=choice.name if is_folder else "",
        start_number=choice.start_number if is_folder else None,
        pad_to_source=choice.pad_to_source and Option.PAD in options,
        premultiplied=choice.premultiplied and Option.ALPHA in options,
        exr=choice.exr,
        raster=choice.raster,
        timing=choice.timing if Option.TIMING in options else Timing.CONFORM,
        sound=choice.sound and Option.SOUND in options,
        resume=choice.resume and Option.RESUME in options,
    )


def options_of(document: Document, state: ViewState, choice: ExportChoice) -> frozenset[Option]:
    """The fields that mean something for a format and this clip."""
    if choice.shapes:
        return frozenset({Option.TOLERANCE, Option.NAME})
    facts, info = choice.format.facts, state.shot.clip
    found = {Option.MISSING, Option.NAME}
    if choice.format.is_folder:
        found |= {Option.NUMBER, Option.RESUME}
    if len(facts.alphas) > 1 and AlphaKind.PREMULTIPLIED in facts.alphas:
        found.add(Option.ALPHA)
    if info is not None and info.raster is not None:
        found.add(Option.RASTER)
    if not choice.format.is_folder and info is not None and info.variable_rate:
        found.add(Option.TIMING)
    if facts.family is Family.MOVIE and info is not None and info.has_audio:
        found.add(Option.SOUND)
    if facts.family is Family.EXR and facts.content is not Content.CRYPTOMATTE:
        found.add(Option.EXR)
    if facts.content is Content.LAYERS:
        found.add(Option.PARTS)
    if document.in_out is not None and choice.in_out:
        found.add(Option.PAD)
    return frozenset(found)


def target(document: Document, state: ViewState, choice: ExportChoice, item: RotoObject | None) -> Path:
    """The file or folder to write, named after the project or clip.

    Args:
        document, state: what stands.
        choice: the fields.
        item: the one object that is exported, None for all.
    """
    clip = Path(document.clip.path) if document.clip else Path()
    folder = Path(choice.folder) if choice.folder else clip.parent
    shot = Path(state.shot.project.name).stem or clip.stem or "vosapp"
    one = item is not None and len(document.objects) > 1
    is_file = bool(choice.shapes) or not choice.format.is_folder
    name = f"{shot} {item.name}" if item is not None and one else shot
    if choice.shapes:
        kind = shape_format(choice.shapes)
        ending, suffix = "shapes" if kind.write is not None else "svg", kind.suffix if kind.write is not None else ""
    else:
        ending, suffix = _OLD_NAMES.get(choice.format, choice.format.value.replace("-", " ")), ""
        suffix = "" if choice.format.is_folder else choice.format.facts.suffix
    if is_file and choice.name:
        tokens = {"{clip}": name_of_clip(str(clip)), "{object}": item.name if item is not None else "all"}
        name = choice.name.removesuffix(suffix)
        for token, meaning in tokens.items():
            name = name.replace(token, meaning)
        if one and item is not None and "{object}" not in choice.name:
            name = f"{name} {item.name}"
        return folder / f"{plain_name(name) or 'vosapp'}{suffix}"
    return folder / f"{plain_name(f'{name} {ending}') or 'vosapp'}{suffix}"


def resolve_export(document: Document, state: ViewState, choice: ExportChoice, looked: LookedOver) -> ExportDisplay:
    """The dialog for a document, a choice, and what was found when its recipe was looked over."""
    wanted = requests(document, state, choice)  # none where each object is by itself and none has a mask
    first = wanted[0] if wanted else recipe(document, state, choice)
    return ExportDisplay(
        choice,
        facts=_facts(choice),
        options=options_of(document, state, choice),
        has_in_out=document.in_out is not None,
        many_objects=len(document.objects) > 1,
        target=str(first.path),
        findings=looked.findings,
        possible=looked.possible,
        run=state.shot.export,
    )


def _facts(choice: ExportChoice) -> str:
    if choice.shapes:
        kind = shape_format(choice.shapes)
        return f"Closed Bezier shapes for {kind.title}; their points keep their places over time."
    facts = choice.format.facts
    kinds = [kind.value for kind in facts.alphas if kind is not AlphaKind.NONE]
    alpha = f" · alpha {' or '.join(kinds)}" if kinds else ""
    return f"{facts.summary}. Bits: {facts.depth}{alpha} · {facts.value_range} range · for {facts.opened_in}"
