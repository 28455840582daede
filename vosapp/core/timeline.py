"""Frame ranges and the spans of a run. Frame indices are 0-based; ranges include both ends."""

from __future__ import annotations

import bisect
import enum
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class FrameRange:
    """The frames first, first + 1 ... last, both included."""

    first: int
    last: int

    def __post_init__(self) -> None:
        if not 0 <= self.first <= self.last:
            raise ValueError(f"not a frame range: {self.first}..{self.last}")

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.first, self.last + 1))

    def __len__(self) -> int:
        return self.last - self.first + 1

    def __contains__(self, frame_index: object) -> bool:
        return isinstance(frame_index, int) and self.first <= frame_index <= self.last

    def intersection(self, other: FrameRange) -> FrameRange | None:
        """The frames in both ranges, or None."""
        first, last = max(self.first, other.first), min(self.last, other.last)
        return FrameRange(first, last) if first <= last else None


def ranges_of(frames: Iterable[int]) -> tuple[FrameRange, ...]:
    """The fewest ranges that hold exactly these frames, ascending."""
    ranges: list[FrameRange] = []
    for frame in sorted(set(frames)):
        if ranges and ranges[-1].last == frame - 1:
            ranges[-1] = FrameRange(ranges[-1].first, frame)
        else:
            ranges.append(FrameRange(frame, frame))
    return tuple(ranges)


def numbers_text(frames: Iterable[int], *, first_number: int = 0, at_most: int = 10) -> str:
    """Frames as a user reads them, in the source's own numbering: "1001 to 1003, 1010".

    Args:
        frames: 0-based indices.
        first_number: number of frame 0.
        at_most: ranges named; " and more" stands for the others.
    """
    ranges = ranges_of(frames)
    ends = [(r.first + first_number, r.last + first_number) for r in ranges[:at_most]]
    texts = [f"{first}" if first == last else f"{first} to {last}" for first, last in ends]
    return ", ".join(texts) + (" and more" if len(ranges) > at_most else "")


class Direction(enum.Enum):
    """Direction of a run from its anchors."""

    FORWARD = "forward"
    BACKWARD = "backward"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Span:
    """The frames of one object whose masks come from one anchor, in the order in which they are made.

    Attributes:
        anchor: frame index of the anchor.
        frames: frame indices, beginning beside the anchor and leading away from it; the anchor is not in it.
    """

    anchor: int
    frames: range


def forward_spans(anchors: Collection[int], cuts: Collection[int], within: FrameRange) -> list[Span]:
    """The spans of a forward run: each anchor reaches to the frame before the next anchor, cut or range end.

    Args:
        anchors: frames with a trusted mask, also those before the range.
        cuts: first frames of new shots; nothing is carried across one.
        within: the frames that a run may reach.
    """
    stops = sorted({*anchors, *cuts, within.last + 1})
    spans = []
    for anchor in sorted(set(anchors)):
        place = bisect.bisect_right(stops, anchor)
        stop = stops[place] if place < len(stops) else anchor + 1
        frames = range(anchor + 1, min(stop, within.last + 1))
        if frames and frames[-1] >= within.first:
            spans.append(Span(anchor, frames))
    return spans


def backward_spans(anchors: Collection[int], cuts: Collection[int], within: FrameRange) -> list[Span]:
    """The spans of a backward run: each anchor reaches back to the frame after the previous anchor or to a cut."""
    # A cut at c separates c - 1 from c: going back from c or later, frame c itself can still be reached.
    stops = sorted({within.first - 1, *anchors, *(c - 1 for c in cuts)})
    spans = []
    for anchor in sorted(set(anchors), reverse=True):
        stop = max(within.first - 1, stops[max(0, bisect.bisect_left(stops, anchor) - 1)])
        frames = range(anchor - 1, stop, -1)
        if frames and frames[-1] <= within.last:
            spans.append(Span(anchor, frames))
    return spans
