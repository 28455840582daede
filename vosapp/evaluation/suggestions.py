"""Zero-shot quality: how well the masks that *Suggest* proposes fit the true objects of a clip's first frame."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from vosapp.core.errors import MaskError, MediaError
from vosapp.data.truth import BoolImage, Truth, TruthClip
from vosapp.evaluation.corrections import ClipSource
from vosapp.evaluation.dataset import Dataset
from vosapp.evaluation.scores import mean
from vosapp.metrics.davis import jaccard
from vosapp.video.source import VideoSource

ProposeMasks = Callable[[VideoSource, int], Sequence[BoolImage]]
"""Proposes masks (height, width) on a frame, the best first."""


@dataclass(frozen=True, slots=True)
class SuggestionScore:
    """Proposals on one clip's first frame.

    Attributes:
        name: of the clip.
        best: mean over the true objects of the J of the proposal that fits it best: what a user who looks through
            all proposals finds.
        first: J of the first proposal with the object it fits best: what a user who takes the first one gets.
        proposals: how many there were.
        seconds: how long they took.
        failure: why it could not be measured, "" when it could.
    """

    name: str
    best: float = math.nan
    first: float = math.nan
    proposals: int = 0
    seconds: float = 0.0
    failure: str = ""


def measure_suggestions(dataset: Dataset, propose: ProposeMasks) -> Iterator[SuggestionScore]:
    """Asks for proposals on the first frame with a true mask of every clip, and scores them."""
    for clip in dataset.clips:
        try:
            yield _measure(clip, propose)
        except (MediaError, MaskError) as error:
            yield SuggestionScore(clip.name, failure=str(error))


def score_proposals(proposals: Sequence[BoolImage], truth: Truth) -> tuple[float, float]:
    """(best, first) as in `SuggestionScore`. No proposal scores 0; no true object has no score."""
    objects = [mask for mask in truth.values() if mask.any()]
    if not objects:
        return math.nan, math.nan
    if not proposals:
        return 0.0, 0.0
    best = mean(max(jaccard(proposal, mask) for proposal in proposals) for mask in objects)
    return best, max(jaccard(proposals[0], mask) for mask in objects)


def _measure(clip: TruthClip, propose: ProposeMasks) -> SuggestionScore:
    frame_index = min(item.first_frame for item in clip.objects)
    begun = time.perf_counter()
    proposals = propose(ClipSource(clip), frame_index)
    seconds = time.perf_counter() - begun
    best, first = score_proposals(proposals, clip.truth(frame_index))
    return SuggestionScore(clip.name, best, first, len(proposals), seconds)
