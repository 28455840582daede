"""FrameResult: the masks of a run on one frame, their doubt and where they came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vosapp.core.document import Finding, ObjectId
from vosapp.core.mask import Mask
from vosapp.core.run_overlay import RunChange
from vosapp.engine.run.leak_signs import Sign


@dataclass(frozen=True, slots=True)
class FrameResult:
    """What a run made on one frame. Only objects that were to be written are in it, so it may be empty.

    Attributes:
        frame_index: which frame.
        masks: the predicted mask of each object.
        doubt: how unsure each is, 0 (sure) to 1.
        sources: the anchors that each came from.
        engine: name of the engine.
        done, total: frames visited so far and in all, for progress; both passes of a run in two directions count.
        damaged: frames that this step looked at and whose picture is damaged or missing. A mask on such a frame follows
            the picture that stands in, and its doubt is 1.
        anchor_counts: of each object that was written how many of its anchors between the cuts the run knows.
        signs: why a mask is doubtful beside what the engine knows: signs of a leak. Objects without any are left out.
        findings: what is noted of each mask. Measured with the result, in the thread of the run: at 2160p that takes
            10 ms a mask, for which the window would stand still.
    """

    frame_index: int
    masks: Mapping[ObjectId, Mask]
    doubt: Mapping[ObjectId, float]
    sources: Mapping[ObjectId, tuple[int, ...]]
    engine: str
    done: int
    total: int
    damaged: tuple[int, ...] = ()
    signs: Mapping[ObjectId, tuple[Sign, ...]] = field(default_factory=dict)
    anchor_counts: Mapping[ObjectId, int] = field(default_factory=dict)
    findings: Mapping[ObjectId, Finding] = field(init=False)

    def __post_init__(self) -> None:
        """Measures the masks."""
        object.__setattr__(self, "findings", {o: self._finding(o, mask) for o, mask in self.masks.items()})

    def changes(self) -> list[RunChange]:
        """The masks as an `Editor` takes them."""
        return [
            RunChange(o, self.frame_index, mask, self.doubt[o], self.engine, self.sources[o], finding=self.findings[o])
            for o, mask in self.masks.items()
        ]

    def _finding(self, object_id: ObjectId, mask: Mask) -> Finding:
        rows, columns = (mask.array().sum(axis, dtype=np.int64) for axis in (1, 0))
        area = int(rows.sum())
        centre = (_middle(columns, area), _middle(rows, area)) if area else None
        reasons = tuple(sign.value for sign in self.signs.get(object_id, ()))
        return Finding(reasons, self.anchor_counts.get(object_id, 0), area, centre)


def _middle(counts: NDArray[np.int64], total: int) -> int:
    """The mean place of pixels that are counted by place."""
    return round(int(counts @ np.arange(len(counts))) / total)
