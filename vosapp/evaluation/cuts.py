"""Measures how well cuts are found: in the clips of a data set, and where these are put one behind the other."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vosapp.data.suite.clips import SuiteClip
from vosapp.data.truth import TruthClip
from vosapp.evaluation.report.as_text import plain_table
from vosapp.evaluation.report.numbers import percent
from vosapp.video.cuts import CutFinder

IN_A_ROW = "all in a row"


@dataclass(frozen=True, slots=True)
class CutScore:
    """Cuts of one clip.

    Attributes:
        name: of the clip.
        frame_count: frames looked at.
        true, found: first frames of new shots, ascending.
    """

    name: str
    frame_count: int
    true: tuple[int, ...]
    found: tuple[int, ...]

    @property
    def right(self) -> int:
        """How many were found to the frame."""
        return len(set(self.true) & set(self.found))


def measure_cuts(clips: Sequence[TruthClip]) -> Iterator[CutScore]:
    """Cuts of every clip, and, of more than one, of all clips one behind the other, whose joints are cuts too."""
    row, offset = CutFinder(), 0
    joints: list[int] = []
    for clip in clips:
        alone = CutFinder()
        for index in range(clip.frame_count):
            picture = clip.frame(index)
            alone.add(index, picture)
            row.add(offset + index, picture)
        true = true_cuts(clip)
        joints += [offset, *(offset + cut for cut in true)]
        offset += clip.frame_count
        yield CutScore(clip.name, clip.frame_count, true, alone.cuts())
    if len(clips) > 1:
        yield CutScore(IN_A_ROW, offset, tuple(joints[1:]), row.cuts())


def true_cuts(clip: TruthClip) -> tuple[int, ...]:
    """Where the shots of a clip begin: clips with ground truth are one shot, but for those of the synthetic suite."""
    return clip.cuts if isinstance(clip, SuiteClip) else ()


def cuts_as_text(scores: Sequence[CutScore]) -> str:
    """A table of all clips, with precision and recall over those measured by themselves and of those in a row."""
    rows: list[tuple[str, ...]] = [("clip", "frames", "cuts", "found", "missed", "wrong", "precision", "recall")]
    alone = [score for score in scores if score.name != IN_A_ROW]
    rows += [_row(score.name, [score]) for score in alone]
    rows.append(_row("each by itself", alone))
    rows += [_row(score.name, [score]) for score in scores if score.name == IN_A_ROW]
    return plain_table(rows)


def _row(name: str, scores: Sequence[CutScore]) -> tuple[str, ...]:
    true, found = sum(len(score.true) for score in scores), sum(len(score.found) for score in scores)
    right, frames = sum(score.right for score in scores), sum(score.frame_count for score in scores)
    counts = (frames, true, right, true - right, found - right)
    return name, *map(str, counts), _share(right, found), _share(right, true)


def _share(part: int, whole: int) -> str:
    return percent(part / whole if whole else math.nan)
