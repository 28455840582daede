"""Puts masks that come from outside into a document: as anchors, as approved frames, or as a hold-out."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from vosapp.core.document import Cell, Document, MaskStore, ObjectId, Origin
from vosapp.core.edits import add_object, check_size, reorder_object, write_cells
from vosapp.core.errors import MaskError
from vosapp.core.mask import Mask

MaskKey = int | str | None
"""The number of an object, its name, or None for the one object that all masks are of."""
HOLD_OUT_NAME = "Hold-out"
IMPORTED_ENGINE = "import"
"""What stands as the engine of approved frames that were imported."""


class MaskMeaning(enum.StrEnum):
    """Meaning of the numbers of a mask image."""

    AUTO = "auto"
    IDS = "ids"
    ALPHA = "alpha"
    LUMA = "luma"


class ImportRole(enum.Enum):
    """Role of imported masks in the document."""

    ANCHORS = "anchors"
    APPROVED = "approved"
    HOLD_OUT = "hold-out"


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """Options of an import.

    Attributes:
        role: what they become. A hold-out is an object in front of all others, of approved frames.
        target: the object that masks without number or name go to; None makes one.
        replace: whether masks that the user drew, painted or approved may be replaced.
    """

    role: ImportRole = ImportRole.ANCHORS
    target: ObjectId | None = None
    replace: bool = False


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """Result of an import.

    Attributes:
        frames: indices of frames that got a mask, by object.
        kept: by object, indices of frames where the user's own mask was left.
        locked: objects that would have got masks and are locked: they stay as they are, whatever the request says.
    """

    frames: Mapping[ObjectId, tuple[int, ...]] = field(default_factory=dict)
    kept: Mapping[ObjectId, tuple[int, ...]] = field(default_factory=dict)
    locked: tuple[ObjectId, ...] = ()


def with_imported(
    document: Document,
    store: MaskStore,
    found: Iterable[tuple[int, Mapping[MaskKey, Mask]]],
    request: ImportRequest,
) -> tuple[Document, ImportOutcome]:
    """The document with masks put in, and what became of them.

    What the user drew, painted or approved stays, unless the request allows replacing it. A locked object stays as it
    is in any case.

    Raises:
        MaskError: a mask has another size than the clip, or the number of an object that was removed.
    """
    by_key: dict[MaskKey, dict[int, Mask]] = {}
    for frame_index, masks in found:
        for key, mask in masks.items():
            check_size(document, mask)
            by_key.setdefault(key, {})[frame_index] = mask
    frames: dict[ObjectId, tuple[int, ...]] = {}
    kept: dict[ObjectId, tuple[int, ...]] = {}
    locked: list[ObjectId] = []
    for key in sorted(
        by_key, key=lambda one: (not isinstance(one, int), str(one) if not isinstance(one, int) else one)
    ):
        changed, object_id = _object_for(document, key, request)
        if changed.object(object_id).locked:
            locked.append(object_id)
            continue
        document, cells = changed, changed.object(object_id).cells
        own = {f for f in by_key[key] if not request.replace and f in cells and _is_users(cells[f])}
        changes = {f: _cell(store.put(mask), request.role) for f, mask in by_key[key].items() if f not in own}
        document = write_cells(document, object_id, dict(changes))
        frames[object_id] = tuple(sorted(changes))
        if own:
            kept[object_id] = tuple(sorted(own))
    return document, ImportOutcome(frames, kept, tuple(locked))


def _is_users(cell: Cell) -> bool:
    return cell.origin is Origin.DRAWN or cell.is_painted or (cell.locked and cell.engine != IMPORTED_ENGINE)


def _cell(digest: str, role: ImportRole) -> Cell:
    if role is ImportRole.ANCHORS:
        return Cell(digest, Origin.IMPORTED)
    return Cell(digest, Origin.PREDICTED, locked=True, engine=IMPORTED_ENGINE)


def _object_for(document: Document, key: MaskKey, request: ImportRequest) -> tuple[Document, ObjectId]:
    """The object that masks go to; it is made when it is missing."""
    if request.role is ImportRole.HOLD_OUT:
        name = HOLD_OUT_NAME if key is None else f"{HOLD_OUT_NAME} {key}"
        document, object_id = _named(document, name)
        return reorder_object(document, object_id, 0), object_id
    if isinstance(key, int):
        return with_object(document, key), key
    if isinstance(key, str):
        return _named(document, key)
    if request.target is not None:
        return document, document.object(request.target).id
    return add_object(document)


def _named(document: Document, name: str) -> tuple[Document, ObjectId]:
    known = next((item.id for item in document.objects if item.name == name), None)
    return add_object(document, name) if known is None else (document, known)


def with_object(document: Document, object_id: ObjectId) -> Document:
    """The document with an object of this id, the ids between staying unused.

    Raises:
        MaskError: the object was removed.
    """
    if any(item.id == object_id for item in document.objects):
        return document
    if object_id < document.next_object_id:
        raise MaskError(f"Object {object_id} was removed from this project.", "Use another number in the mask.")
    return add_object(replace(document, next_object_id=object_id))[0]
