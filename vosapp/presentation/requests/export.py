"""Turns the export dialog's fields into requests and checks them before anything is written."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from vosapp.core.document import Document, RotoObject
from vosapp.core.errors import ExportError
from vosapp.core.timeline import FrameRange
from vosapp.export.formats import FORMATS, AlphaKind, Content, ExportFormat, Family, Purpose
from vosapp.export.place.names import name_of_clip, plain_name
from vosapp.export.preflight import Preflight, preflight
from vosapp.export.raster import RasterChoice
from vosapp.export.recipe import ExrOptions, MissingMasks, Recipe, Timing
from vosapp.export.shapes.formats import SHAPE_FORMATS, ShapeFormat, shape_format
from vosapp.matte.settings_facts import is_neutral, is_soft
from vosapp.presentation.requests.run import active_object
from vosapp.presentation.status import NoticeKind, WorkStatus
from vosapp.presentation.text.formatting import bytes_text, rate_text
from vosapp.presentation.view_state import ViewState

_OLD_NAMES = {
    ExportFormat.PNG: "masks",
    ExportFormat.PNG_INDEXED: "indexed masks",
    ExportFormat.PRORES_4444: "matte",
}
SHAPES_TITLE = "Shapes to edit"


class Scope(enum.Enum):
    """Which objects an export is of."""

    ALL = "all"
    ACTIVE = "active"
    EACH = "each"


class Option(enum.Enum):
    """Fields of the dialog that only some formats have."""

    MISSING = "missing"
    NAME = "name"
    NUMBER = "number"
    ALPHA = "alpha"
    RASTER = "raster"
    TIMING = "timing"
    SOUND = "sound"
    EXR = "exr"
    PARTS = "parts"
    TOLERANCE = "tolerance"
    PAD = "pad"


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """What the dialog is set to.

    Attributes:
        format: what the files are.
        shapes: name of the kind of shapes that is exported instead; "" for files of `format`.
        in_out: only from in to out; else the whole clip.
        scope: which objects.
        missing: what happens to frames without a mask.
        folder: where the result goes; "" stands for the clip's own folder.
        name: pattern of names of images, or of the one file without its suffix; "" for the usual ones.
        start_number: of the first image; None for the clip's.
        premultiplied, pad_to_source, sound, raster, timing, exr: as `Recipe` has them.
        tolerance_px: of shapes.
    """

    format: ExportFormat = ExportFormat.PNG
    shapes: str = ""
    in_out: bool = True
    scope: Scope = Scope.ALL
    missing: MissingMasks = MissingMasks.EMPTY
    folder: str = ""
    name: str = ""
    start_number: int | None = None
    premultiplied: bool = False
    pad_to_source: bool = False
    sound: bool = False
    raster: RasterChoice = RasterChoice.SOURCE
    timing: Timing = Timing.CONFORM
    exr: ExrOptions = field(default_factory=ExrOptions)
    tolerance_px: float = 2.0


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
    )


def options_of(document: Document, state: ViewState, choice: ExportChoice) -> frozenset[Option]:
    """The fields that mean something for a format and this clip."""
    if choice.shapes:
        return frozenset({Option.TOLERANCE, Option.NAME})
    facts, info = choice.format.facts, state.shot.clip
    found = {Option.MISSING, Option.NAME}
    if choice.format.is_folder:
        found.add(Option.NUMBER)
    if len(facts.alphas) > 1 and AlphaKind.PREMULTIPLIED in facts.alphas:
        found.add(Option.ALPHA)
    if info is not None and info.raster is not None:
        found.add(Option.RASTER)
    if facts.family is Family.MOVIE and info is not None and info.variable_rate:
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


def look_export_over(document: Document, wanted: Recipe, choice: ExportChoice) -> LookedOver:
    """What the pre-flight says. Takes long for many objects on many frames; any thread may do it."""
    try:
        found = preflight(document, replace(wanted, frames=_whole(document)) if choice.shapes else wanted)
        return LookedOver(_findings(found, wanted, choice), possible=True)
    except ExportError as error:
        return LookedOver((Finding(NoticeKind.ERROR, str(error)),), possible=False)


def resolve_export(document: Document, state: ViewState, choice: ExportChoice, looked: LookedOver) -> ExportDisplay:
    """The dialog for a document, a choice, and what was found when its recipe was looked over."""
    first = requests(document, state, choice)[0] if document.objects else recipe(document, state, choice)
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


def _whole(document: Document) -> FrameRange | None:
    return FrameRange(0, document.clip.frame_count - 1) if document.clip else None


def size_finding(bytes_a_frame: int, frames: int, wanted: Recipe, free_bytes: int | None) -> Finding:
    """How large an export will be, and whether there is room for it.

    Args:
        bytes_a_frame: of one frame as it was written for a try.
        frames: how many there will be.
        wanted: the recipe.
        free_bytes: on the drive that it goes to; None where that is not known.
    """
    needed = bytes_a_frame * frames
    word = "At most" if wanted.format.facts.between_frames else "About"
    text = f"{word} {bytes_text(needed)}"
    if free_bytes is None:
        return Finding(NoticeKind.INFO, f"{text}.")
    kind = NoticeKind.WARNING if needed > free_bytes else NoticeKind.INFO
    return Finding(kind, f"{text}; {bytes_text(free_bytes)} are free there.")


def _facts(choice: ExportChoice) -> str:
    if choice.shapes:
        kind = shape_format(choice.shapes)
        return f"Closed Bezier shapes for {kind.title}; their points keep their places over time."
    facts = choice.format.facts
    kinds = [kind.value for kind in facts.alphas if kind is not AlphaKind.NONE]
    alpha = f" · alpha {' or '.join(kinds)}" if kinds else ""
    return f"{facts.summary}. Bits: {facts.depth}{alpha} · {facts.value_range} range · for {facts.opened_in}"


def _findings(found: Preflight, wanted: Recipe, choice: ExportChoice) -> tuple[Finding, ...]:
    clip, frames, objects = found.clip, len(found.frames), len(found.objects)
    first, last = found.frames[0] + clip.first_number, found.frames[-1] + clip.first_number
    what = f"{frames} frame{'s' * (frames != 1)} ({first} to {last}), {objects} object{'s' * (objects != 1)}"
    if choice.scope is Scope.EACH:
        what += " at a time"
    facts = f"{what}, {clip.width} × {clip.height}, {rate_text(clip.rate)} fps"
    lines = [Finding(NoticeKind.GOOD, facts)]
    if not choice.shapes:
        lines += _edge_findings(found, wanted.format)
    lines += [Finding(NoticeKind.WARNING, sentence) for sentence in found.warnings()]
    if choice.shapes:
        return tuple(lines)
    if found.missing and wanted.missing is MissingMasks.EMPTY:
        lines.append(Finding(NoticeKind.INFO, "Frames without a mask are written empty, so the count stays."))
    elif found.missing:
        lines.append(Finding(NoticeKind.INFO, "Frames on which no object has a mask are left out."))
    return tuple(lines)


def _edge_findings(found: Preflight, file_format: ExportFormat) -> list[Finding]:
    """What becomes of matte edges that were set: most formats take them, an image of numbers cannot."""
    edged: Sequence[RotoObject] = [item for item in found.objects if not is_neutral(item.matte)]
    names = ", ".join(item.name for item in edged)
    if not edged:
        return []
    if file_format is ExportFormat.PNG_INDEXED:
        return [Finding(NoticeKind.WARNING, f"Indexed PNG leaves the matte edge out that is set for {names}.")]
    soft = any(is_soft(item.matte) for item in edged)
    greys = ", so the masks have greys" if soft and file_format is ExportFormat.PNG else ""
    return [Finding(NoticeKind.INFO, f"With the matte edge that is set for {names}{greys}.")]
