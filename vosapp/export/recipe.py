"""Recipe: an export as data; the same recipe gives the same files from the window and the command line."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from pathlib import Path

from vosapp.core.document import ObjectId
from vosapp.core.errors import ExportError
from vosapp.core.timeline import FrameRange
from vosapp.export.formats import AlphaKind, ExportFormat
from vosapp.export.place.earlier import Place
from vosapp.export.raster import RasterChoice


class MissingMasks(enum.Enum):
    """Treatment of frames on which an object has no mask and is not declared absent."""

    EMPTY = "empty"
    SKIP = "skip"
    REFUSE = "refuse"


class Timing(enum.Enum):
    """Times of the frames in a movie, where the clip has a variable rate."""

    CONFORM = "conform"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class ExrOptions:
    """Options of EXR files.

    Attributes:
        is_float: 32 bits a sample; else half, 16 bits.
        compression: "zip", without loss, or "dwaa", small and lossy.
        multipart: whether each layer is a part of its own; most programs read a single part best.
    """

    is_float: bool = False
    compression: str = "zip"
    multipart: bool = False


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
        start_number: number of the first image; None keeps the clip's own numbers.
        pad_to_source: whether the whole clip's length is written, empty beyond `frames`.
        start_timecode: of the first frame of a movie; "" takes the clip's.
        premultiplied: whether colour is multiplied by alpha, where the format has the choice.
        exr: how EXR files are written.
        raster: of an anamorphic clip: its own pixels, or square ones.
        timing: CONFORM gives every frame of a movie the same length; KEEP the time it has in the clip.
        sound: whether a movie gets the clip's sound.
        resume: whether the images that a stopped export left are taken over, and left when this one stops.
    """

    format: ExportFormat
    path: Path
    frames: FrameRange | None = None
    object_ids: tuple[ObjectId, ...] | None = None
    missing: MissingMasks = MissingMasks.EMPTY
    overwrite: bool = False
    name: str = ""
    start_number: int | None = None
    pad_to_source: bool = False
    start_timecode: str = ""
    premultiplied: bool = False
    exr: ExrOptions = ExrOptions()
    raster: RasterChoice = RasterChoice.SOURCE
    timing: Timing = Timing.CONFORM
    sound: bool = False
    resume: bool = False

    @property
    def alpha(self) -> AlphaKind:
        """How colour and alpha go together. Raises ExportError when the format cannot have it so."""
        kinds = self.format.facts.alphas
        if not self.premultiplied:
            return kinds[0]
        if AlphaKind.PREMULTIPLIED not in kinds:
            raise ExportError(f"{self.format.facts.title} is not written premultiplied.", "Leave that choice out.")
        return AlphaKind.PREMULTIPLIED

    @property
    def place(self) -> Place:
        """Where the files go."""
        return Place(self.path, self.format.is_folder)
