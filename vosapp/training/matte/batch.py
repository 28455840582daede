"""Training tiles of the matte refiner as tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from vosapp.data.mattes.tile import MatteTile, TileSettings, make_tile
from vosapp.data.photographs.bank import PhotographBank
from vosapp.matte.fast_edge import measured_edge
from vosapp.matte.refiner_input import RefinerInput, look, refiner_input
from vosapp.training.batch import NumberedBatches


class MatteBatch(NamedTuple):
    """B tiles. float16 or uint8.

    Attributes:
        planes: (B, 17, H, W) input of the network.
        candidates: (B, 14, H, W).
        near: (B, 3, H, W).
        alpha: (B, 1, H, W) exact.
        foreground: (B, 3, H, W) uint8.
    """

    planes: Tensor
    candidates: Tensor
    near: Tensor
    alpha: Tensor
    foreground: Tensor

    def to(self, device: torch.device) -> MatteBatch:
        """The batch on a device."""
        return MatteBatch(*(tensor.to(device, non_blocking=True) for tensor in self))


def collate(tiles: Sequence[MatteTile]) -> MatteBatch:
    """Stacks tiles of one size."""
    looked = [_look(tile) for tile in tiles]
    planes, candidates, near = (
        torch.from_numpy(np.stack(values).astype(np.float16)) for values in zip(*looked, strict=True)
    )
    return MatteBatch(
        planes,
        candidates,
        near,
        torch.from_numpy(np.stack([tile.alpha for tile in tiles])[:, None]),
        torch.from_numpy(np.stack([tile.foreground for tile in tiles]).transpose(0, 3, 1, 2).copy()),
    )


def _look(tile: MatteTile) -> RefinerInput:
    rgb = tile.rgb.astype(np.float32) / np.float32(255)
    return refiner_input(rgb, tile.mask, look(rgb, tile.mask), measured_edge(rgb, tile.mask))


_POOL = 8  # batches that are made before the first of them is shown again


class MatteBatches(NumberedBatches[MatteBatch]):
    """Batch n holds tiles n * size .. n * size + size - 1 of a seed; fewer tiles, turned, where each has more views."""

    def __init__(self, bank: PhotographBank, settings: TileSettings, seed: int, size: int) -> None:
        """Takes photographs, how tiles look, the seed of the run, and tiles in a batch."""
        self._bank, self._settings, self._seed, self._size = bank, settings, seed, size
        self._pool: dict[int, MatteBatch] = {}

    def batch(self, number: int) -> MatteBatch:
        """One batch by its number."""
        views = self._settings.views
        if views == 1:
            return self._made(number)
        group, place = divmod(number, _POOL * views)
        view, member = divmod(place, _POOL)
        made = group * _POOL + member
        if made not in self._pool:
            self._pool = {n: batch for n, batch in self._pool.items() if n >= group * _POOL}
            self._pool[made] = self._made(made)
        return turned(self._pool[made], (3 * view + made) % 8)

    def _made(self, number: int) -> MatteBatch:
        first = number * self._size
        return collate([make_tile(self._bank, self._settings, (self._seed, first + k)) for k in range(self._size)])


def turned(batch: MatteBatch, way: int) -> MatteBatch:
    """A batch mirrored and turned in one of eight ways; 0 leaves it as it is."""
    values = list(batch)
    if way & 4:
        values = [value.transpose(-1, -2) for value in values]
    for bit, axis in ((1, -1), (2, -2)):
        if way & bit:
            values = [value.flip(axis) for value in values]
    return MatteBatch(*(value.contiguous() for value in values))
