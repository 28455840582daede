"""Measures an engine on a data set."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context

import cv2
import numpy as np

from vosapp.core.document import ObjectId
from vosapp.data.truth import Truth, TruthClip, TruthObject
from vosapp.evaluation.dataset import Dataset
from vosapp.evaluation.protocol import Protocol
from vosapp.evaluation.run import BuildPropagator, RunFrame, run_clip
from vosapp.evaluation.scores import ClipScore, FrameScore, ObjectScore
from vosapp.metrics.davis import boundary_f, jaccard

FrameDone = Callable[[str, int, int], None]
"""Told (clip, frames done, frames in all) after every frame; only when everything runs in one process."""


@dataclass
class _Collector:
    """Gathers the scores of one clip while it runs."""

    clip: TruthClip
    protocol: Protocol
    scored: dict[ObjectId, list[FrameScore]] = field(default_factory=dict)
    seconds: float = 0.0
    frames: int = 0

    def __post_init__(self) -> None:
        self.wanted = {item.id: set(self.protocol.scored_frames(self.clip, item)) for item in self.clip.objects}

    def add(self, result: RunFrame) -> None:
        self.seconds += result.seconds
        self.frames += 1
        wanted = [i for i, frames in self.wanted.items() if result.frame_index in frames]
        truth = self.clip.truth(result.frame_index) if wanted else {}
        for object_id in wanted:
            self.scored.setdefault(object_id, []).append(score_frame(result, object_id, truth))

    def finish(self) -> ClipScore:
        return ClipScore(
            name=self.clip.name,
            objects=tuple(_object_score(item, self.scored.get(item.id, [])) for item in self.clip.objects),
            frame_count=self.frames,
            seconds=self.seconds,
        )


def score_frame(result: RunFrame, object_id: ObjectId, truth: Truth) -> FrameScore:
    """Scores one object on one frame; an object that the engine does not know has an empty mask."""
    true_mask = truth[object_id]
    mask = result.masks.get(object_id, np.zeros_like(true_mask))
    return FrameScore(
        frame_index=result.frame_index,
        j=jaccard(mask, true_mask),
        f=boundary_f(mask, true_mask),
        doubt=result.doubt.get(object_id, math.nan),
        truth_px=int(np.count_nonzero(true_mask)),
        result_px=int(np.count_nonzero(mask)),
    )


def score_clip(
    clip: TruthClip, protocol: Protocol, build: BuildPropagator, *, frame_done: FrameDone | None = None
) -> ClipScore:
    """Runs a fresh propagator over a clip and scores it."""
    collector = _Collector(clip, protocol)
    for result in run_clip(clip, build()):
        collector.add(result)
        if frame_done is not None:
            frame_done(clip.name, result.frame_index + 1, clip.frame_count)
    return collector.finish()


def evaluate(
    dataset: Dataset, build: BuildPropagator, *, jobs: int = 1, frame_done: FrameDone | None = None
) -> Iterator[ClipScore]:
    """Measures an engine on every clip of a data set.

    Args:
        dataset: the clips.
        build: makes a fresh propagator; picklable when `jobs` is above 1.
        jobs: processes; each takes one clip at a time and one thread.
        frame_done: told after every frame when `jobs` is 1.

    Yields:
        One score a clip, in the order of the data set.
    """
    if jobs <= 1:
        for clip in dataset.clips:
            yield score_clip(clip, dataset.protocol, build, frame_done=frame_done)
        return
    # "spawn": a forked process would inherit the threads' locks of torch and OpenCV in an unknown state.
    with ProcessPoolExecutor(jobs, get_context("spawn"), initializer=_use_one_thread) as pool:
        waiting = [pool.submit(score_clip, clip, dataset.protocol, build) for clip in dataset.clips]
        try:
            for future in waiting:
                yield future.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _use_one_thread() -> None:
    cv2.setNumThreads(1)


def _object_score(item: TruthObject, frames: Sequence[FrameScore]) -> ObjectScore:
    return ObjectScore(item.id, item.first_frame, tuple(frames), item.category, item.seen)
