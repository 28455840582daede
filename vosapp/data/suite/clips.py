"""The synthetic suite: ten short clips with exact truth, rendered when they are asked for. Nothing is on disk.

Every clip has one difficulty: full disappearance and return, look-alike distractors, a tenfold change of scale, thin
structures, three and eight crossing objects, cuts, soft edges, a fast camera. Equal on every computer up to rounding.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from vosapp.data.suite.render import Rendering, Scene, render
from vosapp.data.suite.scenes import SCENES
from vosapp.data.truth import BoolImage, TruthObject


@lru_cache(maxsize=1)
def suite_scenes() -> dict[str, Scene]:
    """The scenes by name, in their order."""
    return {scene.name: scene for scene in (build() for build in SCENES)}


@lru_cache(maxsize=4)
def _rendering(name: str, frame_index: int) -> Rendering:
    return render(suite_scenes()[name], frame_index)


@dataclass(frozen=True)
class SuiteClip:
    """A clip of the suite by name; frames and truth are rendered on demand and the last few are kept."""

    name: str

    @property
    def scene(self) -> Scene:
        """What is rendered."""
        return suite_scenes()[self.name]

    @property
    def frame_count(self) -> int:
        """Number of frames."""
        return self.scene.frame_count

    @property
    def cuts(self) -> tuple[int, ...]:
        """First frames of new shots after the first."""
        return tuple(backdrop.first_frame for backdrop in self.scene.backdrops if backdrop.first_frame > 0)

    @property
    def objects(self) -> tuple[TruthObject, ...]:
        """The objects; all are given on the first frame."""
        return tuple(TruthObject(i) for i in self.scene.object_ids)

    @property
    def annotated(self) -> tuple[int, ...]:
        """Every frame."""
        return tuple(range(self.frame_count))

    def frame_name(self, index: int) -> str:
        """Five digits."""
        return f"{index:05d}"

    def frame(self, index: int) -> NDArray[np.uint8]:
        """(height, width, 3) uint8 RGB."""
        self._check(index)
        return _rendering(self.name, index).rgb

    def truth(self, index: int) -> dict[int, BoolImage]:
        """Per object the pixels (height, width) where it is more to be seen than anything else together."""
        self._check(index)
        return {i: alpha > 0.5 for i, alpha in _rendering(self.name, index).alphas.items()}

    def alpha(self, index: int) -> NDArray[np.float32] | None:
        """The visible alpha, in 0..1, in clips whose only object has a soft edge; else None."""
        self._check(index)
        if len(self.scene.object_ids) != 1 or all(actor.softness_px <= 1 for actor in self.scene.actors):
            return None
        return next(iter(_rendering(self.name, index).alphas.values()))

    def _check(self, index: int) -> None:
        if not 0 <= index < self.frame_count:
            raise IndexError(f"{self.name} has no frame {index}")


def suite_clips() -> list[SuiteClip]:
    """All clips of the suite."""
    return [SuiteClip(name) for name in suite_scenes()]
