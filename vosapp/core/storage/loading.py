"""load_history: reads a project file into a history; of a damaged file as much as is certain, with a report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import count, takewhile

from vosapp.core.document import Document, RotoObject
from vosapp.core.frame_map import Chunk, FrameMap
from vosapp.core.history import History, Step, Version
from vosapp.core.mask import Digest
from vosapp.core.storage.json_checks import MAX_INDEX, DamageError
from vosapp.core.storage.reader import ProjectReader
from vosapp.core.storage.rows import StateRow, StepRow
from vosapp.core.storage.tree import Gaps, masks_of, shape_masks_of, trimap_masks_of
from vosapp.core.timeline import numbers_text

Load = Callable[[bytes], Document]


@dataclass(frozen=True, slots=True)
class Loaded:
    """Content of a project file.

    Attributes:
        history: the present is in memory, other versions are read when they are needed.
        masks: digests of the masks in the file.
        report: sentences about what is missing or broken; empty when the file is whole as far as this can tell.
    """

    history: History
    masks: set[Digest]
    report: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Present:
    position: int
    root: bytes
    document: Document


def load_history(reader: ProjectReader, load: Load) -> Loaded:
    """Reads the history of a project.

    Args:
        reader: of the file.
        load: reads a version by its digest, when it is needed.

    Raises:
        DamageError: no version of the document is whole.
    """
    report: list[str] = []
    state = _state(reader, report)
    rows = _rows(reader, state, report)
    present = _present(reader, state, rows, report)
    first, last = _around(rows, present.position)
    if state is not None and (first, last) != (state.first, state.last):
        lost = (state.last - state.first) - (last - first)
        report.append(f"{lost} steps that could be undone or redone are lost.")
    masks = _masks(reader, report)
    document = _without_missing(present.document, masks, report)
    versions: dict[bytes, Version] = {}

    def version(root: bytes) -> Version:
        if root not in versions:
            versions[root] = Version(load=partial(load, root), digest=root)
        return versions[root]

    versions[present.root] = Version(document, digest=None if report else present.root)
    steps = [
        Step(row.label, version(row.root), version(row.made_on) if row.made_on else None, row.size_bytes)
        for row in (rows[position] for position in range(first, last + 1))
    ]
    return Loaded(History.of_steps(steps, present.position - first, forgotten=first), masks, tuple(report))


def _state(reader: ProjectReader, report: list[str]) -> StateRow | None:
    try:
        return reader.state()
    except DamageError as error:
        report.append(error.message)
        return None


def _rows(reader: ProjectReader, state: StateRow | None, report: list[str]) -> dict[int, StepRow]:
    try:
        return reader.steps(*((state.first, state.last) if state else (0, MAX_INDEX)))
    except DamageError as error:
        report.append(error.message)
        return {}


def _present(reader: ProjectReader, state: StateRow | None, rows: dict[int, StepRow], report: list[str]) -> _Present:
    """The present, or the newest version before it that is whole. Makes sure that its position has a row."""
    if state is not None:
        rows.setdefault(state.head, StepRow("", state.root, None, 0))
        if rows[state.head].root == state.root:
            gaps = Gaps()
            try:
                document = reader.document(state.root, gaps)
            except DamageError as error:
                report.append(error.message)
            else:
                report.extend(gaps.sentences)
                return _Present(state.head, state.root, document)
    head = state.head if state else MAX_INDEX
    for position in sorted((p for p in rows if p <= head), reverse=True):
        row = rows[position]
        try:
            document = reader.document(row.root)
        except DamageError:
            continue
        report.append(f"The newest version cannot be read. This is the one after the step “{row.label or 'begin'}”.")
        return _Present(position, row.root, document)
    raise DamageError("no version of the document is whole")


def _around(rows: Mapping[int, StepRow], position: int) -> tuple[int, int]:
    """First and last position of the unbroken row of steps around one."""
    first = position - sum(1 for _ in takewhile(rows.__contains__, count(position - 1, -1)))
    last = position + sum(1 for _ in takewhile(rows.__contains__, count(position + 1)))
    return first, last


def _masks(reader: ProjectReader, report: list[str]) -> set[Digest]:
    try:
        return reader.mask_digests()
    except DamageError as error:
        report.append(error.message)
        return set()


def _without_missing(document: Document, masks: set[Digest], report: list[str]) -> Document:
    """The document without the cells whose masks are not in the file: an empty frame is seen, a gap inside is not."""
    for one in document.objects:
        chunks = FrameMap.of(one.cells).chunks.values()
        holed = [chunk for chunk in chunks if not masks.issuperset(masks_of(chunk))]
        missing = [
            frame
            for chunk in holed
            for frame, cell in chunk.values.items()
            if not masks.issuperset(masks_of(Chunk({frame: cell})))
        ]
        if missing:
            document = document.with_object(one.with_cells(dict.fromkeys(missing)))
            report.append(_missing_sentence(one, missing, document.clip.first_number if document.clip else 0))
    return _without_missing_trimaps(_without_holed_shapes(document, masks, report), masks, report)


def _without_holed_shapes(document: Document, masks: set[Digest], report: list[str]) -> Document:
    """The document without the points of shapes that could not be taken back; their masks stay as they are."""
    for one in document.objects:
        chunks = FrameMap.of(one.cells).chunks.values()
        frames = [
            frame
            for chunk in chunks
            if not masks.issuperset(shape_masks_of(chunk))
            for frame, cell in chunk.values.items()
            if cell.shape is not None and not masks.issuperset(cell.shape.digests)
        ]
        if frames:
            changes = {frame: replace(one.cells[frame], shape=None) for frame in frames}
            document = document.with_object(one.with_cells(changes))
            first_number = document.clip.first_number if document.clip else 0
            numbers = numbers_text(frames, first_number=first_number)
            report.append(f"The points of shapes of {one.name} on frames {numbers} are missing.")
    return document


def _without_missing_trimaps(document: Document, masks: set[Digest], report: list[str]) -> Document:
    """The document without the trimaps whose pixels are not in the file."""
    for one in document.objects:
        if masks.issuperset(trimap_masks_of(one)):
            continue
        whole = tuple(painted for painted in one.trimaps if masks.issuperset(painted[1].digests))
        document = document.with_object(replace(one, trimaps=whole))
        missing = [frame for frame, _ in one.trimaps if frame not in dict(whole)]
        first_number = document.clip.first_number if document.clip else 0
        numbers = numbers_text(missing, first_number=first_number)
        report.append(f"What was painted over the edge of {one.name} on frames {numbers} is missing.")
    return document


def _missing_sentence(one: RotoObject, frames: Iterable[int], first_number: int) -> str:
    return f"The masks of {one.name} on frames {numbers_text(frames, first_number=first_number)} are missing."
