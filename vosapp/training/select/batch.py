"""Training pictures of the select network as tensors."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from vosapp.data.clicks.sample import ClickSample, ClickSettings, make_sample
from vosapp.data.photographs.bank import PhotographBank
from vosapp.training.batch import NumberedBatches


class ClickBatch(NamedTuple):
    """B pictures, all uint8 but the seeds.

    Attributes:
        rgb: (B, 3, H, W).
        mask, given, box, stroke: (B, H, W), see `ClickSample`.
        rounds: clicks before the one that is learnt from.
        seed: of the clicks.
    """

    rgb: Tensor
    mask: Tensor
    given: Tensor
    box: Tensor
    stroke: Tensor
    rounds: int
    seed: int

    def to(self, device: torch.device) -> ClickBatch:
        """The batch with its picture and its mask on a device; what clicks are made from stays."""
        return self._replace(rgb=self.rgb.to(device), mask=self.mask.to(device))


class ClickBatches(NumberedBatches[ClickBatch]):
    """Batch n holds pictures n * size .. n * size + size - 1 of a seed."""

    def __init__(self, bank: PhotographBank, settings: ClickSettings, seed: int, size: int) -> None:
        """Takes photographs, how pictures look, the seed of the run, pictures in a batch."""
        self._bank, self._settings, self._seed, self._size = bank, settings, seed, size

    def batch(self, number: int) -> ClickBatch:
        """One batch by its number."""
        first = number * self._size
        samples = [make_sample(self._bank, self._settings, (self._seed, first + i)) for i in range(self._size)]
        rounds = int(np.random.default_rng((self._seed, number)).integers(self._settings.rounds + 1))
        return collate(samples, rounds=rounds, seed=self._seed * 1_000_003 + number)


def collate(samples: list[ClickSample], *, rounds: int, seed: int) -> ClickBatch:
    """Stacks pictures of one size."""
    rgb, mask, given, box, stroke = (torch.from_numpy(np.stack(parts)) for parts in zip(*samples, strict=True))
    return ClickBatch(rgb.permute(0, 3, 1, 2), mask, given, box, stroke, rounds, seed)
