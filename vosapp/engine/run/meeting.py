"""Meeting: joins the predictions of two passes between anchors, in one process or in several."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from types import TracebackType
from typing import NamedTuple, Protocol

from vosapp.core.document import ObjectId
from vosapp.engine.propagator import Probability
from vosapp.engine.run.blending import OneSided, Packed, blended, in_levels, packed, unpacked
from vosapp.engine.run.leak_signs import SIGN_DOUBT, Sign, directions_disagree

Key = tuple[ObjectId, int]


class Decided(NamedTuple):
    """Mask and doubt to write for one object on one frame."""

    probability: Probability
    doubt: float
    sources: tuple[int, ...]
    signs: tuple[Sign, ...] = ()


@dataclass(frozen=True, slots=True)
class Side:
    """Prediction of one pass for an object on a frame where it meets the other pass.

    Attributes:
        probability: (height, width) in 0..1.
        doubt: what the engine says, 0 to 1.
        signs: of a leak in this pass.
        frame_index: of the frame.
        anchor, far: the anchor frames that this pass and the other one come from.
        sources: the anchors that the prediction comes from.
    """

    probability: Probability
    doubt: float
    signs: tuple[Sign, ...]
    frame_index: int
    anchor: int
    far: int
    sources: tuple[int, ...]

    @property
    def distance(self) -> int:
        """Frames from its anchor."""
        return abs(self.frame_index - self.anchor)

    @property
    def is_nearer(self) -> bool:
        """Whether the anchor of this pass is the nearer one."""
        return self.distance < abs(self.frame_index - self.far)

    def alone(self) -> Decided:
        """What is written where the other pass has not been."""
        # Signs are for the user's eyes: which side counts more between anchors is decided by what the engine says.
        shown = max(self.doubt, SIGN_DOUBT) if self.signs else self.doubt
        return Decided(self.probability, shown, self.sources, self.signs)


def joined(forward: Side, probability: Probability, doubt: float) -> Decided:
    """What is written where both passes have been.

    Args:
        forward: what the forward pass found.
        probability, doubt: what the backward pass found, from `forward.far`; rounded as `in_levels` rounds.
    """
    own, other = forward.distance, abs(forward.frame_index - forward.far)
    near = OneSided(in_levels(forward.probability), forward.doubt, own)
    mixed, doubt, apart = blended(near, OneSided(probability, doubt, other))
    signs = (*(forward.signs if own <= other else ()), *directions_disagree(apart))
    if signs:
        doubt = max(doubt, SIGN_DOUBT)
    return Decided(mixed, doubt, tuple(sorted({forward.anchor, forward.far})), signs)


class Meeting(Protocol):
    """Takes what a pass found where it meets the other one, and says what to write of it now."""

    def meet(self, key: Key, side: Side) -> Decided | None:
        """What to write of an object on a frame; None for nothing yet."""


class Spool:
    """A `Meeting` of passes that follow each other. Keeps the backward pass in a temporary file for the forward one.

    Memory holds only where they are: a few numbers a frame. Use it in a `with` block.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="vosapp-")  # noqa: SIM115 - closed by __exit__
        self._places: dict[Key, tuple[int, int, tuple[int, int, int, int], float]] = {}

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def meet(self, key: Key, side: Side) -> Decided | None:
        """Keeps the backward pass and joins the forward one with it.

        The backward pass writes there already where its anchor is the nearer one, so that a run that is cancelled has
        left the better half.
        """
        if side.far < side.anchor:
            self.put(key, side.probability, side.doubt)
            return side.alone() if side.is_nearer else None
        kept = self.take(key, (side.probability.shape[0], side.probability.shape[1]))
        return side.alone() if kept is None else joined(side, *kept)

    def put(self, key: Key, probability: Probability, doubt: float) -> None:
        """Keeps a prediction under (object id, frame index)."""
        kept = packed(probability)
        place = self._file.seek(0, 2)
        self._file.write(kept.data)
        self._places[key] = (place, len(kept.data), kept.box, doubt)

    def take(self, key: Key, shape: tuple[int, int]) -> tuple[Probability, float] | None:
        """The prediction (height, width) and doubt under a key, or None; it is given once."""
        entry = self._places.pop(key, None)
        if entry is None:
            return None
        place, length, box, doubt = entry
        self._file.seek(place)
        return unpacked(Packed(self._file.read(length), box), shape), doubt
