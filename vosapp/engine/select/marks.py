"""What the user marked on a frame to select an object, and the interface of what proposes a mask from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from vosapp.core.mask import BoolImage
from vosapp.engine.propagator import Probability
from vosapp.video.source import RgbImage

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Stroke:
    """A click, or a line drawn with the button held.

    Attributes:
        points: (x, y) in pixels of the frame, at least one.
        is_inside: whether it lies on the object.
    """

    points: tuple[Point, ...]
    is_inside: bool = True


Box = tuple[float, float, float, float]
Mark = Stroke | Box


@dataclass(frozen=True, slots=True)
class Marks:
    """All that the user marked, in the order in which it was done; pixels of the frame.

    Attributes:
        strokes: clicks and lines.
        box: left, top, right, bottom of a box around the object; None without one.
    """

    strokes: tuple[Stroke, ...] = ()
    box: Box | None = None

    def __bool__(self) -> bool:
        """Whether anything tells where the object is."""
        return self.box is not None or any(stroke.is_inside for stroke in self.strokes)

    def points(self, *, inside: bool) -> Iterator[Point]:
        """All points on the object, or on what is not."""
        for stroke in self.strokes:
            if stroke.is_inside == inside:
                yield from stroke.points


class Selector(Protocol):
    """Proposes masks on one frame; made anew for each. Not safe for several threads at a time."""

    def propose(self, marks: Marks) -> Probability:
        """The object's mask (height, width) in 0..1; all 0 where nothing is marked on the object.

        Marks that grew since the last call correct what it proposed then; any others begin anew.
        """


class BuildSelector(Protocol):
    """Makes a selector for a frame."""

    def __call__(self, rgb: RgbImage, prediction: BoolImage | None = None) -> Selector:
        """Looks at a frame (height, width, 3) uint8; `prediction` is a mask that is there and to be corrected."""


def goes_on(before: Marks, now: Marks) -> bool:
    """Whether marks are earlier ones and more."""
    return now.box == before.box and now.strokes[: len(before.strokes)] == before.strokes
