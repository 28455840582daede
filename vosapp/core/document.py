"""The document: all that a user would be sad to lose, as frozen values.

Mask pixels are not here. A cell holds the digests of its masks; the pixels live in a `MaskStore`. Every change
makes a new `Document`; what did not change is shared between the two, so keeping many versions is cheap.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Protocol

from vosapp.core.errors import MaskError
from vosapp.core.frame_map import FrameMap
from vosapp.core.mask import Digest, Mask
from vosapp.core.pen_shape import DrawnShape
from vosapp.core.timeline import FrameRange
from vosapp.core.trimap import Trimap

ObjectId = int
Colour = tuple[int, int, int]

# Distinct for every eye: tests/unit/core/test_object_colours.py measures it. Objects take them in this order.
OBJECT_COLOURS: tuple[Colour, ...] = (
    (255, 87, 77),
    (64, 156, 255),
    (255, 255, 25),
    (153, 84, 125),
    (64, 255, 179),
    (255, 178, 232),
    (121, 64, 255),
    (255, 140, 25),
)


DOUBTFUL = 0.5  # a frame at least this doubtful is one to look at


class MaskStore(Protocol):
    """Mask pixels by digest. Storing the same mask twice keeps it once."""

    def put(self, mask: Mask) -> Digest:
        """Keeps the mask and returns its digest."""

    def get(self, digest: Digest) -> Mask:
        """The mask of a digest. Raises MaskError when it is missing or damaged."""

    def size_bytes(self, digest: Digest) -> int:
        """Bytes that a mask takes in memory, 0 when it is not there."""


class Origin(enum.Enum):
    """Source of a cell's mask. Drawn and imported masks are anchors."""

    DRAWN = "drawn"
    IMPORTED = "imported"
    PREDICTED = "predicted"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a run noted of a prediction beside its mask and its doubt.

    Attributes:
        reasons: names of the signs that made it doubtful; the engine may doubt a mask without any.
        anchor_count: how many anchors of the object, between the cuts around the frame, the run knew.
        area_px: pixels of the predicted mask.
        centre: (x, y) of their middle, in pixels; None for an empty mask.
    """

    reasons: tuple[str, ...] = ()
    anchor_count: int = 0
    area_px: int = 0
    centre: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One object on one frame: a base mask and, on predictions, the user's paint over it.

    Attributes:
        base: digest of the drawn, imported or predicted mask.
        origin: where the base came from.
        added, removed: the paint layer: digests of pixels that the user put in and took out. Never both at one
            pixel. Kept when a run renews the base.
        locked: the user approved this frame; no run writes here.
        stale: an anchor that this prediction came from has changed since.
        engine: name of the engine that predicted the base, else "".
        sources: frame indices of the anchors that the prediction came from.
        doubt: how unsure the prediction is, 0 (sure) to 1; None for anchors.
        finding: what else the run noted; None for anchors, and for masks of programs that noted nothing.
        shape: in the anchor's mask or in the paint layer as the user's last change of it, so that its points can be
            moved; None where something else was the last change.
    """

    base: Digest
    origin: Origin = Origin.DRAWN
    added: Digest | None = None
    removed: Digest | None = None
    locked: bool = False
    stale: bool = False
    engine: str = ""
    sources: tuple[int, ...] = ()
    doubt: float | None = None
    finding: Finding | None = None
    shape: DrawnShape | None = None

    @property
    def is_anchor(self) -> bool:
        """Whether the user made or confirmed this mask."""
        return self.origin is not Origin.PREDICTED

    @property
    def is_painted(self) -> bool:
        """Whether the user painted over a prediction."""
        return self.added is not None or self.removed is not None

    @property
    def is_barrier(self) -> bool:
        """Whether no run may write here."""
        return self.is_anchor or self.locked


# Where the edge of a matte comes from: the settings alone, the colours of the picture, or the refiner's network.
MATTE_EDGES = ("drawn", "fast", "quality")


@dataclass(frozen=True, slots=True)
class MatteSettings:
    """Settings that make a matte of an object's masks. Neutral values leave the mask as it is.

    Attributes:
        grow_px: pixels to grow the mask by; negative shrinks it.
        feather_px: width of the soft edge, half on either side of the outline.
        feather_in_px, feather_out_px: more softness on the inside and on the outside alone.
        smooth_px: how short bends of the outline are that are smoothed away.
        holes_px, specks_px: holes and parts up to this diameter go.
        black, white, gamma: levels of alpha: what becomes 0, what becomes 1, and above 1 a denser middle.
        edge: where the edge comes from, one of `MATTE_EDGES`.
        band_px: how far from the outline a refined edge may reach; 0 leaves it to the picture.
        steady: how much the frames around count against flicker where nothing moves, 0 to 1.
        decontaminate: how much of what is behind the object is taken out of the colours of its edge, 0 to 1.
    """

    grow_px: float = 0.0
    feather_px: float = 0.0
    feather_in_px: float = 0.0
    feather_out_px: float = 0.0
    smooth_px: float = 0.0
    holes_px: float = 0.0
    specks_px: float = 0.0
    black: float = 0.0
    white: float = 1.0
    gamma: float = 1.0
    edge: str = "drawn"
    band_px: float = 0.0
    steady: float = 0.0
    decontaminate: float = 0.0


KEYED_NUMBERS = ("grow_px", "feather_px", "smooth_px")  # of a matte, which may change over time


@dataclass(frozen=True, slots=True)
class MatteCurve:
    """Values over time of one number of a matte: straight between its keys, level before the first and after the last.

    Attributes:
        name: of the number, one of `KEYED_NUMBERS`.
        keys: (frame index, value), at least one, ascending.
    """

    name: str
    keys: tuple[tuple[int, float], ...]

    def at(self, frame_index: int) -> float:
        """The value on a frame."""
        before = max((key for key in self.keys if key[0] <= frame_index), default=self.keys[0])
        after = min((key for key in self.keys if key[0] >= frame_index), default=self.keys[-1])
        if before[0] >= after[0]:
            return before[1] if before[0] <= frame_index else after[1]
        share = (frame_index - before[0]) / (after[0] - before[0])
        return before[1] + share * (after[1] - before[1])


class JoinKind(enum.Enum):
    """What the matte of another object does to a matte: cut out of it, merged with it, or all that is kept of it."""

    SUBTRACT = "subtract"
    ADD = "add"
    INSIDE = "inside"


@dataclass(frozen=True, slots=True)
class MatteJoin:
    """Another object that goes into a matte.

    Attributes:
        object_id: of the other object; one that is gone does nothing.
        kind: what it does.
        is_held: where it has no mask, that of the nearest frame before stands for it.
    """

    object_id: ObjectId
    kind: JoinKind
    is_held: bool = False


@dataclass(frozen=True, slots=True)
class RotoObject:
    """One object of the shot.

    Attributes:
        id: stable, never reused; 1 and up.
        name, colour: for the user.
        cells: what stands on each frame. A frame that is missing has no mask yet.
        absences: ranges in which the user says that the object is not to be seen.
        matte: how masks become mattes.
        curves: numbers of the matte that change over time, at most one curve for each; elsewhere `matte` holds.
        joins: other objects that go into the matte, in order, where the object has a mask.
        trimaps: what the user painted over the matte's edge, by frame, ascending.
        muted: anchors and approved frames that engines are not shown, ascending; they stay as they are all the same.
        locked: the user is done with it: neither tools nor runs change its masks.
        engine: name of the engine that runs make its masks with, variants behind it; "" for the shot's.
    """

    id: ObjectId
    name: str
    colour: Colour
    cells: Mapping[int, Cell] = field(default_factory=FrameMap)
    absences: tuple[FrameRange, ...] = ()
    matte: MatteSettings = MatteSettings()
    curves: tuple[MatteCurve, ...] = ()
    joins: tuple[MatteJoin, ...] = ()
    trimaps: tuple[tuple[int, Trimap], ...] = ()
    muted: tuple[int, ...] = ()
    locked: bool = False
    engine: str = ""

    def matte_at(self, frame_index: int) -> MatteSettings:
        """How the mask of a frame becomes its matte."""
        if not self.curves:
            return self.matte
        values: dict[str, Any] = {curve.name: curve.at(frame_index) for curve in self.curves}
        return replace(self.matte, **values)

    def curve(self, name: str) -> MatteCurve | None:
        """The curve of a number, None where it is the same all the time."""
        return next((curve for curve in self.curves if curve.name == name), None)

    def trimap_at(self, frame_index: int) -> Trimap | None:
        """What is painted over the matte's edge on a frame, None where nothing is."""
        return dict(self.trimaps).get(frame_index) if self.trimaps else None

    def anchors(self) -> list[int]:
        """Frames whose mask the user made or confirmed, ascending."""
        return list(FrameMap.of(self.cells).derived(_anchors))

    def barriers(self) -> tuple[int, ...]:
        """Frames that no run may write: anchors and approved ones, ascending."""
        return FrameMap.of(self.cells).derived(_barriers)

    def given(self) -> tuple[int, ...]:
        """Anchors and approved frames that engines are shown, ascending."""
        barriers = self.barriers()
        return tuple(frame for frame in barriers if frame not in self.muted) if self.muted else barriers

    def stale(self) -> tuple[int, ...]:
        """Frames whose prediction came from a mask that has changed since, ascending."""
        return FrameMap.of(self.cells).derived(_stale)

    def is_absent(self, frame_index: int) -> bool:
        """Whether the user declared that the object is not to be seen on this frame."""
        return any(frame_index in absence for absence in self.absences)

    def with_cells(self, changes: Mapping[int, Cell | None]) -> RotoObject:
        """This object with some cells replaced; None removes a cell."""
        return replace(self, cells=FrameMap.of(self.cells).changed(changes))


def _anchors(cells: Mapping[int, Cell]) -> tuple[int, ...]:
    return tuple(frame for frame, cell in cells.items() if cell.is_anchor)


def _barriers(cells: Mapping[int, Cell]) -> tuple[int, ...]:
    return tuple(frame for frame, cell in cells.items() if cell.is_barrier)


def _stale(cells: Mapping[int, Cell]) -> tuple[int, ...]:
    return tuple(frame for frame, cell in cells.items() if cell.stale)


@dataclass(frozen=True, slots=True)
class ClipRef:
    """Reference to a clip: its path, and enough facts to find it again and to notice another file.

    Attributes:
        path: where it was last seen: a file, or the folder of an image sequence.
        height, width: of the display picture, in pixels.
        frame_count: number of frames.
        rate: frames a second.
        first_number: number of frame index 0 in the source's own numbering.
        size_bytes, sample_digest: of the media, to recognise it after a move.
        input_space: what the numbers of its pictures mean, as the user says; "" for what the media says itself.
    """

    path: str
    height: int
    width: int
    frame_count: int
    rate: Fraction
    first_number: int = 0
    size_bytes: int = 0
    sample_digest: str = ""
    input_space: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A shot and everything the user made of it.

    Attributes:
        clip: the media, None before one is opened.
        objects: from front to back, which decides who is seen where a format cannot hold overlap.
        next_object_id: the id that the next object gets.
        in_out: the part of the clip to work on and to export, None for all.
        cuts: first frames of new shots after the first, ascending. Nothing is propagated across a cut.
        not_cuts: frames of which the user says that no shot begins there, ascending; a search leaves them alone.
    """

    clip: ClipRef | None = None
    objects: tuple[RotoObject, ...] = ()
    next_object_id: ObjectId = 1
    in_out: FrameRange | None = None
    cuts: tuple[int, ...] = ()
    not_cuts: tuple[int, ...] = ()

    def object(self, object_id: ObjectId) -> RotoObject:
        """The object of an id. Raises MaskError when there is none."""
        for candidate in self.objects:
            if candidate.id == object_id:
                return candidate
        raise MaskError(f"There is no object {object_id} in this project.")

    def cell(self, object_id: ObjectId, frame_index: int) -> Cell | None:
        """What stands on a frame for an object, or None."""
        return self.object(object_id).cells.get(frame_index)

    def with_object(self, changed: RotoObject) -> Document:
        """This document with the object of the same id replaced."""
        self.object(changed.id)
        return replace(self, objects=tuple(changed if o.id == changed.id else o for o in self.objects))

    def working_range(self) -> FrameRange:
        """In to out, or the whole clip. Raises MaskError without a clip."""
        if self.clip is None:
            raise MaskError("Open a clip first.")
        return self.in_out or FrameRange(0, self.clip.frame_count - 1)
