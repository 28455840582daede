"""What the user chose in the export dialog."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from vosapp.export.formats import ExportFormat
from vosapp.export.raster import RasterChoice
from vosapp.export.recipe import ExrOptions, MissingMasks, Timing


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
    RESUME = "resume"


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
        premultiplied, pad_to_source, sound, raster, timing, exr, resume: as `Recipe` has them.
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
    resume: bool = False
