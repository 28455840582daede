"""Tables of what was measured on single frames: proposals without a hint, and masks from clicks."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from vosapp.evaluation.clicks import COUNTED, GOALS, ClickScore
from vosapp.evaluation.report.model import ClickResult, Section, SuggestionResult
from vosapp.evaluation.report.numbers import percent
from vosapp.evaluation.scores import mean

_SUGGESTION_HEADER = ("first frame of", "J of the best", "J of the first", "proposals", "seconds")


class FrameTable(NamedTuple):
    """A title, column heads and rows of text; the last row is that of all clips."""

    title: str
    header: tuple[str, ...]
    rows: list[tuple[str, ...]]


def frame_tables(section: Section) -> Iterator[FrameTable]:
    """A table for each network that proposed masks and for each selector that was asked by clicks."""
    for proposed in section.suggestions:
        yield FrameTable(f"Suggest: {proposed.network}", _SUGGESTION_HEADER, _suggestion_rows(proposed))
    for clicked in section.clicks:
        counts = [k for k in COUNTED if k <= clicked.limit]
        header = (
            "first and middle frame of",
            *(f"J, {k} click{'s' if k > 1 else ''}" for k in counts),
            *(f"clicks to J {100 * goal:.0f}" for goal in GOALS),
            "J, box",
            "first ms",
            "next ms",
        )
        yield FrameTable(f"Select: {clicked.selector}", header, _click_rows(clicked, counts))


def _suggestion_rows(result: SuggestionResult) -> list[tuple[str, ...]]:
    clips = [clip for clip in result.clips if not clip.failure]
    rows = [
        (clip.name, percent(clip.best), percent(clip.first), str(clip.proposals), f"{clip.seconds:.2f}")
        for clip in clips
    ]
    best, first = mean(clip.best for clip in clips), mean(clip.first for clip in clips)
    count, seconds = mean(float(clip.proposals) for clip in clips), mean(clip.seconds for clip in clips)
    return [*rows, ("all clips", percent(best), percent(first), f"{count:.1f}", f"{seconds:.2f}")]


def _click_rows(result: ClickResult, counts: list[int]) -> list[tuple[str, ...]]:
    """One row a clip, and one in which every object and frame counts the same."""
    clips = [clip for clip in result.clips if clip.curves]
    rows = [_click_row(clip, counts) for clip in clips]
    whole = ClickScore(
        "all objects",
        tuple(curve for clip in clips for curve in clip.curves),
        tuple(j for clip in clips for j in clip.from_box),
        mean(clip.first_s for clip in clips),
        mean(clip.next_s for clip in clips),
    )
    return [*rows, _click_row(whole, counts)]


def _click_row(clip: ClickScore, counts: list[int]) -> tuple[str, ...]:
    times = ["-" if math.isnan(s) else f"{1000 * s:.0f}" for s in (clip.first_s, clip.next_s)]
    needed = (f"{clip.clicks_to(goal):.1f}" for goal in GOALS)
    return (clip.name, *(percent(clip.after(k)) for k in counts), *needed, percent(mean(clip.from_box)), *times)
