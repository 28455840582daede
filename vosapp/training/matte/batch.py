"""Training tiles of the matte refiner as tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from vosapp.data.mattes.tile import MatteTile, TileSettings, make_tile
from vosapp.data.photographs.bank import PhotographBank
from vosapp.matte.refiner_input import RefinerInput, look, refiner_input
from vosapp.training.batch import NumberedBatches


class MatteBatch(NamedTuple):
    """B tiles of F frames: 1, or 2 where the network is given its alpha of the frame before. float16 or uint8.

    Attributes:
        planes: (B, F, 17, H, W) input of the network; no frame has an alpha of the frame before.
        candidates: (B, F, 13, H, W).
        near: (B, F, 3, H, W).
        alpha: (B, 1, H, W) exact, of the last frame.
        foreground: (B, 3, H, W) uint8, of the last frame.
        to_previous: (B, 2, H, W) flow in pixels from the last frame to the first.
    """

    planes: Tensor
    candidates: Tensor
    near: Tensor
    alpha: Tensor
    foreground: Tensor
    to_previous: Tensor

    def to(self, device: torch.device) -> MatteBatch:
        """The batch on a device."""
        return MatteBatch(*(tensor.to(device, non_blocking=True) for tensor in self))


def collate(tiles: Sequence[MatteTile]) -> MatteBatch:
    """Stacks tiles of one size and one number of frames."""
    looked = [[_look(tile, frame) for frame in range(len(tile.rgb))] for tile in tiles]
    return MatteBatch(
        _half([[seen.planes for seen in frames] for frames in looked]),
        _half([[seen.candidates for seen in frames] for frames in looked]),
        _half([[seen.near for seen in frames] for frames in looked]),
        torch.from_numpy(np.stack([tile.alpha for tile in tiles])[:, None]),
        torch.from_numpy(np.stack([tile.foreground for tile in tiles]).transpose(0, 3, 1, 2).copy()),
        torch.from_numpy(np.stack([tile.to_previous for tile in tiles]).transpose(0, 3, 1, 2).copy()),
    )


def _look(tile: MatteTile, frame: int) -> RefinerInput:
    rgb, mask = tile.rgb[frame].astype(np.float32) / np.float32(255), tile.masks[frame]
    return refiner_input(rgb, mask, look(rgb, mask))


def _half(values: Sequence[Sequence[np.ndarray[tuple[int, ...], np.dtype[np.float32]]]]) -> Tensor:
    return torch.from_numpy(np.array(values).astype(np.float16))


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
        # A batch is guided as a whole or not at all: the frame before costs as much as the frame.
        guided = bool(np.random.default_rng((self._seed, number)).random() < self._settings.guided)
        seeds = [(self._seed, first + k) for k in range(self._size)]
        return collate([make_tile(self._bank, self._settings, seed, before=guided) for seed in seeds])


def turned(batch: MatteBatch, way: int) -> MatteBatch:
    """A batch mirrored and turned in one of eight ways; 0 leaves it as it is."""
    flow = batch.to_previous
    values = [*batch[:-1], flow]
    if way & 4:
        values = [value.transpose(-1, -2) for value in values]
        values[-1] = values[-1].flip(1)
    for bit, axis, component in ((1, -1, 0), (2, -2, 1)):
        if way & bit:
            values = [value.flip(axis) for value in values]
            sign = torch.ones(2, dtype=flow.dtype)
            sign[component] = -1
            values[-1] = values[-1] * sign[:, None, None]
    return MatteBatch(*(value.contiguous() for value in values))
