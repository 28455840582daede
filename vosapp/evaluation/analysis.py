"""Analyses of a data set's scores: over time, after disappearances, of doubt, by class."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vosapp.evaluation.scores import ClipScore, FrameScore, ObjectScore, mean
from vosapp.metrics.ranks import rank_correlation, separation

EARLY_BEFORE, LATE_AFTER = 10, 20
GONE_PX = (0, 50, 100)
_BAD_J = 0.5


@dataclass(frozen=True, slots=True)
class EarlyLate:
    """Mean J&F of early (t < 10) and late (t > 20) frames of objects followed for more than 20 frames.

    The analysis of HS2S (Azimi et al., 2020, table 3); t counts frames from the one with the given mask.
    """

    early: float
    late: float
    objects: int


@dataclass(frozen=True, slots=True)
class AfterAbsence:
    """Mean J&F of the frames after an object was gone for the first time and came back (HS2S, table 4).

    Attributes:
        gone_px: an object of at most so many pixels counts as gone.
        j_and_f: mean over objects; NaN when none was ever gone.
        objects: how many came back.
    """

    gone_px: int
    j_and_f: float
    objects: int


@dataclass(frozen=True, slots=True)
class DoubtQuality:
    """Whether doubt points at the frames that are wrong.

    Attributes:
        correlation: Spearman's, of doubt and 1 - J over all frames of all objects.
        separation: chance that a bad frame (J below 0.5) is more doubtful than a good one; 0.5 is a guess.
        age_correlation: the correlation that "frames since the given mask" would have in place of doubt.
        pointed: share of objects whose most doubtful frame is among the fifth with the lowest J.
    """

    correlation: float
    separation: float
    age_correlation: float
    pointed: float


@dataclass(frozen=True, slots=True)
class SeenUnseen:
    """YouTube-VOS: means over objects of seen and of unseen classes, and their mean G of four."""

    j_seen: float
    j_unseen: float
    f_seen: float
    f_unseen: float

    @property
    def overall(self) -> float:
        """G; NaN unless all four are known."""
        return (self.j_seen + self.j_unseen + self.f_seen + self.f_unseen) / 4


def early_late(clips: Sequence[ClipScore]) -> EarlyLate:
    """Early against late frames; means over objects of their frames' means."""
    followed = [o for o in _objects(clips) if o.frames and _age(o, o.frames[-1]) > LATE_AFTER]
    return EarlyLate(
        early=mean(_mean_of([f for f in o.frames if _age(o, f) < EARLY_BEFORE]) for o in followed),
        late=mean(_mean_of([f for f in o.frames if _age(o, f) > LATE_AFTER]) for o in followed),
        objects=len(followed),
    )


def after_absence(clips: Sequence[ClipScore], gone_px: int) -> AfterAbsence:
    """Frames after the end of the first absence of each object."""
    means = [_mean_of(after) for o in _objects(clips) if (after := _frames_after_absence(o, gone_px))]
    return AfterAbsence(gone_px, mean(means), len(means))


def doubt_quality(clips: Sequence[ClipScore]) -> DoubtQuality:
    """Doubt against error over all scored frames on which the engine told its doubt."""
    told = [(o, f) for o in _objects(clips) for f in o.frames if not math.isnan(f.doubt)]
    doubts, errors = [f.doubt for _, f in told], [1 - f.j for _, f in told]
    followed = [frames for o in _objects(clips) if (frames := [f for f in o.frames if not math.isnan(f.doubt)])]
    return DoubtQuality(
        correlation=rank_correlation(doubts, errors),
        separation=separation(doubts, [f.j < _BAD_J for _, f in told]),
        age_correlation=rank_correlation([float(_age(o, f)) for o, f in told], errors),
        pointed=mean(float(_points_at_trouble(frames)) for frames in followed),
    )


def seen_unseen(clips: Sequence[ClipScore]) -> SeenUnseen | None:
    """The four means of YouTube-VOS; None for data sets whose objects are not marked."""
    objects = _objects(clips)
    if all(o.seen is None for o in objects):
        return None
    seen, unseen = [o for o in objects if o.seen is True], [o for o in objects if o.seen is False]
    return SeenUnseen(
        mean(o.j.mean for o in seen),
        mean(o.j.mean for o in unseen),
        mean(o.f.mean for o in seen),
        mean(o.f.mean for o in unseen),
    )


def by_category(clips: Sequence[ClipScore]) -> dict[str, float]:
    """Mean J by class of object, where objects have classes."""
    categories: dict[str, list[float]] = {}
    for item in _objects(clips):
        if item.category:
            categories.setdefault(item.category, []).append(item.j.mean)
    return {name: mean(values) for name, values in sorted(categories.items())}


def mean_over_clips(clips: Sequence[ClipScore]) -> float:
    """Mean over clips of their mean J: the other way of counting SegTrack v2."""
    return mean(clip.j for clip in clips)


def transfer_table(clips: Sequence[ClipScore]) -> dict[int, float]:
    """JumpCut's error by distance: mean over clips, so that clips of different length weigh the same."""
    distances = sorted({distance for clip in clips for distance in clip.transfer})
    return {d: mean(clip.transfer.get(d, math.nan) for clip in clips) for d in distances}


def correction_means(clips: Sequence[ClipScore]) -> tuple[list[float], float]:
    """Mean J after 0, 1 ... corrections over the clips, and the mean area under their curves.

    A clip that ran out of frames to correct keeps its last value.
    """
    curves = [clip.corrections for clip in clips if clip.corrections is not None]
    steps = max((len(curve.j) for curve in curves), default=0)
    values = [mean(curve.j[min(k, len(curve.j) - 1)] for curve in curves) for k in range(steps)]
    return values, mean(curve.area for curve in curves)


def differences(first: Sequence[ClipScore], second: Sequence[ClipScore]) -> Mapping[str, float]:
    """Second minus first J&F by clip, for clips that both have."""
    known = {clip.name: clip.j_and_f for clip in first}
    return {clip.name: clip.j_and_f - known[clip.name] for clip in second if clip.name in known}


def _objects(clips: Sequence[ClipScore]) -> list[ObjectScore]:
    return [item for clip in clips for item in clip.objects]


def _points_at_trouble(frames: Sequence[FrameScore]) -> bool:
    """Whether the most doubtful frame is among the fifth (rounded up) with the lowest J."""
    most = max(frames, key=lambda f: f.doubt)
    lower = sum(f.j < most.j for f in frames)
    return lower < math.ceil(len(frames) / 5)


def _age(item: ObjectScore, frame: FrameScore) -> int:
    return frame.frame_index - item.first_frame


def _mean_of(frames: Sequence[FrameScore]) -> float:
    return mean(frame.j_and_f for frame in frames)


def _frames_after_absence(item: ObjectScore, gone_px: int) -> list[FrameScore]:
    frames = list(item.frames)
    gone = next((i for i, f in enumerate(frames) if f.truth_px <= gone_px), None)
    if gone is None:
        return []
    back = next((i for i in range(gone, len(frames)) if frames[i].truth_px > gone_px), None)
    return [] if back is None else frames[back:]
