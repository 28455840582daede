"""Drives a propagator over a clip with ground truth, as a benchmark does: true masks once, then frame by frame."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from vosapp.core.document import ObjectId
from vosapp.core.errors import MaskError
from vosapp.data.truth import BoolImage, TruthClip
from vosapp.engine.propagator import Probability, Propagator

BuildPropagator = Callable[[], Propagator]


@dataclass(frozen=True, slots=True)
class RunFrame:
    """Masks of an engine on one frame.

    Attributes:
        frame_index: of the frame.
        probabilities: (height, width) float32 per object that the engine was given so far.
        doubt: per object, 0 (sure) to 1.
        given: objects whose true mask the engine was given on this frame.
        seconds: time of the step, without reading the picture.
    """

    frame_index: int
    probabilities: Mapping[ObjectId, Probability]
    doubt: Mapping[ObjectId, float]
    given: frozenset[ObjectId]
    seconds: float

    def mask(self, object_id: ObjectId, shape: tuple[int, ...]) -> BoolImage:
        """The mask (height, width) of an object; empty when the engine does not know it."""
        probability = self.probabilities.get(object_id)
        return np.zeros(shape, np.bool_) if probability is None else probability >= 0.5


def run_clip(clip: TruthClip, propagator: Propagator) -> Iterator[RunFrame]:
    """Runs forward over a clip; every object's true mask is given on its first frame and never again.

    Args:
        clip: the clip.
        propagator: a fresh one.

    Yields:
        One result for every frame from the first given mask on.
    """
    starts: dict[int, list[ObjectId]] = {}
    for item in clip.objects:
        starts.setdefault(item.first_frame, []).append(item.id)
    yield from _walk(clip, propagator, starts, clip.frame_count - 1)


def run_transfer(clip: TruthClip, propagator: Propagator, key_frame: int, last_frame: int) -> Iterator[RunFrame]:
    """Runs from a key frame, where every object's true mask is given, to a last frame."""
    yield from _walk(clip, propagator, {key_frame: [item.id for item in clip.objects]}, last_frame)


def _walk(
    clip: TruthClip, propagator: Propagator, starts: Mapping[int, list[ObjectId]], last_frame: int
) -> Iterator[RunFrame]:
    if not starts:
        return
    for index in range(min(starts), last_frame + 1):
        picture = clip.frame(index)
        given = _given(clip, index, starts[index], picture.shape[:2]) if index in starts else {}
        begun = time.perf_counter()
        if given:
            propagator.remember(index, picture, given)
        prediction = propagator.step(index, picture, given or None)
        seconds = time.perf_counter() - begun
        yield RunFrame(index, prediction.probabilities, dict(prediction.doubt), frozenset(given), seconds)


def _given(
    clip: TruthClip, index: int, object_ids: list[ObjectId], shape: tuple[int, ...]
) -> dict[ObjectId, Probability]:
    """True masks of the objects that begin here. One without any pixel cannot be followed and is left out."""
    truth = clip.truth(index)
    sizes = {mask.shape for mask in truth.values()}
    if sizes != {shape}:
        raise MaskError(f"The masks of frame {index} of {clip.name} have not the size of its picture.")
    return {i: truth[i].astype(np.float32) for i in object_ids if truth[i].any()}
