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
from vosapp.training.sequence.real_clips import SequenceSettings, draw_sequence


@dataclass(frozen=True, slots=True)
class Material:
    """Photographs and real clips that sequences are made of; at least one of the two.

    Attributes:
        photographs: for clips that are composed.
        real_clips: real clips with true masks.
    """

    photographs: PhotographBank | None
    real_clips: Sequence[TruthClip] = ()


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
        config, steps = self._stage.config, self._stage.clips.steps
        random = np.random.default_rng([self._seed, number, 1])
        if 0 < config.fewest < steps:
            steps = int(random.integers(config.fewest, steps + 1))
        still = config.still_every > 0 and number % config.still_every == 0
        first = number * self._stage.batch
        real = self._is_real(random)
        clips = [self._clip(index, real).shortened(steps + 1) for index in range(first, first + self._stage.batch)]
        return collate(clips, random.random(steps + 1, np.float32), distances=self._distances, still=still)

    def _is_real(self, random: np.random.Generator) -> bool:
        """Whether a batch is of real clips; a batch has one size, so it is all of them or none."""
        if not self._material.real_clips:
            return False
        return self._material.photographs is None or random.random() < self._stage.config.real_clips

    def _clip(self, index: int, real: bool) -> SequenceClip:
        clips, config = self._stage.clips, self._stage.config
        if self._material.photographs is None or real:
            settings = SequenceSettings(
                clips.steps, config.size or (clips.size_px, clips.size_px), clips.damage, config
            )
            return draw_sequence(self._material.real_clips, settings, np.random.default_rng([self._seed, index]))
        generated = generate(self._material.photographs, clips, (self._seed, index))
        return sequence_of(generated, config.first, config.objects)
