"""A run cut into pieces that do not depend on each other, so that several processes or machines can share it.

A piece is a leg of one direction: it begins where all objects that it follows are given. Nothing that an engine
carries crosses such a frame, so a piece gives the same masks alone as in the whole run, to the bit on the same kind of
processor with the same number of threads.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from vosapp.core.document import Document, ObjectId
from vosapp.core.frame_map import FrameMap
from vosapp.engine.run.plan import ObjectSpan, Pass, RunPlan, anchor_frames_of, schedule


@dataclass(frozen=True, slots=True)
class Piece:
    """One leg of one direction.

    Attributes:
        step: +1 forward, -1 backward.
        spans: what is predicted, each wholly in this piece.
        frames: the frames that are visited, in the order of the pass.
    """

    step: int
    spans: tuple[ObjectSpan, ...]
    frames: tuple[int, ...]


def pieces(document: Document, plan: RunPlan) -> list[Piece]:
    """The pieces of a run, in the order in which one process does them.

    Raises:
        EngineError: none of the objects has an anchor frame.
    """
    return [piece for run in schedule(document, plan) for piece in _pieces_of(run, plan)]


def _pieces_of(run: Pass, plan: RunPlan) -> list[Piece]:
    found = []
    for leg in run.legs(plan.start):
        inside = set(leg)
        spans = tuple(span for span in run.spans if span.seed in inside)
        found.append(Piece(run.step, spans, tuple(leg)))
    return found


def needed_by(document: Document, plan: RunPlan, piece: Piece) -> Document:
    """The document with no more than a piece needs: anchor frames of its shot, and the frames where spans begin.

    The rest need not travel to where the piece is computed. It is enough for `propagate_piece`, not for planning.
    """
    first, last = _shot_around(document, piece.frames[0])
    kept = []
    for item in document.objects:
        if item.id not in plan.object_ids:
            continue
        frames = {f for f in anchor_frames_of(item, plan) if first <= f < last} | _seeds(piece, item.id)
        cells = FrameMap.of({f: item.cells[f] for f in sorted(frames)})
        kept.append(replace(item, cells=cells))
    return replace(document, objects=tuple(kept))


def _seeds(piece: Piece, object_id: ObjectId) -> set[int]:
    return {span.seed for span in piece.spans if span.object_id == object_id}


def _shot_around(document: Document, frame_index: int) -> tuple[int, int]:
    """First frame of the shot around a frame, and the first one after it."""
    first = max((c for c in document.cuts if c <= frame_index), default=0)
    return first, min((c for c in document.cuts if c > frame_index), default=2**31)
