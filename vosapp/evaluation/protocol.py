"""Protocol: the frames that a benchmark scores, and its measures.

J and F are always measured, also where a benchmark reports J alone (SegTrack v2, FBMS, YouTube-Objects).
"""

from __future__ import annotations

from dataclasses import dataclass

from vosapp.data.truth import TruthClip, TruthObject


@dataclass(frozen=True, slots=True)
class Protocol:
    """Counting rules of a benchmark.

    Attributes:
        name: for tables.
        scores_last: whether the last frame of a clip counts. It does not for DAVIS.
        has_stability: whether temporal stability T is reported (DAVIS 2016).
        stability_clips: the clips that T is averaged over; None for all.
        is_transfer: whether masks are carried from key frames over fixed distances (JumpCut) instead of scored on
            every frame.
        shorter_side_px: pictures are scaled to this shorter side before an engine sees them; None for as they are.
    """

    name: str
    scores_last: bool = False
    has_stability: bool = False
    stability_clips: frozenset[str] | None = None
    is_transfer: bool = False
    shorter_side_px: int | None = None

    def scored_frames(self, clip: TruthClip, item: TruthObject) -> list[int]:
        """Annotated frames on which an object counts: after the one where it is given."""
        end = clip.frame_count if item.last_frame is None else item.last_frame
        frames = [i for i in clip.annotated if item.first_frame < i <= end]
        last = clip.annotated[-1] if clip.annotated else 0
        return frames if self.scores_last else [i for i in frames if i != last]


DAVIS_2017 = Protocol("DAVIS 2017")
DAVIS_2016 = Protocol("DAVIS 2016", has_stability=True)
YOUTUBE_VOS = Protocol("YouTube-VOS", scores_last=True)
SEGTRACK = Protocol("SegTrack v2", scores_last=True, shorter_side_px=480)
SPARSE = Protocol("sparse", scores_last=True)
JUMPCUT = Protocol("JumpCut", scores_last=True, is_transfer=True, shorter_side_px=480)
SUITE = Protocol("synthetic suite", scores_last=True)
