"""What to export, as data: the same recipe gives the same files from the window and the command line."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from pathlib import Path

from vosapp.core.document import ObjectId
from vosapp.core.timeline import FrameRange
from vosapp.export.earlier import Place
from vosapp.export.formats import ExportFormat


class MissingMasks(enum.Enum):
    """What to do with frames on which an object has no mask and is not declared absent."""

    EMPTY = "empty"
    SKIP = "skip"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Recipe:
    """One export.

    Attributes:
        format: what the files are.
        path: a folder for images, or the one file. Of several objects, mattes as images make a folder for each inside
            it; a movie holds them together in one alpha; indexed PNG holds ids, the object in front winning.
        frames: which frames; None takes the document's in and out, else the whole clip.
        object_ids: which objects; None takes all.
        missing: EMPTY writes an empty mask, so that as many frames come out as went in; SKIP leaves out frames on
            which no object stands; REFUSE writes nothing at all.
        overwrite: whether files of other origin may be replaced. Files of an earlier export always may.
        name: pattern of the names of images, as `FileNames` takes it; "" for the usual ones.
    """

    format: ExportFormat
    path: Path
    frames: FrameRange | None = None
    object_ids: tuple[ObjectId, ...] | None = None
    missing: MissingMasks = MissingMasks.EMPTY
    overwrite: bool = False
    name: str = ""

    @property
    def place(self) -> Place:
        """Where the files go."""
        return Place(self.path, self.format.is_folder)
