"""The propagation loop: anchors, a range and a direction become a stream of masks.

What a run never does: write on an anchor or an approved frame, cross a cut, leave its range. Those frames enter the
pass as given truth; between them the propagator predicts. Memory does not grow with the length of the clip: frames are
read as the pass reaches them and results leave as they are made.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from vosapp.core.document import Document, MaskStore, ObjectId
from vosapp.core.edits import composite
from vosapp.core.errors import Cancelled, EngineError
from vosapp.core.mask import Mask
from vosapp.engine.propagator import Prediction, Probability, Propagator
from vosapp.engine.run.frame_reader import read_in_order
from vosapp.engine.run.frame_result import FrameResult
from vosapp.engine.run.kept_states import KeptStates, Resuming
from vosapp.engine.run.leak_signs import LeakSigns, Sign
from vosapp.engine.run.meeting import Decided, Key, Meeting, Side, Spool
from vosapp.engine.run.pieces import Piece
from vosapp.engine.run.plan import ObjectSpan, RunPlan, anchor_frames_of, frame_count, nearest_anchors, schedule
from vosapp.video.source import RgbImage, VideoSource

_ABSENT = "absent"  # in place of the name of a mask


def propagate(
    source: VideoSource,
    document: Document,
    store: MaskStore,
    *,
    plan: RunPlan,
    build: Callable[[], Propagator],
    kept: KeptStates | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[FrameResult]:
    """Carries the masks of a document through a clip.

    Args:
        source: the clip, for this run alone.
        document, store: what stood when the run began.
        plan: what to do.
        build: makes a fresh propagator; called once for each leg of each direction at most.
        kept: states of the same engine from earlier runs on the same clip, which may be taken up, and where those of
            this run are kept. They change nothing in the result.
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
                walk = _Walk(run.spans, truth, source, propagator=Resuming(build, kept), meeting=spool)
                if kept is not None:
                    walk.damaged = kept.damaged
                for frame_index, rgb in read_in_order(source, leg, walk.damaged.add, before_each=stop_if_cancelled):
                    stop_if_cancelled()
                    done += 1
                    yield walk.visit(frame_index, rgb, done, total)
                del walk  # before the next propagator is built: two large networks may not fit beside each other


def prepare(
    source: VideoSource,
    document: Document,
    store: MaskStore,
    *,
    plan: RunPlan,
    build: Callable[[], Propagator],
    kept: KeptStates,
) -> None:
    """Brings an engine to where a run with this plan makes its first mask, and keeps that state for the run.

    Raises:
        EngineError, MediaError: as `propagate` does.
    """
    run = schedule(document, plan)[0]
    truth = _Truth(document, store, plan)
    walk = _Walk(run.spans, truth, source, propagator=Resuming(build, kept), meeting=_Sides())
    walk.damaged = kept.damaged
    seed = run.legs(plan.start)[0][0]
    for frame_index, rgb in read_in_order(source, [seed], walk.damaged.add):
        walk.visit(frame_index, rgb, 0, 1)
    walk.keep()


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
    walk = _Walk(piece.spans, _Truth(document, store, plan), source, propagator=Resuming(build, None), meeting=sides)

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

    def name(self, object_id: ObjectId, frame_index: int) -> str:
        """What tells this mask from others: made of the digests of what stands on the frame."""
        cell = self.document.cell(object_id, frame_index)
        return "" if cell is None else f"{cell.base} {cell.added} {cell.removed}"

    def nearest(self, object_id: ObjectId, frame_index: int, shot: range) -> list[int]:
        """Anchor frames of an object in a shot, the nearest ones up to a limit, ascending."""
        return nearest_anchors(self.frames[object_id], frame_index, shot)

    def anchor_count(self, object_id: ObjectId, shot: range) -> int:
        """How many anchors of an object a shot has; frames that were only approved are none."""
        cells = self.document.object(object_id).cells
        return sum(1 for f in self.frames[object_id] if f in shot and (cells[f].is_anchor or f == self.plan.start))

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
        propagator: Resuming,
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
        self._looked_at: set[int] = set()  # anchor frames whose damage nobody was told of
        self._leaks = LeakSigns()

    def keep(self) -> None:
        """Keeps the state that the propagator has come to."""
        self._propagator.keep()

    def visit(self, frame_index: int, rgb: RgbImage, done: int, total: int) -> FrameResult:
        """Moves to a frame."""
        if frame_index not in self._shot:
            self._shot = self._truth.shot(frame_index)
            self._drop(list(self._active))
        seeds = {span.object_id: span for span in self._seeds.get(frame_index, ())}
        self._drop([o for o, span in self._active.items() if o not in seeds and frame_index not in span.frames])
        self._looked_at.update(self._remember_ahead(seeds.values(), frame_index, rgb))
        shape = (rgb.shape[0], rgb.shape[1])
        given = {o: self._truth.probability(o, frame_index, shape) for o in seeds}
        self._active |= seeds
        document = self._truth.document
        for object_id in self._active.keys() - given.keys():
            if document.object(object_id).is_absent(frame_index):
                given[object_id] = np.zeros(shape, np.float32)
        names = tuple((o, self._truth.name(o, frame_index) if o in seeds else _ABSENT) for o in given)
        prediction = self._propagator.step(frame_index, rgb, given, names)
        written = [o for o in self._active if o not in given and frame_index in self._truth.plan.within]
        leaks = self._look_for_leaks(rgb, prediction, given)
        found = [self._decided(self._active[o], frame_index, prediction, leaks.get(o, ())) for o in written]
        made = {o: one for o, one in zip(written, found, strict=True) if one is not None}
        damaged = {f for f in (frame_index, *self._looked_at) if f in self.damaged}
        self._looked_at -= damaged
        return FrameResult(
            frame_index,
            masks={o: _binary(one.probability, shape) for o, one in made.items()},
            doubt={o: 1.0 if frame_index in self.damaged else one.doubt for o, one in made.items()},
            sources={o: one.sources for o, one in made.items()},
            engine=self._truth.plan.engine,
            done=done,
            total=total,
            damaged=tuple(sorted(damaged)),
            signs={o: one.signs for o, one in made.items() if one.signs},
            anchor_counts={o: self._truth.anchor_count(o, self._shot) for o in made},
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
            names = tuple((o, self._truth.name(o, frame)) for o in object_ids)
            self._propagator.remember(frame, names, partial(self._load, frame, object_ids, frame_index, rgb))
        return [frame for frame in frames if frame != frame_index]

    def _load(
        self, frame: int, object_ids: list[ObjectId], here: int, rgb: RgbImage
    ) -> tuple[RgbImage, dict[ObjectId, Probability]]:
        """Picture and masks of an anchor frame, which may be the one where the pass is."""
        picture = rgb if frame == here else self._source.frame(frame)
        if frame != here and self._source.is_damaged(frame):
            self.damaged.add(frame)
        shape = (picture.shape[0], picture.shape[1])
        return picture, {o: self._truth.probability(o, frame, shape) for o in object_ids}


def _binary(probability: NDArray[np.float32], shape: tuple[int, int]) -> Mask:
    if probability.shape != shape:
        raise EngineError(f"The engine returned a mask of {probability.shape} for a frame of {shape}.")
    return Mask.from_array(probability >= 0.5)
