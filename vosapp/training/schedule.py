"""Budget, LearningRate, Stage: progress of a run, by steps or by the clock, and what goes with it."""

from __future__ import annotations

import math
from dataclasses import KW_ONLY, dataclass, field
from typing import Literal

from vosapp.data.clicks.sample import ClickSettings
from vosapp.data.generator.settings import GeneratorSettings
from vosapp.data.mattes.tile import TileSettings
from vosapp.training.stage_config import StageConfig


@dataclass(frozen=True, slots=True)
class Budget:
    """When a run ends: after so many steps or so many minutes of training, whichever is given.

    Attributes:
        steps: optimizer steps, or None.
        minutes: of training over all its parts, or None.
    """

    steps: int | None = None
    minutes: float | None = None

    def progress(self, steps: int, seconds: float) -> float:
        """The share of the budget used up, 0..1; 1 ends the run."""
        shares = []
        if self.steps is not None:
            shares.append(steps / self.steps)
        if self.minutes is not None:
            shares.append(seconds / (60 * self.minutes))
        return min(1.0, max(shares, default=1.0))


@dataclass(frozen=True, slots=True)
class LearningRate:
    """Linear warm-up, then a way down to a floor.

    Attributes:
        peak: the highest rate.
        floor: the last rate, as a share of the peak.
        course: the way down: half a "cosine"; "constant", which stays up; "exponential", by the same factor each step;
            "polynomial", of degree 0.9.
        warm_up_steps: steps after the start, and after a resume without moments, to come up from nothing.
    """

    peak: float = 1e-3
    floor: float = 0.02
    warm_up_steps: int = 100
    course: Literal["cosine", "constant", "exponential", "polynomial"] = "cosine"

    def at(self, progress: float, steps_since_start: int) -> float:
        """The rate at a progress of 0..1."""
        warm = min(1.0, (steps_since_start + 1) / max(1, self.warm_up_steps))
        return self.peak * warm * self._height(progress)

    def _height(self, progress: float) -> float:
        """Share of the peak."""
        if self.course == "constant":
            return 1.0
        if self.course == "exponential":
            return float(self.floor**progress)
        above = (1 - progress) ** 0.9 if self.course == "polynomial" else 0.5 * (1 + math.cos(math.pi * progress))
        return float(self.floor + (1 - self.floor) * above)


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of a run with its own clips.

    Attributes:
        until: progress at which the stage ends, 0..1.
        clips: how its clips look.
        batch: clips per step.
        mattes: how the matte refiner's tiles look, in place of clips.
        clicks: how the select network's pictures look, in place of clips.
        config: how a paper's network is taught; the hybrid network has no use for it.
    """

    until: float
    clips: GeneratorSettings
    batch: int = 8
    _: KW_ONLY
    config: StageConfig = field(default_factory=StageConfig)
    mattes: TileSettings = field(default_factory=TileSettings)
    clicks: ClickSettings = field(default_factory=ClickSettings)


def stage_at(stages: tuple[Stage, ...], progress: float) -> int:
    """Which stage a progress belongs to."""
    return next((k for k, stage in enumerate(stages) if progress < stage.until), len(stages) - 1)


def progress_in_stage(stages: tuple[Stage, ...], progress: float) -> float:
    """How far a progress is through its stage, 0..1."""
    index = stage_at(stages, progress)
    begin = stages[index - 1].until if index else 0.0
    return min(1.0, (progress - begin) / max(1e-9, stages[index].until - begin))
