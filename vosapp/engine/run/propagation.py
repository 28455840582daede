"""The propagation loop: anchors, a range and a direction become a stream of masks.

What a run never does: write on an anchor or an approved frame, cross a cut, leave its range. Those frames enter the
pass as given truth; between them the propagator predicts. Memory does not grow with the length of the clip: frames are
read as the pass reaches them and results leave as they are made.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vosapp.core.document import Document, MaskStore, ObjectId
from vosapp.core.edits import composite
from vosapp.core.errors import Cancelled, EngineError
from vosapp.core.mask import Mask
from vosapp.core.run_overlay import RunChange
from vosapp.engine.propagator import Prediction, Probability, Propagator
from vosapp.engine.run.frame_reader import read_in_order
from vosapp.engine.run.leak_signs import LeakSigns, Sign
from vosapp.engine.run.meeting import Decided, Key, Meeting, Side, Spool
from vosapp.engine.run.pieces import Piece
from vosapp.engine.run.plan import ObjectSpan, RunPlan, anchor_frames_of, frame_count, schedule
from vosapp.video.source import RgbImage, VideoSource

MAX_REMEMBERED = 16  # anchors that a propagator is shown ahead of a pass, for each object: the nearest ones


@dataclass(frozen=True, slots=True)
class FrameResult:
    """Result of a run on one frame. Only objects that were to be written are in it, so it may be empty.

    Attributes:
        frame_index: which frame.
        masks: the predicted mask of each object.
        doubt: how unsure each is, 0 (sure) to 1.
        sources: the anchors that each came from.
        engine: name of the engine.
        done, total: frames visited so far and in all, for progress; both passes of a run in two directions count.
        damaged: frames that this step looked at and whose picture is damaged or missing. A mask on such a frame follows
            the picture that stands in, and its doubt is 1.
        signs: why a mask is doubtful beside what the engine knows: signs of a leak. Objects without any are left out.
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

    def changes(self) -> list[RunChange]:
        """The masks as an `Editor` takes them."""
        return [
            RunChange(o, self.frame_index, mask, self.doubt[o], self.engine, self.sources[o])
            for o, mask in self.masks.items()
        ]


def propagate(
    source: VideoSource,
    document: Document,
    store: MaskStore,
    *,
    plan: RunPlan,
    build: Callable[[], Propagator],
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[FrameResult]:
    """Carries the masks of a document through a clip.

    Args:
        source: the clip, for this run alone.
        document, store: what stood when the run began.
        plan: what to do.
        build: makes a fresh propagator; called once for each leg of each direction.
        cancelled: asked before a frame is read and before it is made.

    Yields:
        One result for every frame that is visited: pass by pass, and in each what is nearest to the plan's start
        first.

    Raises:
        EngineError: there is no anchor frame to start from, or a mask does not fit the clip.
        MediaError: a frame cannot be read.
        Cancelled: `cancelled` said so. Results so far stand.
    """
    passes = schedule(document, plan)
    total, done = frame_count(passes), 0
    truth = _Truth(document, store, plan)

    def stop_if_cancelled() -> None:
        if cancelled():
            raise Cancelled

    with Spool() as spool:
        for run in passes:
            for leg in run.legs(plan.start):
                # A propagator for each leg: what one of them carries ends with it, so that legs give the same masks
                # wherever they are computed.
                walk = _Walk(run.spans, truth, source, propagator=build(), meeting=spool)
                for frame_index, rgb in read_in_order(source, leg, walk.damaged.add, before_each=stop_if_cancelled):
                    stop_if_cancelled()
                    done += 1
                    yield walk.visit(frame_index, rgb, done, total)
                del walk  # before the next propagator is built: two large networks may not fit beside each other


@dataclass(frozen=True, slots=True)
class PieceFrame:
    """Result of a piece of a run on one frame.

    Attributes:
        result: what is written wherever the other pass does not come by.
        sides: what this pass found where the other one does, by object.
    """

    result: FrameResult
    sides: Mapping[ObjectId, Side]


def propagate_piece(
    source: VideoSource,
    document: Document,
    store: MaskStore,
    *,
    plan: RunPlan,
    piece: Piece,
    build: Callable[[], Propagator],
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[PieceFrame]:
    """Computes one of the pieces that `pieces` cuts a run into: alone, and to the bit as in the whole run.

    Args:
        source, document, store, plan, build, cancelled: as for `propagate`. Of the document the anchor frames and the
            frames where spans begin are enough.
        piece: which piece.

    Raises:
        EngineError, MediaError, Cancelled: as for `propagate`.
    """
    sides = _Sides()
    walk = _Walk(piece.spans, _Truth(document, store, plan), source, propagator=build(), meeting=sides)

    def stop_if_cancelled() -> None:
        if cancelled():
            raise Cancelled

    read = read_in_order(source, piece.frames, walk.damaged.add, before_each=stop_if_cancelled)
    for done, (frame_index, rgb) in enumerate(read, start=1):
        stop_if_cancelled()
        result = walk.visit(frame_index, rgb, done, len(piece.frames))
        yield PieceFrame(result, sides.take())


class _Sides:
    """A `Meeting` that hands over what a piece found, for a later join."""

    def __init__(self) -> None:
        self._found: dict[ObjectId, Side] = {}

    def meet(self, key: Key, side: Side) -> None:
        """Keeps what was found."""
        self._found[key[0]] = side

    def take(self) -> dict[ObjectId, Side]:
        """What was found since it was last asked."""
        found, self._found = self._found, {}
        return found


class _Truth:
    """The masks that a run takes as given."""

    def __init__(self, document: Document, store: MaskStore, plan: RunPlan) -> None:
        self.document = document
        self.plan = plan
        self._store = store
        self.frames = {object_id: anchor_frames_of(document.object(object_id), plan) for object_id in plan.object_ids}

    def probability(self, object_id: ObjectId, frame_index: int, shape: tuple[int, int]) -> Probability:
        """What stands on a frame, as 0 and 1."""
        cell = self.document.cell(object_id, frame_index)
        if cell is None:
            raise EngineError(f"Frame {frame_index} has no mask to start from.")
        mask = composite(self._store, cell)
        if mask.shape != shape:
            raise EngineError(
                f"The mask on frame {frame_index} has {mask.width}x{mask.height} pixels, "
                f"the clip {shape[1]}x{shape[0]}.",
                "Import the mask again at the size of the clip.",
            )
        return mask.array().astype(np.float32)

    def nearest(self, object_id: ObjectId, frame_index: int, shot: range) -> list[int]:
        """Anchor frames of an object in a shot, the nearest ones up to a limit, ascending."""
        within = [f for f in self.frames[object_id] if f in shot]
        return sorted(sorted(within, key=lambda f: abs(f - frame_index))[:MAX_REMEMBERED])

    def shot(self, frame_index: int) -> range:
        """The frames between the cuts around a frame."""
        first = max((c for c in self.document.cuts if c <= frame_index), default=0)
        last = min((c for c in self.document.cuts if c > frame_index), default=2**31)
        return range(first, last)


class _Walk:
    """Spans of one direction, followed by one propagator."""

    def __init__(
        self,
        spans: Sequence[ObjectSpan],
        truth: _Truth,
        source: VideoSource,
        *,
        propagator: Propagator,
        meeting: Meeting,
    ) -> None:
        self._truth = truth
        self._source = source
        self._propagator = propagator
        self._meeting = meeting
        self._seeds: dict[int, list[ObjectSpan]] = defaultdict(list)
        for span in spans:
            self._seeds[span.seed].append(span)
        self._active: dict[ObjectId, ObjectSpan] = {}
        self._remembered: set[tuple[ObjectId, int]] = set()
        self._shot = range(0)
        self.damaged: set[int] = set()
        self._leaks = LeakSigns()

    def visit(self, frame_index: int, rgb: RgbImage, done: int, total: int) -> FrameResult:
        """Moves to a frame."""
        if frame_index not in self._shot:
            self._shot = self._truth.shot(frame_index)
            self._drop(list(self._active))
        seeds = {span.object_id: span for span in self._seeds.get(frame_index, ())}
        self._drop([o for o, span in self._active.items() if o not in seeds and frame_index not in span.frames])
        looked_at = self._remember_ahead(seeds.values(), frame_index, rgb)
        shape = (rgb.shape[0], rgb.shape[1])
        given = {o: self._truth.probability(o, frame_index, shape) for o in seeds}
        self._active |= seeds
        document = self._truth.document
        for object_id in self._active.keys() - given.keys():
            if document.object(object_id).is_absent(frame_index):
                given[object_id] = np.zeros(shape, np.float32)
        prediction = self._propagator.step(frame_index, rgb, given)
        written = [o for o in self._active if o not in given and frame_index in self._truth.plan.within]
        leaks = self._look_for_leaks(rgb, prediction, given)
        found = [self._decided(self._active[o], frame_index, prediction, leaks.get(o, ())) for o in written]
        made = {o: one for o, one in zip(written, found, strict=True) if one is not None}
        return FrameResult(
            frame_index,
            masks={o: _binary(one.probability, shape) for o, one in made.items()},
            doubt={o: 1.0 if frame_index in self.damaged else one.doubt for o, one in made.items()},
            sources={o: one.sources for o, one in made.items()},
            engine=self._truth.plan.engine,
            done=done,
            total=total,
            damaged=tuple(sorted(f for f in (frame_index, *looked_at) if f in self.damaged)),
            signs={o: one.signs for o, one in made.items() if one.signs},
        )

    def _look_for_leaks(
        self, rgb: RgbImage, prediction: Prediction, given: Collection[ObjectId]
    ) -> dict[ObjectId, tuple[Sign, ...]]:
        """The signs of a leak of every object that this pass predicts."""
        return {
            o: self._leaks.look(o, rgb, probability >= 0.5, is_given=o in given)
            for o, probability in prediction.probabilities.items()
        }

    def _decided(
        self, span: ObjectSpan, frame_index: int, prediction: Prediction, signs: tuple[Sign, ...]
    ) -> Decided | None:
        """What to write of an object: between two anchors that blend, what the meeting of both passes says."""
        side = Side(
            prediction.probabilities[span.object_id],
            float(prediction.doubt[span.object_id]),
            signs,
            frame_index,
            anchor=span.anchor,
            far=span.anchor if span.far is None else span.far,
            sources=span.sources,
        )
        if span.far is None:
            return side.alone()
        return self._meeting.meet((span.object_id, frame_index), side)

    def _drop(self, object_ids: Collection[ObjectId]) -> None:
        if object_ids:
            self._propagator.forget(object_ids)
            self._leaks.forget(object_ids)
        for object_id in object_ids:
            del self._active[object_id]
        self._remembered = {(o, f) for o, f in self._remembered if o not in object_ids}

    def _remember_ahead(self, seeds: Collection[ObjectSpan], frame_index: int, rgb: RgbImage) -> list[int]:
        """Shows the propagator the anchor frames near a seed, once each and those of one frame together.

        Returns the frames that were read for it besides the seed's.
        """
        frames: dict[int, list[ObjectId]] = defaultdict(list)
        for span in seeds:
            for frame in self._truth.nearest(span.object_id, frame_index, self._shot):
                if (span.object_id, frame) not in self._remembered:
                    self._remembered.add((span.object_id, frame))
                    frames[frame].append(span.object_id)
        for frame, object_ids in sorted(frames.items()):
            picture = rgb if frame == frame_index else self._source.frame(frame)
            if frame != frame_index and self._source.is_damaged(frame):
                self.damaged.add(frame)
            shape = (picture.shape[0], picture.shape[1])
            self._propagator.remember(frame, picture, {o: self._truth.probability(o, frame, shape) for o in object_ids})
        return [frame for frame in frames if frame != frame_index]


def _binary(probability: NDArray[np.float32], shape: tuple[int, int]) -> Mask:
    if probability.shape != shape:
        raise EngineError(f"The engine returned a mask of {probability.shape} for a frame of {shape}.")
    return Mask.from_array(probability >= 0.5)
