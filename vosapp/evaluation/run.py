"""Drives a propagator over a clip with ground truth, as a benchmark does: true masks once, then frame by frame."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from vosapp.core.document import ObjectId
from vosapp.data.truth import BoolImage, TruthClip
from vosapp.engine.propagator import Probability, Propagator

BuildPropagator = Callable[[], Propagator]


@dataclass(frozen=True, slots=True)
class RunFrame:
    """What an engine made of one frame.

    Attributes:
        frame_index: of the frame.
        masks: (height, width) bool per object that the engine was given so far.
        doubt: per object, 0 (sure) to 1.
        given: objects whose true mask the engine was given on this frame.
        seconds: time of the step, without reading the picture.
    """

    frame_index: int
    masks: Mapping[ObjectId, BoolImage]
    doubt: Mapping[ObjectId, float]
    given: frozenset[ObjectId]
    seconds: float


def run_clip(clip: TruthClip, propagator: Propagator, *, last_frame: int | None = None) -> Iterator[RunFrame]:
    """Runs forward over a clip; every object's true mask is given on its first annotated frame and never again.

    Args:
        clip: the clip.
        propagator: a fresh one.
        last_frame: where to stop, the end unless told.

    Yields:
        One result for every frame from the first given mask on.
    """
    starts = sorted({item.first_frame for item in clip.objects})
    end = clip.frame_count if last_frame is None else min(clip.frame_count, last_frame + 1)
    for index in range(starts[0] if starts else end, end):
        picture = clip.frame(index)
        given = _given(clip, index) if index in starts else {}
        start = time.perf_counter()
        if given:
            propagator.remember(index, picture, given)
        prediction = propagator.step(index, picture, given or None)
        seconds = time.perf_counter() - start
        masks = {i: p >= 0.5 for i, p in prediction.probabilities.items()}
        yield RunFrame(index, masks, dict(prediction.doubt), frozenset(given), seconds)


def _given(clip: TruthClip, index: int) -> dict[ObjectId, Probability]:
    """True masks of the objects that begin here. One without any pixel cannot be followed and is left out."""
    truth = clip.truth(index)
    begins = [item.id for item in clip.objects if item.first_frame == index]
    return {i: truth[i].astype(np.float32) for i in begins if truth[i].any()}
