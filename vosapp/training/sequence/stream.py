"""The sequences of a stage, batch by batch, by number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vosapp.data.generator.clip import generate
from vosapp.data.photographs.bank import PhotographBank
from vosapp.data.truth import TruthClip
from vosapp.training.batch import NumberedBatches
from vosapp.training.schedule import Stage
from vosapp.training.sequence.clips import SequenceBatch, SequenceClip, collate, sequence_of
from vosapp.training.sequence.real_clips import Wish, draw_footage


@dataclass(frozen=True, slots=True)
class Material:
    """What sequences are made of; at least one of the two.

    Attributes:
        photographs: for clips that are composed.
        footage: real clips with true masks.
    """

    photographs: PhotographBank | None
    footage: Sequence[TruthClip] = ()


class SequenceBatches(NumberedBatches[SequenceBatch]):
    """Batches of a stage; a number always gives the same one.

    Args:
        material: what there is.
        stage: how sequences are.
        seed: of all of them.
        distances: whether border-distance classes are wanted.
    """

    def __init__(self, material: Material, stage: Stage, seed: int, *, distances: bool) -> None:
        super().__init__()
        self._material, self._stage, self._seed = material, stage, seed
        self._distances = distances

    def batch(self, number: int) -> SequenceBatch:
        """One batch by its number."""
        teaching, steps = self._stage.teaching, self._stage.clips.steps
        random = np.random.default_rng([self._seed, number, 1])
        if 0 < teaching.fewest < steps:
            steps = int(random.integers(teaching.fewest, steps + 1))
        still = teaching.still_every > 0 and number % teaching.still_every == 0
        first = number * self._stage.batch
        real = self._is_real(random)
        clips = [self._clip(index, real).shortened(steps + 1) for index in range(first, first + self._stage.batch)]
        return collate(clips, random.random(steps + 1, np.float32), distances=self._distances, still=still)

    def _is_real(self, random: np.random.Generator) -> bool:
        """Whether a batch is of real clips; a batch has one size, so it is all of them or none."""
        if not self._material.footage:
            return False
        return self._material.photographs is None or random.random() < self._stage.teaching.footage

    def _clip(self, index: int, real: bool) -> SequenceClip:
        clips, teaching = self._stage.clips, self._stage.teaching
        if self._material.photographs is None or real:
            wish = Wish(clips.steps, teaching.size or (clips.size_px, clips.size_px), clips.damage, teaching)
            return draw_footage(self._material.footage, wish, np.random.default_rng([self._seed, index]))
        generated = generate(self._material.photographs, clips, (self._seed, index))
        return sequence_of(generated, teaching.first, teaching.objects)
