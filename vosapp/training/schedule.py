"""How far a run has come, and what learning rate and clips go with it: by steps or by the clock."""

from __future__ import annotations

import math
from dataclasses import dataclass

from vosapp.data.generator.settings import GeneratorSettings


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
    """Linear warm-up, then half a cosine down to a floor.

    Attributes:
        peak: the highest rate.
        floor: the last rate, as a share of the peak.
        warm_up_steps: steps after the start, and after a resume without moments, to come up from nothing.
    """

    peak: float = 1e-3
    floor: float = 0.02
    warm_up_steps: int = 100

    def at(self, progress: float, steps_since_start: int) -> float:
        """The rate at a progress of 0..1."""
        warm = min(1.0, (steps_since_start + 1) / max(1, self.warm_up_steps))
        return self.peak * warm * (self.floor + (1 - self.floor) * 0.5 * (1 + math.cos(math.pi * progress)))


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of a run with its own clips.

    Attributes:
        until: progress at which the stage ends, 0..1.
        clips: how its clips look.
        batch: clips per step.
    """

    until: float
    clips: GeneratorSettings
    batch: int = 8


def stage_at(stages: tuple[Stage, ...], progress: float) -> int:
    """Which stage a progress belongs to."""
    return next((k for k, stage in enumerate(stages) if progress < stage.until), len(stages) - 1)
