"""The body of a search for objects, for whoever runs it in the background: one network after the other, cancellable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from vosapp.core.document import Document
from vosapp.core.errors import EngineError, WeightsError
from vosapp.engine.job import JobContext
from vosapp.engine.suggest import Proposal, suggest, why_not, without_repeats, zero_shot_networks
from vosapp.models.weights import WeightsState, weights_state
from vosapp.video.open import open_video
from vosapp.video.source import VideoSource


@dataclass(frozen=True, slots=True)
class SuggestTask:
    """Everything that a search needs, frozen when it starts.

    Attributes:
        document: with the clip and its cuts.
        frame_index: where objects are wanted.
        device: "auto", "cpu", "cuda" or "mps".
    """

    document: Document
    frame_index: int
    device: str = "auto"

    def open_source(self) -> VideoSource:
        """The document's clip, opened for the calling thread."""
        if self.document.clip is None:
            raise EngineError("There is no clip to look at.", "Open a clip first.")
        return open_video(self.document.clip.path)


def shot_around(cuts: Sequence[int], frame_index: int, frame_count: int) -> range:
    """The frames between the cuts around a frame; `cuts` are first frames of shots, ascending."""
    first = max((cut for cut in cuts if cut <= frame_index), default=0)
    end = min((cut for cut in cuts if cut > frame_index), default=frame_count)
    return range(first, end)


def suggest_body(
    task: SuggestTask, deliver: Callable[[list[Proposal]], None]
) -> Callable[[JobContext], list[Proposal]]:
    """A body for `Job` that returns proposals, the best first.

    Args:
        task: the search.
        deliver: called in the thread of the search after each network with everything found so far, best first.
    """

    def body(context: JobContext) -> list[Proposal]:
        names = [(s.name, s.title) for s in zero_shot_networks() if weights_state(s) is WeightsState.PRESENT]
        if not names:
            raise WeightsError(why_not())
        source = task.open_source()
        found: list[Proposal] = []
        try:
            shot = shot_around(task.document.cuts, task.frame_index, source.info.frame_count)
            for place, (name, title) in enumerate(names):
                context.progress(place, len(names), title)
                context.check()
                more = suggest(
                    source, task.frame_index, network_names=[name], shot=shot, device=task.device, check=context.check
                )
                # a new list each time: the one before belongs to the receiver
                found = without_repeats(sorted([*found, *more], key=lambda proposal: -proposal.score))
                deliver(found)
        finally:
            source.close()
        return found

    return body
