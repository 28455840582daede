"""The body of a search for objects, for whoever runs it in the background: one network after the other, cancellable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from vosapp.core.document import Document
from vosapp.core.errors import EngineError
from vosapp.engine.job import JobContext, Stage
from vosapp.engine.suggest.proposals import Proposal, SuggestListener, suggest
from vosapp.video.open import open_clip_of
from vosapp.video.source import VideoSource


@dataclass(frozen=True, slots=True)
class SuggestTask:
    """Input of a search, frozen when it starts.

    Attributes:
        document: with the clip and its cuts.
        frame_index: where objects are wanted.
        device: "auto", "cpu", "cuda" or "mps".
        network_names: which networks to ask, with variants; all that have weights if none is named.
    """

    document: Document
    frame_index: int
    device: str = "auto"
    network_names: tuple[str, ...] = ()

    def open_source(self) -> VideoSource:
        """The document's clip, opened for the calling thread."""
        if self.document.clip is None:
            raise EngineError("There is no clip to look at.", "Open a clip first.")
        return open_clip_of(self.document.clip)


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
        source = task.open_source()
        try:
            return suggest(
                source,
                task.frame_index,
                network_names=task.network_names,
                shot=shot_around(task.document.cuts, task.frame_index, source.info.frame_count),
                device=task.device,
                listener=_JobListener(context, deliver),
            )
        finally:
            source.close()

    return body


class _JobListener(SuggestListener):
    """Tells a job how far a search is."""

    def __init__(self, context: JobContext, deliver: Callable[[list[Proposal]], None]) -> None:
        self._context = context
        self._deliver = deliver

    def begin(self, title: str, place: int, count: int) -> None:
        self._context.progress(place, count, Stage.SEARCHING, note=title)

    def check(self) -> None:
        self._context.check()

    def deliver(self, proposals: list[Proposal]) -> None:
        self._deliver(proposals)
