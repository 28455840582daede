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
        planes: (B, F, 16, H, W) input of the network; no frame has an alpha of the frame before.
        candidates: (B, F, 9, H, W).
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


class MatteBatches(NumberedBatches[MatteBatch]):
    """Batch n holds tiles n * size .. n * size + size - 1 of a seed."""

    def __init__(self, bank: PhotographBank, settings: TileSettings, seed: int, size: int) -> None:
        """Takes photographs, how tiles look, the seed of the run, and tiles in a batch."""
        self._bank, self._settings, self._seed, self._size = bank, settings, seed, size

    def batch(self, number: int) -> MatteBatch:
        """One batch by its number."""
        first = number * self._size
        # A batch is guided as a whole or not at all: the frame before costs as much as the frame.
        guided = bool(np.random.default_rng((self._seed, number)).random() < self._settings.guided)
        seeds = [(self._seed, first + k) for k in range(self._size)]
        return collate([make_tile(self._bank, self._settings, seed, before=guided) for seed in seeds])
