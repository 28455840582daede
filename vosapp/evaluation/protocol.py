"""Which frames a benchmark scores, and with which measures."""

from __future__ import annotations

from dataclasses import dataclass

from vosapp.data.truth import TruthClip, TruthObject


@dataclass(frozen=True, slots=True)
class Protocol:
    """How a benchmark counts.

    Attributes:
        name: for tables.
        scores_last: whether the last frame of a clip counts. It does not for DAVIS.
        has_boundary: whether F is part of the benchmark; SegTrack v2 reports J alone.
        is_stable: whether temporal stability T is reported (DAVIS 2016).
    """

    name: str
    scores_last: bool = False
    has_boundary: bool = True
    is_stable: bool = False

    def scored_frames(self, clip: TruthClip, item: TruthObject) -> list[int]:
        """Annotated frames on which an object counts: after the one where it is given."""
        frames = [i for i in clip.annotated if i > item.first_frame]
        last = clip.annotated[-1] if clip.annotated else 0
        return frames if self.scores_last else [i for i in frames if i != last]


DAVIS_2017 = Protocol("DAVIS 2017")
DAVIS_2016 = Protocol("DAVIS 2016", is_stable=True)
YOUTUBE_VOS = Protocol("YouTube-VOS", scores_last=True)
SEGTRACK = Protocol("SegTrack v2", scores_last=True, has_boundary=False)
SPARSE = Protocol("sparse", scores_last=True)
