"""Work that travels to another process or machine, and what comes back: frozen values that can be pickled.

Only masks and document steps travel. Footage is opened where the work is done, at the path that it has there.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from pathlib import Path

from vosapp.batch.settings import Machine
from vosapp.core.document import ClipRef, Document, MaskStore, ObjectId
from vosapp.core.mask import Digest, Mask
from vosapp.core.store import MemoryMaskStore
from vosapp.engine.run.pieces import Piece
from vosapp.engine.run.plan import RunPlan
from vosapp.export.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Baggage:
    """A document with the masks that it names."""

    document: Document
    masks: tuple[Mask, ...]

    @classmethod
    def of(cls, document: Document, store: MaskStore) -> Baggage:
        """Packs a document and every mask that it names."""
        digests: dict[Digest, None] = {}
        for item in document.objects:
            for cell in item.cells.values():
                digests.update(dict.fromkeys(d for d in (cell.base, cell.added, cell.removed) if d is not None))
            for _, trimap in item.trimaps:
                digests.update(dict.fromkeys(trimap.digests))
        return cls(document, tuple(store.get(digest) for digest in digests))

    def store(self) -> MemoryMaskStore:
        """The masks as a store."""
        store = MemoryMaskStore()
        for mask in self.masks:
            store.put(mask)
        return store


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What every task is told of where and how it is done.

    Attributes:
        machines: how machines find the files.
        threads: that the worker may use.
        memory_bytes: that it may take; 0 for no cap.
        stall_s: seconds without a finished frame after which it is ended.
        gpus: graphics cards that it takes on Ray.
        footage: path of the footage, as the driver writes it: work is best done where it lies.
    """

    machines: tuple[Machine, ...] = ()
    threads: int = 1
    memory_bytes: int = 0
    stall_s: float = 600.0
    gpus: float = 0.0
    footage: str = ""


@dataclass(frozen=True, slots=True)
class Survey:
    """Looks at a clip and reads the masks that a project is to begin with."""

    where: Circumstances
    clip: str
    masks: tuple[tuple[str, int | None], ...]
    mask_as: str


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What a survey found: the clip, and the masks of each object by frame index."""

    clip: ClipRef
    masks: tuple[tuple[int, dict[ObjectId, Mask]], ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PieceTask:
    """Computes one piece of a run.

    Attributes:
        piece_id: identifies the result.
        baggage: what the piece needs of the document.
        plan, piece: what to do.
        device: "auto", "cpu", "cuda" or "mps".
        folder: where the result is written; None to hand it back.
    """

    where: Circumstances
    piece_id: str
    baggage: Baggage
    plan: RunPlan
    piece: Piece
    device: str
    folder: Path | None


@dataclass(frozen=True, slots=True)
class PieceMade:
    """A finished piece.

    Attributes:
        piece_id: which one.
        data: the piece file, b"" when the worker wrote it itself.
    """

    piece_id: str
    data: bytes


@dataclass(frozen=True, slots=True)
class ExportShot:
    """Writes one export of a shot, at the path that the machine has for it."""

    where: Circumstances
    baggage: Baggage
    recipe: Recipe


@dataclass(frozen=True, slots=True)
class Exported:
    """An export: where it is as the driver writes it, how many files, and what the user should know."""

    path: str
    files: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Thumbnails:
    """Draws small pictures of frames with the masks over them."""

    where: Circumstances
    baggage: Baggage
    frames: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """Small pictures by frame index, as JPEG."""

    pictures: tuple[tuple[int, bytes], ...]


Task = Survey | PieceTask | ExportShot | Thumbnails
Value = Surveyed | PieceMade | Exported | Drawn


class Why(enum.Enum):
    """What kind of failure it was, which decides what happens next."""

    SHOT = "shot"  # the shot's own: it fails alone
    DISK_FULL = "disk full"  # hits every shot: the batch stops and goes on later
    WORKER_LOST = "worker lost"  # tried again elsewhere, then the shot's own
    NOT_BEGUN = "not begun"  # others' trouble kept it from beginning; tried again


@dataclass(frozen=True, slots=True)
class Done:
    """A task that was done.

    Attributes:
        value: what came of it.
        seconds: that it took.
        machine: where.
        notes: sentences for the user.
    """

    value: Value
    seconds: float
    machine: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Failed:
    """A task that was not done.

    Attributes:
        sentence: what happened and what to do.
        why: what kind of failure it was.
        detail: for whoever looks for a bug; may be empty.
    """

    sentence: str
    why: Why = Why.SHOT
    detail: str = ""


Ending = Done | Failed
