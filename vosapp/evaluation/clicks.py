"""How many clicks a mask takes: simulated clicks on first and middle frames, by the usual protocol.

The next click lies in the middle of the largest error (`next_click`). NoC@85 is the number of clicks after which J
first reaches 0.85; an object that never does counts as the limit.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vosapp.core.errors import MaskError, MediaError
from vosapp.core.mask import BoolImage, bounding_box
from vosapp.data.clicks.simulate import next_click
from vosapp.data.truth import TruthClip
from vosapp.engine.select.marks import BuildSelector, Marks, Selector, Stroke
from vosapp.evaluation.dataset import Dataset
from vosapp.evaluation.scores import mean
from vosapp.metrics.davis import jaccard

COUNTED = (1, 2, 3, 5, 10)  # clicks after which J is told
GOALS = (0.85, 0.90)


@dataclass(frozen=True, slots=True)
class ClickScore:
    """Clicks on one clip.

    Attributes:
        name: of the clip.
        curves: one an object and frame: J after each click, as many as were allowed.
        from_box: J from the true box alone, one an object and frame.
        first_s, next_s: mean time of the first answer and of a further one.
        failure: why it could not be measured, "" when it could.
    """

    name: str
    curves: tuple[tuple[float, ...], ...] = ()
    from_box: tuple[float, ...] = ()
    first_s: float = math.nan
    next_s: float = math.nan
    failure: str = ""

    def after(self, clicks: int) -> float:
        """Mean J after so many clicks; NaN without objects."""
        return mean(curve[min(clicks, len(curve)) - 1] for curve in self.curves) if self.curves else math.nan

    def clicks_to(self, goal: float) -> float:
        """Mean number of clicks to a J, at most as many as were allowed."""
        return mean(float(clicks_to(curve, goal)) for curve in self.curves) if self.curves else math.nan


def clicks_to(curve: Sequence[float], goal: float) -> int:
    """After how many clicks J first reaches a goal; the number allowed where it never does."""
    return next((index + 1 for index, j in enumerate(curve) if j >= goal), len(curve))


def measure_clicks(dataset: Dataset, build: BuildSelector, *, limit: int) -> Iterator[ClickScore]:
    """Clicks at most `limit` times on every object of the first and the middle frame of every clip."""
    for clip in dataset.clips:
        try:
            yield _measure(clip, build, limit)
        except (MediaError, MaskError) as error:
            yield ClickScore(clip.name, failure=str(error))


def _measure(clip: TruthClip, build: BuildSelector, limit: int) -> ClickScore:
    first = min(item.first_frame for item in clip.objects)
    curves, boxes, times = [], [], []
    for frame_index in dict.fromkeys((first, clip.frame_count // 2)):
        rgb = clip.frame(frame_index)
        for truth in clip.truth(frame_index).values():
            if truth.any():
                curve, took = follow(truth, build(rgb), limit)
                curves.append(curve)
                times.append(took)
                boxes.append(jaccard(build(rgb).propose(Marks(box=bounding_box(truth))) >= 0.5, truth))
    if not curves:
        return ClickScore(clip.name)
    further = [seconds for took in times for seconds in took[1:]]
    return ClickScore(
        clip.name, tuple(curves), tuple(boxes), mean(took[0] for took in times), mean(further) if further else math.nan
    )


def follow(truth: BoolImage, selector: Selector, limit: int) -> tuple[tuple[float, ...], list[float]]:
    """J after each click on an object, and the seconds each took. Once nothing is wrong no click follows."""
    marks, found = Marks(), truth & False
    curve: list[float] = []
    times: list[float] = []
    for _ in range(limit):
        click = next_click(truth, found)
        if click is None:
            break
        stroke = Stroke(((float(click.x), float(click.y)),), click.is_inside)
        marks = Marks((*marks.strokes, stroke))
        begun = time.perf_counter()
        found = selector.propose(marks) >= 0.5
        times.append(time.perf_counter() - begun)
        curve.append(jaccard(found, truth))
    return tuple(curve + curve[-1:] * (limit - len(curve))), times
