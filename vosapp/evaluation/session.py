"""A session with an imagined artist, who knows the truth: look, fix the largest error, propagate, look again.

The artist is given frames, sees whether a mask is right (J at least the goal), approves it where it is, and mends it
where it is not: stroke by stroke, each the true mask around the largest error left. Then only the frames up to the
next anchors and approved frames are made anew, as in the window. A session ends when every frame is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import cv2
import numpy as np

from vosapp.core.document import OBJECT_COLOURS, Cell, Document, MaskStore, ObjectId, Origin, RotoObject
from vosapp.core.mask import BoolImage, Mask
from vosapp.core.store import MemoryMaskStore
from vosapp.core.timeline import Direction, FrameRange
from vosapp.data.truth import TruthClip
from vosapp.engine.run.plan import RunPlan, writes_any
from vosapp.engine.run.propagation import propagate
from vosapp.evaluation.corrections import Choice, ClipSource
from vosapp.evaluation.report.as_text import plain_table
from vosapp.evaluation.report.numbers import percent
from vosapp.evaluation.run import BuildPropagator
from vosapp.evaluation.scores import mean
from vosapp.metrics.davis import jaccard

GOAL = 0.90
EVERY = 10  # frames from one look to the next where frames are not chosen by doubt
AROUND_PX = 10  # how far around an error the artist's stroke sets things right


@dataclass
class SessionCurve:
    """How a session went.

    Attributes:
        right: share of the frames that are right, after 0, 1 ... corrections.
        j: mean J of all frames, at the same moments.
        stroke_px: length of each correction's stroke.
        looks: frames that the artist looked at, right ones too.
    """

    right: list[float] = field(default_factory=list)
    j: list[float] = field(default_factory=list)
    stroke_px: list[float] = field(default_factory=list)
    looks: int = 0

    @property
    def is_done(self) -> bool:
        """Whether every frame was right in the end."""
        return bool(self.right) and self.right[-1] >= 1.0

    def right_after(self, corrections: int) -> float:
        """Share of the frames that were right after so many corrections, or at the end where there were fewer."""
        return self.right[min(corrections, len(self.right) - 1)]


def simulate_session(clip: TruthClip, build: BuildPropagator, *, limit: int, choice: Choice) -> SessionCurve:
    """One session on a clip, from the true mask of the first frame.

    Args:
        clip: with the truth of every frame.
        build: makes a fresh propagator.
        limit: most corrections.
        choice: DOUBT gives the artist the most doubtful frame next, TENTH every tenth one, WORST the worst one.
    """
    session = _Session(clip, build)
    session.propagate(FrameRange(0, clip.frame_count - 1))
    curve = session.curve
    session.note()
    while not curve.is_done and len(curve.stroke_px) < limit:
        frame = session.next_frame(choice)
        if frame is None:
            break
        session.work_on(frame, limit)
    return curve


class _Session:
    """A document that the artist works on, and what the truth says of it."""

    def __init__(self, clip: TruthClip, build: BuildPropagator) -> None:
        self.curve = SessionCurve()
        self._clip = clip
        self._build = build
        self._store: MaskStore = MemoryMaskStore()
        self._source = ClipSource(clip)
        self._looked_at: set[int] = set()
        first = clip.truth(0)
        ids = [item.id for item in clip.objects if first[item.id].any()]
        self._j: dict[ObjectId, dict[int, float]] = {object_id: {} for object_id in ids}
        colours = OBJECT_COLOURS
        self._document = Document(
            objects=tuple(
                RotoObject(i, str(i), colours[i % len(colours)], MappingProxyType({0: self._anchor(first[i])}))
                for i in ids
            )
        )
        self._frames = [frame for frame in clip.annotated if frame > 0]

    def note(self) -> None:
        """Notes how good all frames are now."""
        values = [j for frames in self._j.values() for j in frames.values()]
        self.curve.right.append(mean(float(j >= GOAL) for j in values))
        self.curve.j.append(mean(values))

    def next_frame(self, choice: Choice) -> int | None:
        """The frame to look at next, None when there is none left."""
        left = [frame for frame in self._frames if frame not in self._looked_at]
        if not left:
            return None
        if choice is Choice.TENTH:
            return next((frame for frame in left if frame % EVERY == 0), left[0])
        if choice is Choice.WORST:
            return min(left, key=lambda frame: min(j[frame] for j in self._j.values()))
        return max(left, key=self._doubt)

    def work_on(self, frame: int, limit: int) -> None:
        """Looks at a frame, approves what is right and mends what is not; then the frames around it are made anew."""
        self.curve.looks += 1
        self._looked_at.add(frame)
        truth, mended = self._clip.truth(frame), False
        for object_id in self._j:
            while self._j[object_id][frame] < GOAL and len(self.curve.stroke_px) < limit:
                if mended:
                    self.note()  # of the stroke before, which was not propagated
                self._mend(object_id, frame, truth[object_id])
                mended = True
            self._lock(object_id, frame)
        if mended:
            self.propagate(self._between_barriers(frame))
            self.note()

    def propagate(self, within: FrameRange) -> None:
        """Carries the masks through a range in both directions."""
        plan = RunPlan(tuple(self._j), within, Direction.BOTH, engine="measured")
        if not writes_any(self._document, plan):
            return
        cells: dict[ObjectId, dict[int, Cell | None]] = {object_id: {} for object_id in self._j}
        for result in propagate(self._source, self._document, self._store, plan=plan, build=self._build):
            for object_id, mask in result.masks.items():
                item = self._document.object(object_id)
                old = item.cells.get(result.frame_index)
                if old is not None and old.is_barrier:
                    continue
                sources, doubt = result.sources[object_id], result.doubt[object_id]
                cells[object_id][result.frame_index] = _predicted(self._store, mask, sources, doubt)
                self._score(object_id, result.frame_index, mask.array())
        for object_id, changes in cells.items():
            self._document = self._document.with_object(self._document.object(object_id).with_cells(changes))

    def _mend(self, object_id: ObjectId, frame: int, truth: BoolImage) -> None:
        cell = self._document.object(object_id).cells[frame]
        mended, length_px = mend_largest_error(self._store.get(cell.base).array(), truth)
        self.curve.stroke_px.append(length_px)
        item = self._document.object(object_id)
        self._document = self._document.with_object(item.with_cells({frame: self._anchor(mended)}))
        self._score(object_id, frame, mended)

    def _lock(self, object_id: ObjectId, frame: int) -> None:
        item = self._document.object(object_id)
        cell = item.cells[frame]
        if not cell.is_barrier:
            approved = Cell(cell.base, cell.origin, locked=True, engine=cell.engine, sources=cell.sources)
            self._document = self._document.with_object(item.with_cells({frame: approved}))

    def _between_barriers(self, frame: int) -> FrameRange:
        barriers = sorted({one for item in self._document.objects for one in item.barriers()} - {frame})
        first = max((one + 1 for one in barriers if one < frame), default=0)
        last = min((one - 1 for one in barriers if one > frame), default=self._clip.frame_count - 1)
        return FrameRange(first, last)

    def _doubt(self, frame: int) -> float:
        cells = (item.cells.get(frame) for item in self._document.objects)
        return max((cell.doubt or 0.0 for cell in cells if cell is not None), default=0.0)

    def _score(self, object_id: ObjectId, frame: int, mask: BoolImage) -> None:
        if frame in self._frames:
            self._j[object_id][frame] = jaccard(mask, self._clip.truth(frame)[object_id])

    def _anchor(self, mask: BoolImage) -> Cell:
        return Cell(self._store.put(Mask.from_array(mask)))


def _predicted(store: MaskStore, mask: Mask, sources: tuple[int, ...], doubt: float) -> Cell:
    return Cell(store.put(mask), Origin.PREDICTED, engine="measured", sources=sources, doubt=doubt)


def mend_largest_error(mask: BoolImage, truth: BoolImage) -> tuple[BoolImage, float]:
    """A mask with the true one around its largest error, and how long a stroke does that, in pixels.

    The stroke is of a brush as wide as the error's widest place, so that its length is the error's area over that
    width. Where nothing is wrong the mask stays, at a length of 0.
    """
    error = (mask != truth).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(error, connectivity=8)
    if count < 2:
        return mask, 0.0
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    left, top = stats[largest, cv2.CC_STAT_LEFT], stats[largest, cv2.CC_STAT_TOP]
    width, height = stats[largest, cv2.CC_STAT_WIDTH], stats[largest, cv2.CC_STAT_HEIGHT]
    rows = slice(max(top - AROUND_PX, 0), top + height + AROUND_PX)
    columns = slice(max(left - AROUND_PX, 0), left + width + AROUND_PX)
    mended = mask.copy()
    mended[rows, columns] = truth[rows, columns]
    piece = np.pad((labels[rows, columns] == largest).astype(np.uint8), 1)
    widest = 2 * float(cv2.distanceTransform(piece, cv2.DIST_L2, cv2.DIST_MASK_PRECISE).max())
    return mended, float(stats[largest, cv2.CC_STAT_AREA]) / max(widest, 1.0)


def sessions_as_text(curves: dict[Choice, dict[str, SessionCurve]], limit: int) -> str:
    """How many corrections each clip took and how many frames were right on the way, for each way to choose frames."""
    names = [choice.value for choice in curves]
    first = next(iter(curves.values()))
    rows: list[tuple[str, ...]] = [
        ("clip", *(f"{what}, {name}" for name in names for what in ("corrections", "stroke px", "looks", "right")))
    ]
    for clip in first:
        rows.append((clip, *(text for by_clip in curves.values() for text in _counts(by_clip[clip]))))
    steps: list[tuple[str, ...]] = [("right after", *map(str, range(limit + 1)))]
    for choice, by_clip in curves.items():
        shares: Sequence[float] = [mean(c.right_after(k) for c in by_clip.values()) for k in range(limit + 1)]
        steps.append((choice.value, *map(percent, shares)))
    return f"{plain_table(rows)}\n\n{plain_table(steps)}"


def _counts(curve: SessionCurve) -> tuple[str, ...]:
    done = "" if curve.is_done else "+"
    return f"{len(curve.stroke_px)}{done}", f"{sum(curve.stroke_px):.0f}", str(curve.looks), percent(curve.right[-1])
