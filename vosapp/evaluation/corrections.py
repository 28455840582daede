"""Simulated corrections: how quickly an engine gets good when a patient artist mends one frame after the other.

The runs are those of the application: anchors, both directions, meeting in the middle.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from vosapp.core.document import OBJECT_COLOURS, Cell, Document, MaskStore, ObjectId, RotoObject
from vosapp.core.mask import Mask
from vosapp.core.store import MemoryMaskStore
from vosapp.core.timeline import Direction, FrameRange
from vosapp.data.truth import TruthClip
from vosapp.engine.run.plan import RunPlan
from vosapp.engine.run.propagation import propagate
from vosapp.evaluation.protocol import Protocol
from vosapp.evaluation.run import BuildPropagator
from vosapp.evaluation.scores import CorrectionCurve, mean
from vosapp.metrics.davis import jaccard
from vosapp.video.source import ClipInfo, RgbImage

_EVERY = 10


class Choice(enum.Enum):
    """Choice of the frame that gets its true mask next."""

    WORST = "worst"
    DOUBT = "doubt"
    TENTH = "tenth"


class ClipSource:
    """The pictures of a clip with ground truth as a `VideoSource`."""

    def __init__(self, clip: TruthClip) -> None:
        self._clip = clip
        height, width = clip.frame(0).shape[:2]
        self.info = ClipInfo(Path(clip.name), "sequence", height, width, clip.frame_count, Fraction(24))

    def frame(self, index: int) -> RgbImage:
        """See `VideoSource.frame`."""
        return self._clip.frame(index)

    def native(self, index: int) -> NDArray[np.generic]:
        """The same 8-bit picture."""
        return self._clip.frame(index)

    def is_damaged(self, index: int) -> bool:  # noqa: ARG002 - as every source answers
        """Never: clips with ground truth are whole."""
        return False

    def close(self) -> None:
        """Nothing is open."""


FrameTable = dict[ObjectId, dict[int, float]]
"""A number per object and frame."""


@dataclass
class Outcome:
    """One run on the scored frames: J, doubt and number of wrong pixels per object and frame."""

    j: FrameTable
    doubt: FrameTable
    wrong_px: FrameTable


def simulate_corrections(
    clip: TruthClip, protocol: Protocol, build: BuildPropagator, *, count: int, choice: Choice
) -> CorrectionCurve:
    """Propagates, corrects a frame with its true masks, propagates again, `count` times.

    Args:
        clip, protocol: what is measured and which frames count.
        build: makes a fresh propagator.
        count: number of corrections.
        choice: which frame is corrected next.

    Returns:
        Mean J of the scored frames that are not corrected, after each step. It ends early when no frame is left.
    """
    anchors = {item.id: {item.first_frame} for item in clip.objects if clip.truth(item.first_frame)[item.id].any()}
    scored = {item.id: protocol.scored_frames(clip, item) for item in clip.objects if item.id in anchors}
    chosen: list[int] = []
    outcome = _propagate_and_score(clip, build, anchors, scored)
    curve = [_mean_j(outcome.j, chosen)]
    for _ in range(count):
        frame = choose_frame(choice, outcome, chosen)
        if frame is None:
            break
        chosen.append(frame)
        for frames in anchors.values():
            if frame >= min(frames):
                frames.add(frame)
        outcome = _propagate_and_score(clip, build, anchors, scored)
        curve.append(_mean_j(outcome.j, chosen))
    return CorrectionCurve(tuple(chosen), tuple(curve))


def choose_frame(choice: Choice, outcome: Outcome, chosen: Collection[int]) -> int | None:
    """The next frame to correct: lowest mean J, highest doubt, or ten frames on; None when none is left.

    Of frames that are equally bad, such as all those on which an object is lost, it is the one with the most wrong
    pixels, because that is the one that an artist sees first.
    """
    frames = sorted({frame for scores in outcome.j.values() for frame in scores} - set(chosen))
    # An artist does not correct the only frame that would be left to look at.
    if len(frames) < 2:
        return None
    if choice is Choice.TENTH:
        due = _EVERY * (len(chosen) + 1)
        return next((f for f in frames if f >= due), None)
    if choice is Choice.WORST:
        return min(frames, key=lambda f: (mean(_on(outcome.j, f)), -sum(_on(outcome.wrong_px, f))))
    return max(frames, key=lambda f: max(_on(outcome.doubt, f), default=0.0))


def _on(table: FrameTable, frame: int) -> list[float]:
    return [values[frame] for values in table.values() if frame in values]


def _propagate_and_score(
    clip: TruthClip,
    build: BuildPropagator,
    anchors: Mapping[ObjectId, Collection[int]],
    scored: Mapping[ObjectId, Collection[int]],
) -> Outcome:
    """Every scored frame after one run in both directions from the anchors."""
    store = MemoryMaskStore()
    document = Document(objects=tuple(_anchored(clip, i, frames, store) for i, frames in anchors.items()))
    plan = RunPlan(tuple(anchors), FrameRange(0, clip.frame_count - 1), Direction.BOTH, engine="measured")
    right = {i: {frame: 1.0 for frame in anchors[i] if frame in scored[i]} for i in anchors}
    outcome = Outcome(right, {i: {} for i in anchors}, {i: {} for i in anchors})
    for result in propagate(ClipSource(clip), document, store, plan=plan, build=build):
        wanted = [i for i in result.masks if result.frame_index in scored[i]]
        truth = clip.truth(result.frame_index) if wanted else {}
        for object_id in wanted:
            mask = result.masks[object_id].array()
            outcome.j[object_id][result.frame_index] = jaccard(mask, truth[object_id])
            outcome.doubt[object_id][result.frame_index] = result.doubt[object_id]
            outcome.wrong_px[object_id][result.frame_index] = float(np.count_nonzero(mask != truth[object_id]))
    return outcome


def _anchored(clip: TruthClip, object_id: ObjectId, frames: Collection[int], store: MaskStore) -> RotoObject:
    cells = {f: Cell(store.put(Mask.from_array(clip.truth(f)[object_id]))) for f in sorted(frames)}
    colour = OBJECT_COLOURS[object_id % len(OBJECT_COLOURS)]
    return RotoObject(object_id, str(object_id), colour, MappingProxyType(cells))


def _mean_j(j: FrameTable, chosen: Collection[int]) -> float:
    return mean(mean(value for frame, value in scores.items() if frame not in chosen) for scores in j.values())
