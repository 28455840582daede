"""Training tiles of the matte refiner as tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from vosapp.data.mattes.tile import MatteTile, TileSettings, make_tile
from vosapp.data.photographs.bank import PhotographBank
from vosapp.matte.edge_planes import EdgePlanes, edge_planes
from vosapp.training.batch import NumberedBatches


class MatteBatch(NamedTuple):
    """B tiles of two frames. float16 but the alpha, which is uint8.

    Attributes:
        planes: (B, 2, 14, H, W) input of the network; no frame has an alpha of the frame before.
        feather: (B, 2, 1, H, W).
        near: (B, 2, 3, H, W).
        alpha: (B, 1, H, W) exact, of the second frame.
        foreground: (B, 3, H, W) uint8, of the second frame.
        to_previous: (B, 2, H, W) flow in pixels from the second frame to the first.
        guided: (B,) bool, whether the network gets the alpha of the first frame.
    """

    planes: Tensor
    feather: Tensor
    near: Tensor
    alpha: Tensor
    foreground: Tensor
    to_previous: Tensor
    guided: Tensor

    def to(self, device: torch.device) -> MatteBatch:
        """The batch on a device."""
        return MatteBatch(*(tensor.to(device, non_blocking=True) for tensor in self))


def collate(tiles: Sequence[MatteTile], guided: Sequence[bool]) -> MatteBatch:
    """Stacks tiles of one size."""
    # The frame before is looked at only where it is asked for; else the frame itself stands in its place.
    looked = [_frames(tile, ask) for tile, ask in zip(tiles, guided, strict=True)]
    planes = [[seen.stacked(rgb, None) for seen, rgb in frames] for frames in looked]
    return MatteBatch(
        _half(np.array(planes)),
        _half(np.array([[seen.feather[None] for seen, _ in frames] for frames in looked])),
        _half(np.array([[seen.front.transpose(2, 0, 1) for seen, _ in frames] for frames in looked])),
        torch.from_numpy(np.stack([tile.alpha for tile in tiles])[:, None]),
        torch.from_numpy(np.stack([tile.foreground for tile in tiles]).transpose(0, 3, 1, 2).copy()),
        torch.from_numpy(np.stack([tile.to_previous for tile in tiles]).transpose(0, 3, 1, 2).copy()),
        torch.tensor(list(guided)),
    )


def _frames(tile: MatteTile, ask: bool) -> list[tuple[EdgePlanes, np.ndarray[tuple[int, ...], np.dtype[np.float32]]]]:
    now = _look(tile, 1)
    return [_look(tile, 0) if ask else now, now]


def _look(tile: MatteTile, frame: int) -> tuple[EdgePlanes, np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    rgb = tile.rgb[frame].astype(np.float32) / 255
    return edge_planes(rgb, tile.masks[frame]), rgb


def _half(values: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> Tensor:
    return torch.from_numpy(values.astype(np.float16))


class MatteBatches(NumberedBatches[MatteBatch]):
    """Batch n holds tiles n * size .. n * size + size - 1 of a seed."""

    def __init__(
        self, bank: PhotographBank, settings: TileSettings, seed: int, size: int, *, guided: float = 0.4
    ) -> None:
        """Takes photographs, how tiles look, the seed of the run, tiles in a batch, the share with guidance."""
        self._bank, self._settings, self._seed, self._size, self._guided = bank, settings, seed, size, guided

    def batch(self, number: int) -> MatteBatch:
        """One batch by its number."""
        first = number * self._size
        luck = np.random.default_rng((self._seed, number)).random(self._size) < self._guided
        # A batch is guided as a whole or not at all: the frame before costs as much as the frame.
        guided = [bool(luck[0])] * self._size
        tiles = [make_tile(self._bank, self._settings, (self._seed, first + i)) for i in range(self._size)]
        return collate(tiles, guided)
