"""What the export dialog finds before anything is written: frames, gaps, matte edges, size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from vosapp.core.document import Document, RotoObject
from vosapp.core.errors import ExportError
from vosapp.core.timeline import FrameRange
from vosapp.export.formats import ExportFormat
from vosapp.export.preflight import Preflight, preflight
from vosapp.export.recipe import MissingMasks, Recipe
from vosapp.matte.settings_facts import has_edge, may_be_soft
from vosapp.presentation.requests.export_choice import ExportChoice, Scope
from vosapp.presentation.status import NoticeKind
from vosapp.presentation.text.formatting import bytes_text, rate_text


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


def look_export_over(document: Document, wanted: Recipe, choice: ExportChoice) -> LookedOver:
    """What the pre-flight says. Takes long for many objects on many frames; any thread may do it."""
    try:
        found = preflight(document, replace(wanted, frames=_whole(document)) if choice.shapes else wanted)
        return LookedOver(_findings(found, wanted, choice), possible=True)
    except ExportError as error:
        return LookedOver((Finding(NoticeKind.ERROR, str(error)),), possible=False)


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


def _whole(document: Document) -> FrameRange | None:
    return FrameRange(0, document.clip.frame_count - 1) if document.clip else None


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
    edged: Sequence[RotoObject] = [item for item in found.objects if has_edge(item)]
    names = ", ".join(item.name for item in edged)
    if not edged:
        return []
    if file_format is ExportFormat.PNG_INDEXED:
        return [Finding(NoticeKind.WARNING, f"Indexed PNG leaves the matte edge out that is set for {names}.")]
    soft = any(may_be_soft(item) for item in edged)
    greys = ", so the masks have greys" if soft and file_format is ExportFormat.PNG else ""
    return [Finding(NoticeKind.INFO, f"With the matte edge that is set for {names}{greys}.")]
