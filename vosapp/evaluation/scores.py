"""Scores of a run: per frame, per object, per clip and over a data set. Plain values that go into JSON and tables."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from vosapp.core.document import ObjectId
from vosapp.metrics.davis import Summary, summarise
from vosapp.metrics.matting import MattingErrors


@dataclass(frozen=True, slots=True)
class FrameScore:
    """One object on one scored frame.

    Attributes:
        frame_index: of the frame.
        j, f: region similarity and boundary measure, 0..1.
        doubt: what the engine said, 0 (sure) to 1; NaN when it said nothing.
        truth_px, result_px: areas.
    """

    frame_index: int
    j: float
    f: float
    doubt: float
    truth_px: int
    result_px: int

    @property
    def j_and_f(self) -> float:
        """Mean of the two measures."""
        return (self.j + self.f) / 2


@dataclass(frozen=True)
class ObjectScore:
    """One object over its scored frames, in their order.

    Attributes:
        object_id, category, seen: as in `TruthObject`.
        first_frame: where its true mask was given.
        frames: the scores.
    """

    object_id: ObjectId
    first_frame: int
    frames: tuple[FrameScore, ...]
    category: str = ""
    seen: bool | None = None

    @cached_property
    def j(self) -> Summary:
        """Statistics of J."""
        return summarise([frame.j for frame in self.frames])

    @cached_property
    def f(self) -> Summary:
        """Statistics of F."""
        return summarise([frame.f for frame in self.frames])


@dataclass(frozen=True, slots=True)
class WorstFrame:
    """The frame of an object with the lowest J, as a picture for the report.

    Attributes:
        frame_index, object_id, j: which, and how bad.
        jpeg: the frame with the true outline and the result painted over it.
    """

    frame_index: int
    object_id: ObjectId
    j: float
    jpeg: bytes


@dataclass(frozen=True)
class CorrectionCurve:
    """Quality against the number of corrected frames.

    Attributes:
        chosen: the corrected frames in their order; fewer than asked for when no frame was left.
        j: mean J of the frames that are not corrected, after 0, 1 ... corrections.
    """

    chosen: tuple[int, ...]
    j: tuple[float, ...]

    @property
    def area(self) -> float:
        """Area under the curve, 0..1: what J an artist sees on average on the way."""
        if len(self.j) < 2:
            return self.j[0] if self.j else math.nan
        return float(np.trapezoid(self.j)) / (len(self.j) - 1)


@dataclass(frozen=True)
class ClipScore:
    """One clip under one engine.

    Attributes:
        name: of the clip.
        objects: per object; empty when the clip failed.
        frame_count: frames that the engine stepped through.
        seconds: time that it took for all steps, without reading pictures and without scoring.
        peak_bytes: the most memory that the measuring process held meanwhile, libraries included.
        device_peak_bytes: the most memory of the graphics card, 0 without one.
        stability: temporal instability T, NaN where the benchmark has none.
        transfer: JumpCut's error by distance in frames.
        matting: mean errors of the soft mask against a true alpha, or None.
        corrections: quality against corrected frames, or None.
        worst: the worst frame of the clip, or None.
        failure: why it could not be measured, "" when it could.
    """

    name: str
    objects: tuple[ObjectScore, ...] = ()
    frame_count: int = 0
    seconds: float = 0.0
    peak_bytes: int = 0
    device_peak_bytes: int = 0
    stability: float = math.nan
    transfer: Mapping[int, float] = field(default_factory=dict)
    matting: MattingErrors | None = None
    corrections: CorrectionCurve | None = None
    worst: WorstFrame | None = None
    failure: str = ""

    @property
    def j(self) -> float:
        """Mean over objects of their mean J."""
        return mean(item.j.mean for item in self.objects)

    @property
    def f(self) -> float:
        """Mean over objects of their mean F."""
        return mean(item.f.mean for item in self.objects)

    @property
    def j_and_f(self) -> float:
        """Mean of the two."""
        return (self.j + self.f) / 2

    @property
    def frames_per_second(self) -> float:
        """Frames a second of the engine alone."""
        return self.frame_count / self.seconds if self.seconds > 0 else math.nan


@dataclass(frozen=True, slots=True)
class Totals:
    """A data set in one line: plain means over all objects of all clips, as DAVIS 2017 counts.

    Attributes:
        j, f: means of the three statistics.
        frames_per_second: all frames over all time.
        stability: mean T over the clips that have one.
        peak_bytes: the largest of all clips.
    """

    j: Summary
    f: Summary
    frames_per_second: float
    stability: float
    peak_bytes: int

    @property
    def j_and_f(self) -> float:
        """Mean of mean J and mean F."""
        return (self.j.mean + self.f.mean) / 2


def totals(clips: Sequence[ClipScore]) -> Totals:
    """Means over all objects of all clips."""
    objects = [item for clip in clips for item in clip.objects]
    seconds = sum(clip.seconds for clip in clips)
    return Totals(
        j=_mean_summary(item.j for item in objects),
        f=_mean_summary(item.f for item in objects),
        frames_per_second=sum(clip.frame_count for clip in clips) / seconds if seconds > 0 else math.nan,
        stability=mean(clip.stability for clip in clips),
        peak_bytes=max((clip.peak_bytes for clip in clips), default=0),
    )


def mean(values: Iterable[float]) -> float:
    """Mean of the values that are numbers; NaN when there are none."""
    known = [value for value in values if not math.isnan(value)]
    return float(np.mean(known)) if known else math.nan


def _mean_summary(summaries: Iterable[Summary]) -> Summary:
    items = list(summaries)
    return Summary(
        mean=mean(item.mean for item in items),
        recall=mean(item.recall for item in items),
        decay=mean(item.decay for item in items),
    )
